"""A policy as a map: what it orders for every stock on hand and one more quantity."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.explain.probe import n_due, orders_of
from core.explain.situation import Situation
from core.explain.states import Floats, StateTable
from core.policies import SSPolicy
from core.policies.protocol import Policy
from core.simulator import Problem

Maker = Callable[[Sequence[Problem]], Policy]
"""Makes the policy for the problems of all rows, or hands out the one that there is."""

_N_LEVELS, _N_ROWS = 40, 20
_LEAST_TOP = 5.0


@dataclass(frozen=True, slots=True)
class Axis:
    """A quantity that varies beside the stock on hand.

    Args:
        label: In planners' words.
        unit: Of its values; "{period}" stands for the history's period.
        now: Its value today.
        values: Values to look at, rising, shape [n_rows]; empty where it cannot vary.
        at: The item with another value.
    """

    label: str
    unit: str
    now: Callable[[Situation], float]
    values: Callable[[Situation], Floats]
    at: Callable[[Situation, float], Situation]


@dataclass(frozen=True, eq=False)
class Grid:
    """What policies order in every situation.

    Args:
        axis: The second quantity.
        unit: Of its values.
        on_hand: Units in stock, shape [n_levels].
        second: Values of the second quantity, shape [n_rows].
        orders: Units ordered by name of the policy, after the rules, shape [n_rows, n_levels].
        today: Stock on hand and second quantity of today.
        today_orders: Units ordered today, by name of the policy.
        levels: Units on hand at or below which the rule orders (s less what is on order), and up
            to which it fills (S less that), shape [n_rows] each; None where it has no such levels.
        pack: Units that orders are rounded to.
    """

    axis: Axis
    unit: str
    on_hand: Floats
    second: Floats
    orders: Mapping[str, Floats]
    today: tuple[float, float]
    today_orders: Mapping[str, float]
    levels: tuple[Floats, Floats] | None
    pack: float

    @property
    def n_situations(self) -> int:
        """How many situations the map holds."""
        return len(self.on_hand) * len(self.second)

    def difference(self, one: str, other: str) -> Floats:
        """Return what one policy orders more than another, units, shape [n_rows, n_levels]."""
        return self.orders[one] - self.orders[other]

    def widest(self, one: str, other: str) -> tuple[int, int]:
        """Return row and column where two policies differ most."""
        at = np.abs(self.difference(one, other)).argmax()
        row, column = np.unravel_index(at, self.orders[one].shape)
        return int(row), int(column)


def grid_of(situation: Situation, axis: Axis, makers: Mapping[str, Maker], rule: str) -> Grid:
    """Ask policies what they order for every stock and every value of a second quantity.

    Args:
        situation: Today; all that does not vary stays as it is.
        axis: The second quantity.
        makers: By name of the policy.
        rule: Name of the one whose s and S are drawn.
    """
    second = axis.values(situation)
    rows = [axis.at(situation, float(value)) for value in second]
    width = max(n_due(row) for row in rows)
    tables = [StateTable.of(row.observation, width) for row in rows]
    states = tables[0].with_values(np.concatenate([table.values for table in tables]))
    problems = [row.problem for row in rows]
    made = {name: make(problems) for name, make in makers.items()}
    levels = _levels(made[rule], states)
    on_hand = _on_hand(situation, levels)
    n_levels = len(on_hand)
    wide = states.with_values(np.repeat(states.values, n_levels, axis=0))
    wide = wide.changed("inventory_level", np.tile(on_hand, len(rows)))
    today = StateTable.of(situation.observation, width)
    return Grid(
        axis=axis,
        unit=axis.unit.format(period=situation.period.value),
        on_hand=on_hand,
        second=second,
        orders={name: orders_of(p, wide).reshape(-1, n_levels) for name, p in made.items()},
        today=(situation.on_hand, axis.now(situation)),
        today_orders={
            name: float(orders_of(make([situation.problem]), today)[0])
            for name, make in makers.items()
        },
        levels=levels,
        pack=situation.problem.rules.pack_size,
    )


def _levels(policy: Policy, states: StateTable) -> tuple[Floats, Floats] | None:
    """Return s and S less what is on order, one pair per row."""
    if not isinstance(policy, SSPolicy):
        return None
    observation, n = states.observation(), policy.n_items
    on_order = states.column("due")
    point, level = (
        each.double().expand(n, len(states) // n).reshape(-1).numpy() - on_order
        for each in policy.levels(observation)
    )
    return point, level


def _on_hand(situation: Situation, levels: tuple[Floats, Floats] | None) -> Floats:
    """Return levels of stock to look at: whole steps from nothing to where nobody orders."""
    need = float(situation.observation.protection_mean[0])
    top = 3 * need if levels is None else max(1.15 * levels[0].max(), 1.1 * levels[1].max())
    top = max(top if top > 0 else 3 * need, _LEAST_TOP)
    if situation.on_hand <= 1.5 * top:
        top = max(top, 1.05 * situation.on_hand)
    step = max(math.ceil(top / _N_LEVELS), 1)
    return np.arange(0.0, math.ceil(top / step) + 1) * step


def _cover(situation: Situation) -> int:
    """Return the periods that the expected demand of an observation spans."""
    parameters = situation.system.parameters
    return max(1, round(float(parameters.lead_time_mean[0])) + int(parameters.review_period[0]))


def _demand_now(situation: Situation) -> float:
    return float(situation.observation.protection_mean[0]) / _cover(situation)


def _demand_values(situation: Situation) -> Floats:
    now = _demand_now(situation)
    return now * np.linspace(0.2, 2.0, 19) if now > 0 else np.empty(0)


def _with_demand(situation: Situation, value: float) -> Situation:
    factor = value / _demand_now(situation)
    problem = situation.problem
    return replace(situation, problem=replace(problem, demand=problem.demand.scaled(factor)))


def _due_values(situation: Situation) -> Floats:
    need = float(situation.observation.protection_mean[0])
    top = max(1.5 * need, 1.2 * situation.on_order, _LEAST_TOP)
    step = max(math.ceil(top / _N_ROWS), 1)
    values = np.arange(0.0, math.ceil(top / step) + 1) * step
    return values if _lead_time_now(situation) > 0 else np.empty(0)


def _with_due(situation: Situation, value: float) -> Situation:
    """Set what is under way: arriving as today's does, else half a lead time from now."""
    if situation.on_order > 0:
        share = value / situation.on_order
        return replace(situation, due=tuple(units * share for units in situation.due))
    wait = max(math.ceil(_lead_time_now(situation) / 2), 1)
    return replace(situation, due=(*([0.0] * (wait - 1)), value))


def _lead_time_now(situation: Situation) -> float:
    late = situation.problem.lead_time
    if late.probabilities is None:
        return late.mean  # rounding to whole periods shifts the mean a little
    return float(situation.system.parameters.lead_time_mean[0])


def _lead_time_values(situation: Situation) -> Floats:
    now = _lead_time_now(situation)
    reach = max(math.ceil(now), 5)
    step = max(math.ceil(2 * reach / _N_ROWS), 1)
    values = now + np.arange(-(reach // step), reach // step + 1) * step
    return np.asarray(values[values >= 0], dtype=np.float64)


def _with_lead_time(situation: Situation, value: float) -> Situation:
    problem, change = situation.problem, value - _lead_time_now(situation)
    moved = problem.lead_time.moved(change, 1.0)
    return replace(situation, problem=replace(problem, lead_time=moved))


AXES: dict[str, Axis] = {
    "demand": Axis(
        "expected demand", "units a {period}", _demand_now, _demand_values, _with_demand
    ),
    "due": Axis("orders under way", "units", lambda now: now.on_order, _due_values, _with_due),
    "lead_time": Axis("lead time", "{period}s", _lead_time_now, _lead_time_values, _with_lead_time),
}
"""What can vary beside the stock on hand."""
