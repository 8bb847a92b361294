"""What may be different about an item, and what the policy would order then."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.explain.arithmetic import Levels
from core.explain.probe import Probe
from core.explain.remade import orders_if
from core.explain.states import Floats
from core.simulator import Problem
from core.simulator.lead_times import lead_time_probabilities, mean_and_sd

# Changed orders are looked for at so many values first, then in between.
_N_STOCKS, _N_ITEMS = 48, 20

Get = Callable[[Problem], float]
Put = Callable[[Problem, float], Problem]


@dataclass(frozen=True, slots=True)
class Scale:
    """Values that a quantity is tried at: ``today + k * step``.

    Args:
        today: Value today.
        step: How exactly a threshold is found.
        first: Lowest k, 0 or less.
        last: Highest k, 0 or more.
        n_first: Values to try first.
    """

    today: float
    step: float
    first: int
    last: int
    n_first: int

    def values(self, k: Floats) -> Floats:
        """Return the values at some k; exactly today's at 0."""
        return np.where(k == 0, self.today, np.round(self.today + k * self.step, 10))

    @property
    def coarse(self) -> Floats:
        """Some k over the whole range, today's among them, ascending."""
        spread = np.linspace(self.first, self.last, self.n_first).round()
        return np.unique(np.append(spread, 0.0))


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing that may be different.

    Args:
        key: Name in code.
        label: In planners' words.
        scale: Values to try; None where there is nothing to try.
        orders: Units ordered at each value, after the rules.
        when: How a value is written after the order, above and below today's.
        unit: How values are counted, with the period's name to be filled in; empty for money.
        is_stock: Whether it is part of today's stock, so that the policy stays as it is.
        changed: The item with another value; None where stock is moved.
    """

    key: str
    label: str
    scale: Callable[[Probe], Scale | None]
    orders: Callable[[Probe, Floats], Floats]
    when: tuple[str, str]
    unit: str = ""
    is_stock: bool = False
    changed: Put | None = None

    def problems(self, probe: Probe, values: Floats) -> list[Problem]:
        """Return the item with each of the values; none where stock is moved."""
        if self.changed is None:
            return []
        return [self.changed(probe.situation.problem, float(value)) for value in values]


def most_stock(probe: Probe) -> float:
    """Return twice what the policy fills the stock position up to, units."""
    levels = Levels.of(probe.policy.parameters_of(0))
    up_to = 0.0 if math.isnan(levels.order_up_to_level) else levels.order_up_to_level
    return 2 * max(up_to, probe.situation.inventory_position + probe.raw, 1.0)


def _stock_scale(probe: Probe) -> Scale:
    level, unit = probe.situation.inventory_level, _unit(probe)
    last = math.ceil(max(most_stock(probe) - level, 0.0) / unit)
    return Scale(level, unit, -math.floor(max(level, 0.0) / unit), last, _N_STOCKS)


def _open_scale(probe: Probe) -> Scale:
    on_order, unit = probe.situation.on_order, _unit(probe)
    last = math.ceil(max(most_stock(probe) - on_order, 0.0) / unit)
    return Scale(on_order, unit, -math.floor(on_order / unit), last, _N_STOCKS)


def _orders_at_open(probe: Probe, values: Floats) -> Floats:
    """Open orders grow and shrink alike; where there are none, one is due a period early."""
    names = probe.today.names
    due = [i for i, name in enumerate(names) if name.startswith("due_")]
    today = probe.today.values[0, due]
    if not today.any():
        wait = round(float(probe.situation.system.parameters.lead_time_mean[0]))
        today = np.eye(len(due))[min(max(wait - 2, 0), len(due) - 1)]
    states = np.repeat(probe.today.values, len(values), axis=0)
    states[:, due] = values[:, None] * today / today.sum()
    return probe.orders(probe.today.with_values(states))


def _unit(probe: Probe) -> float:
    return min(probe.situation.problem.rules.pack_size, 1.0)


def _share_scale(get: Get) -> Callable[[Probe], Scale | None]:
    """Half to double, to 1 %."""

    def scale(probe: Probe) -> Scale | None:
        today = get(probe.situation.problem)
        movable = today > 0 and not _is_never(probe)
        return Scale(today, today / 100, -50, 100, _N_ITEMS) if movable else None

    return scale


def _lead_scale(probe: Probe) -> Scale | None:
    """From none to double, to a period where it is whole, else to a tenth."""
    problem = probe.situation.problem
    today, is_whole = _lead_time(problem), problem.lead_time.is_fixed
    if today <= 0 or _is_never(probe):
        return None
    step = 1.0 if is_whole else 0.1
    return Scale(today, step, -math.floor(today / step + 1e-9), round(today / step), _N_ITEMS)


def _is_never(probe: Probe) -> bool:
    """Whether the rule never orders: only a new search could tell what would change that."""
    return Levels.of(probe.policy.parameters_of(0)).is_never(probe.situation.problem)


def _orders_with(put: Put) -> Callable[[Probe, Floats], Floats]:
    def orders(probe: Probe, values: Floats) -> Floats:
        problem = probe.situation.problem
        return orders_if(probe, [put(problem, float(value)) for value in values])

    return orders


def _demand(problem: Problem) -> float:
    """Units a period, over lead time and review."""
    wait = mean_and_sd(lead_time_probabilities(problem.lead_time))[0]
    cover = max(1, round(wait) + problem.rules.review_period)
    return float(problem.demand.mean(problem.start, cover).mean())


def _with_demand(problem: Problem, value: float) -> Problem:
    factor = value / _demand(problem)
    return problem if factor == 1 else replace(problem, demand=problem.demand.scaled(factor))


def _lead_time(problem: Problem) -> float:
    late = problem.lead_time
    given = late.probabilities
    return late.mean if given is None else mean_and_sd(lead_time_probabilities(late))[0]


def _with_lead_time(problem: Problem, value: float) -> Problem:
    change = value - _lead_time(problem)
    moved = problem.lead_time if change == 0 else problem.lead_time.moved(change, 1.0)
    return replace(problem, lead_time=moved)


def _cost(name: str) -> tuple[Get, Put]:
    def get(problem: Problem) -> float:
        return float(getattr(problem.costs, name))

    def put(problem: Problem, value: float) -> Problem:
        return replace(problem, costs=replace(problem.costs, **{name: value}))

    return get, put


def _cost_lever(key: str, label: str) -> Lever:
    get, put = _cost(key)
    when = (f"at a {label} of {{value}}", f"at a {label} of {{value}}")
    return Lever(key, label, _share_scale(get), _orders_with(put), when, changed=put)


LEVERS: dict[str, Lever] = {
    lever.key: lever
    for lever in (
        Lever(
            "stock",
            "stock on hand",
            _stock_scale,
            Probe.orders_at_levels,
            ("with {value} on hand", "with {value} on hand"),
            "units",
            is_stock=True,
        ),
        Lever(
            "open_orders",
            "open orders",
            _open_scale,
            _orders_at_open,
            ("with {value} on order", "with {value} on order"),
            "units",
            is_stock=True,
        ),
        Lever(
            "demand",
            "expected demand",
            _share_scale(_demand),
            _orders_with(_with_demand),
            ("if {share} more were expected to sell", "if {share} less were expected to sell"),
            "a {period}",
            changed=_with_demand,
        ),
        Lever(
            "lead_time",
            "lead time",
            _lead_scale,
            _orders_with(_with_lead_time),
            ("if the supplier needed {value}", "if the supplier needed only {value}"),
            "{period}s",
            changed=_with_lead_time,
        ),
        _cost_lever("stockout_cost", "stock-out cost"),
        _cost_lever("holding_cost", "holding cost"),
        _cost_lever("fixed_cost", "fixed cost"),
    )
}
