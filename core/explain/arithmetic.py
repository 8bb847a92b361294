"""From stock to order as sums that add up: position, need, and every rule after it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch

from core.explain.probe import Probe
from core.simulator import Problem

# Units below which two quantities count as the same.
TOLERANCE = 1e-2


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a sum, units; below 0 is taken away."""

    label: str
    amount: float


@dataclass(frozen=True, slots=True)
class Sum:
    """Lines and what they must come to.

    Args:
        total_label: What the sum is.
        parts: Worked out from stock, levels and rules.
        total: Units, taken from the simulator, the policy or the final order: not by adding up.
    """

    total_label: str
    parts: tuple[Part, ...]
    total: float

    @property
    def adds_up(self) -> bool:
        """Whether the lines come to the total."""
        slack = TOLERANCE + 1e-5 * abs(self.total)
        return abs(sum(part.amount for part in self.parts) - self.total) <= slack


@dataclass(frozen=True, slots=True)
class Levels:
    """A rule's two numbers, units; nan where it has none.

    Args:
        reorder_point: [s] order once the stock position is at or below it.
        order_up_to_level: [S] fill the stock position up to it.
    """

    reorder_point: float = math.nan
    order_up_to_level: float = math.nan

    @classmethod
    def of(cls, parameters: Mapping[str, float]) -> Levels:
        """Read the levels off a rule's own numbers; (r, Q) fills up to about r + Q."""
        up_to = parameters.get("order_up_to_level", parameters.get("base_stock_level", math.nan))
        reorder = parameters.get("reorder_point", up_to)
        if math.isnan(up_to) and "order_quantity" in parameters:
            up_to = reorder + parameters["order_quantity"]
        return cls(float(reorder), float(up_to))

    @property
    def is_known(self) -> bool:
        """Whether the rule has both."""
        return not (math.isnan(self.reorder_point) or math.isnan(self.order_up_to_level))

    def is_never(self, problem: Problem) -> bool:
        """Whether no order is ever placed: sales are lost, and stock never falls below 0."""
        return problem.lost_share == 1 and self.order_up_to_level <= 0


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How one policy comes to its order.

    Args:
        policy: Its name.
        levels: Its reorder point and order-up-to level, where it has them.
        position: Stock position.
        level: What it fills up to: demand to be expected, and what is held beyond it; None where
            there is no such level.
        need: What the policy asks for, before the rules.
        rules: What minimum, packs and limits make of it.
    """

    policy: str
    levels: Levels
    position: Sum
    level: Sum | None
    need: Sum
    rules: Sum

    @property
    def sums(self) -> tuple[Sum, ...]:
        """Every sum on the way from stock to order."""
        level = () if self.level is None else (self.level,)
        return (self.position, *level, self.need, self.rules)

    @property
    def raw_quantity(self) -> float:
        """Units asked for, before the rules."""
        return self.need.total

    @property
    def order_quantity(self) -> float:
        """Units ordered."""
        return self.rules.total

    @property
    def is_reconciled(self) -> bool:
        """Whether no unit is unaccounted for between stock and order."""
        return all(part.adds_up for part in self.sums)


def rule_arithmetic(probe: Probe) -> Arithmetic:
    """Add up the order of an (s, S) policy, or of any rule with its levels."""
    levels = Levels.of(probe.policy.parameters_of(0))
    need = _need_of_levels(probe, levels) if levels.is_known else ()
    # A rule that asks for something else than its levels say (a cap, say) is shown as it is.
    if not need or not Sum("", need, probe.raw).adds_up:
        need = (*need, *_difference(need, probe.raw, f"{probe.policy.name} departs from its level"))
    return _arithmetic(probe, levels, need, _level_of_rule(probe, levels))


def agent_arithmetic(probe: Probe) -> Arithmetic:
    """Add up the order of an agent: what its network asks for, then the rules."""
    position = probe.situation.inventory_position
    if probe.raw <= TOLERANCE:
        return _arithmetic(probe, Levels(), (Part("the agent asks for nothing", 0.0),), None)
    up_to = position + probe.raw
    need = (
        Part("the agent fills the stock position up to", up_to),
        Part("less stock position", -position),
    )
    expected = _expected(probe)
    beyond = up_to - expected.amount
    label = "held beyond it: safety, and what makes an order worth its cost"
    if probe.situation.problem.costs.fixed_cost == 0:
        label = "safety: held beyond it"
    level = Sum("the agent fills up to", (expected, _safety(beyond, label)), up_to)
    return _arithmetic(probe, Levels(), need, level)


def _level_of_rule(probe: Probe, levels: Levels) -> Sum | None:
    """Split S: demand to be expected, safety up to s, and from there what an order is sized by."""
    if not levels.is_known or levels.is_never(probe.situation.problem):
        return None
    expected = _expected(probe)
    lot = levels.order_up_to_level - levels.reorder_point
    parts: tuple[Part, ...] = (
        expected,
        _safety(levels.reorder_point - expected.amount, "safety: held beyond it"),
    )
    if lot > TOLERANCE:
        parts += (Part("from the reorder point up: the usual order", lot),)
    return Sum("order-up-to level", parts, levels.order_up_to_level)


def _expected(probe: Probe) -> Part:
    observation, parameters = probe.situation.observation, probe.situation.system.parameters
    periods = max(1, round(float(parameters.lead_time_mean[0])) + int(parameters.review_period[0]))
    span = f"{periods} {probe.situation.period.value}{'' if periods == 1 else 's'}"
    label = f"expected demand over lead time and review ({span})"
    return Part(label, float(observation.protection_mean[0]))


def _safety(amount: float, label: str) -> Part:
    return Part(label if amount >= 0 else "less than expected: it waits, or lets some go", amount)


def _arithmetic(
    probe: Probe, levels: Levels, need: tuple[Part, ...], level: Sum | None
) -> Arithmetic:
    observation = probe.situation.observation
    return Arithmetic(
        policy=probe.policy.name,
        levels=levels,
        position=Sum(
            "stock position", _position_parts(probe), float(observation.inventory_position[0])
        ),
        level=level,
        need=Sum("needed", need, probe.raw),
        rules=Sum("order", _rule_parts(probe), probe.order),
    )


def _position_parts(probe: Probe) -> tuple[Part, ...]:
    situation = probe.situation
    owed = (Part("owed to customers", -situation.backorders),) if situation.backorders else ()
    on_order = Part("on order", situation.on_order)
    return (Part("on hand", situation.on_hand), *owed, on_order)


def _need_of_levels(probe: Probe, levels: Levels) -> tuple[Part, ...]:
    position = probe.situation.inventory_position
    missing = levels.order_up_to_level - position
    parts = (
        Part("order-up-to level", levels.order_up_to_level),
        Part("less stock position", -position),
    )
    if position <= levels.reorder_point and missing >= 0:
        return parts
    label = f"not yet: the stock position is above the reorder point of {levels.reorder_point:g}"
    if levels.is_never(probe.situation.problem):
        label = "never: an order costs more than it saves"
    return (*parts, Part(label, -missing))


def _difference(parts: tuple[Part, ...], total: float, label: str) -> tuple[Part, ...]:
    return (Part(label, total - sum(part.amount for part in parts)),)


def _rule_parts(probe: Probe) -> tuple[Part, ...]:
    """List what each rule adds or cuts; rules that change nothing are left out."""
    situation = probe.situation
    position = situation.observation.inventory_position
    steps = situation.system.rules.steps(torch.tensor([probe.raw]), position)
    parts = [Part(steps[0].name, float(steps[0].quantity[0]))]
    for before, after in pairwise(steps):
        change = float(after.quantity[0] - before.quantity[0])
        if abs(change) > 1e-6:
            parts.append(Part(after.name, change))
    return tuple(parts)
