"""Claims that a sentence makes, and how each kind is executed on the policy itself.

A new kind of sentence needs a new entry in CLAIM_CHECKS, else it cannot be said.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch

from core.domain import UnknownNameError
from core.explain.ahead import BeforeHelp
from core.explain.ahead_claims import AHEAD_CHECKS
from core.explain.arithmetic import Levels
from core.explain.changes import EVENTS, least_change
from core.explain.checks import Check
from core.explain.consequences import WhyNot
from core.explain.cover import MOST_PERIODS as MOST_PERIODS
from core.explain.cover import cover_periods as cover_periods
from core.explain.cover import rounding_of
from core.explain.figures import policy_words
from core.explain.levers import LEVERS, Lever
from core.explain.probe import Probe
from core.explain.situation import Situation
from core.explain.states import Floats
from core.explain.unmoved import UNMOVED_CHECKS

# Rounding of what is written: to whole units or one decimal.
_WRITTEN = 0.051


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a sentence states.

    Args:
        kind: Key of CLAIM_CHECKS.
        text: The words that state it.
        values: The numbers that it states.
    """

    kind: str
    text: str
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Who can testify: the policy whose order is explained, and the one it is set against.

    Args:
        policy: Of the order that is explained.
        other: Set against it, if any.
        fresh_waiting: Ordering nothing today against the order, on fresh futures; None is played
            where a claim needs it.
        fresh_before: Running out before an order of today can come, on fresh futures; likewise.
    """

    policy: Probe
    other: Probe | None = None
    fresh_waiting: WhyNot | None = None
    fresh_before: BeforeHelp | None = None


Execute = Callable[[Witnesses, Mapping[str, float]], tuple[bool, str]]


def execute(claim: Claim, witnesses: Witnesses) -> Check:
    """Run a claim on the policy.

    Raises:
        UnknownNameError: where no check of that kind exists.
    """
    if claim.kind not in CLAIM_CHECKS:
        raise UnknownNameError("kind of claim", claim.kind, CLAIM_CHECKS)
    passed, detail = CLAIM_CHECKS[claim.kind](witnesses, claim.values)
    return Check(f"true when run: {claim.text}", passed, detail)


def _states_quantity(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    order, pack = witnesses.policy.order, witnesses.policy.situation.problem.rules.pack_size
    passed = _same(order, values["quantity"])
    passed = passed and _same(order, pack * values.get("packs", order / pack))
    return passed, f"the policy and the rules give {order:g}"


def _states_stock(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    situation = witnesses.policy.situation
    seen = {
        "on_hand": situation.on_hand,
        "on_order": situation.on_order,
        "backorders": situation.backorders,
    }
    wrong = [name for name, value in values.items() if not _same(seen[name], value)]
    return not wrong, f"differs: {', '.join(wrong)}" if wrong else "as in the stock file"


def _states_cover(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """Demand of a little less than the stated time must fit into the position, of more not."""
    situation, stated = witnesses.policy.situation, values["periods"]
    position, slack = situation.inventory_position, rounding_of(stated) + 1e-6
    below_one = stated == 0
    fits = below_one or _demand_of(situation, stated - slack) <= position
    more = _demand_of(situation, 1.0 if below_one else stated + slack)
    lasts = stated >= MOST_PERIODS or more > position
    detail = f"demand of {stated:g} periods is {_demand_of(situation, stated):.1f}"
    return bool(fits and lasts), detail


def _demand_of(situation: Situation, periods: float) -> float:
    """Return expected demand of the coming periods, of a part of the last one likewise."""
    whole = math.floor(periods)
    means = situation.problem.demand.mean(situation.problem.start, whole + 1)
    return float(means[:whole].sum() + (periods - whole) * means[whole])


def _states_wait(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """Lead time and review must be as stated, and "but" said only where cover is shorter."""
    parameters = witnesses.policy.situation.system.parameters
    wait, review = float(parameters.lead_time_mean[0]), float(parameters.review_period[0])
    cover = cover_periods(witnesses.policy, witnesses.policy.situation.inventory_position)
    passed = _same(wait, values["lead_time"]) and review == values.get("review", review)
    passed = passed and cover < values.get("longer_than", math.inf)
    return passed, f"lead time {wait:.1f}, review {review:g}, cover {cover:.1f} periods"


def _states_fill(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """Asked once more, on the rebuilt state, it must fill up to the stated position."""
    probe = witnesses.policy
    raw = float(probe.raw_orders(probe.today)[0])
    found = probe.situation.inventory_position + raw
    return _same(found, values["position"]), f"asks for {raw:.1f}, which leads to {found:.1f}"


def _states_low_stock(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """If the order is there because stock is low, one pack more on the shelf must not raise it."""
    probe, pack = witnesses.policy, values["pack"]
    level = probe.situation.inventory_level
    now, more = probe.orders_at_levels(np.array([level, level + pack]))
    return bool(more <= now + 1e-6), f"with {pack:g} more in stock it orders {more:g}, not {now:g}"


def _states_threshold(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """At the stated position it orders, a unit above it does not."""
    probe, threshold = witnesses.policy, values["position"]
    level = threshold - probe.situation.on_order
    at, above = probe.orders_at_levels(np.array([level, level + 1.0]))
    passed = at > 0 and above == 0 and _lies_ahead(probe, values)
    passed = passed and _same(level, values.get("on_hand", level))
    return bool(passed), f"orders {at:g} at {threshold:g}, {above:g} one above"


def _states_position(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """Stock and open orders must count alike: the same position, made up otherwise, does so."""
    probe, threshold = witnesses.policy, values["position"]
    situation = probe.situation
    arrived = probe.today.with_values(_without_orders(probe))
    stocks = np.array([threshold, threshold + 1.0])
    found = [probe.orders(arrived.changed("inventory_level", stocks))]
    if threshold > situation.inventory_level:
        open_orders = stocks - situation.inventory_level
        found.append(LEVERS["open_orders"].orders(probe, open_orders))
    passed = all(at > 0 and above == 0 for at, above in found)
    told = "; ".join(f"orders {at:g} at {threshold:g}, {above:g} one above" for at, above in found)
    return passed, f"all of it on hand, or more of it on order: {told}"


def _without_orders(probe: Probe) -> Floats:
    values = probe.today.values.copy()
    values[:, [name.startswith("due_") for name in probe.today.names]] = 0.0
    return values


def _lies_ahead(probe: Probe, values: Mapping[str, float]) -> bool:
    """Where a time until then is stated, expected demand must have used the stock up by then."""
    now = probe.situation.inventory_position
    if "wait" not in values:
        return _same(now, values.get("now", now))
    needed = cover_periods(probe, now - values["position"])
    return _same(now, values["now"]) and math.ceil(needed - 1e-9) == values["wait"]


def _states_rule(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """The rules alone take the raw quantity to the order."""
    situation = witnesses.policy.situation
    found = situation.system.rules.apply(
        torch.tensor([values["raw"]]), situation.observation.inventory_position, 0
    )
    order = float(found[0])
    return _same(order, values["quantity"]), f"the rules make {order:g} of {values['raw']:.1f}"


def _states_other(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    assert witnesses.other is not None
    order, policy = witnesses.other.order, witnesses.other.policy
    levels = Levels.of(policy.parameters_of(0))
    passed = _same(order, values["quantity"])
    passed = passed and (
        "up_to" not in values or levels == Levels(values["reorder_point"], values["up_to"])
    )
    return passed, f"{policy_words(policy.name)} orders {order:g}"


def _states_change(lever: Lever) -> Execute:
    """At the stated value it orders so; just beside it has not changed, at the end it still has."""

    def check(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
        probe = witnesses.policy
        orders = lever.orders(probe, np.array([values[name] for name in ("at", "beside", "end")]))
        held = [event.holds(orders, probe.order, least_change(probe)) for event in EVENTS.values()]
        passed = any(bool(at and not beside and end) for at, beside, end in held)
        detail = f"orders {orders[0]:g} there, {orders[1]:g} just beside, {orders[2]:g} at the end"
        return passed and _same(float(orders[0]), values["order"]), detail

    return check


def _states_no_change(lever: Lever) -> Execute:
    """At other values than those searched, all over the range, the order is as good as today's."""

    def check(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
        probe = witnesses.policy
        scale = lever.scale(probe)
        if scale is None:
            return False, "there is nothing to try"
        k = np.unique(np.floor((scale.coarse[1:] + scale.coarse[:-1]) / 2))
        orders = lever.orders(probe, scale.values(k))
        step = least_change(probe)
        changed = any(event.holds(orders, probe.order, step).any() for event in EVENTS.values())
        detail = f"orders {orders.min():g} to {orders.max():g} at {len(k)} values"
        return not changed and _same(probe.order, values["order"]), detail

    return check


def _states_never(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """With nothing in stock and nothing on order it still orders nothing."""
    probe = witnesses.policy
    levels = Levels.of(probe.policy.parameters_of(0))
    order = float(probe.orders_at_levels(np.array([-probe.situation.on_order]))[0])
    never = levels.is_never(probe.situation.problem)
    return never and order == 0, f"orders {order:g} without any stock"


CLAIM_CHECKS: dict[str, Execute] = {
    "quantity": _states_quantity,
    "stock": _states_stock,
    "cover": _states_cover,
    "wait": _states_wait,
    "fill": _states_fill,
    "low_stock": _states_low_stock,
    "threshold": _states_threshold,
    "position": _states_position,
    "rule": _states_rule,
    "other": _states_other,
    "never": _states_never,
    **AHEAD_CHECKS,
    **UNMOVED_CHECKS,
    **{f"{key}_changes": _states_change(lever) for key, lever in LEVERS.items()},
    **{f"{key}_stays": _states_no_change(lever) for key, lever in LEVERS.items()},
}


def _same(found: float, stated: float) -> bool:
    return abs(found - stated) <= max(_WRITTEN, 1e-5 * abs(found))
