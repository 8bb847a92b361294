"""Checks that an explanation carries: name, whether it passed, what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.explain.arithmetic import Arithmetic
from core.explain.drivers import TOLERANCE, Drivers
from core.explain.figures import policy_words

# A bar below this many units, or this share of the largest, is too small for its sign to matter.
_SMALL_BAR = 0.5
_SMALL_SHARE = 0.1
_EXACT = 1e-6
_REBUILT = 0.01


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the program verified about an explanation.

    Args:
        name: What must hold.
        passed: Whether it does.
        detail: What was found.
        part: Which text changes where it does not: "sentence", "comparison", "drivers", "tree".
        warning: What that text then says.
    """

    name: str
    passed: bool
    detail: str
    part: str = ""
    warning: str = ""


def warnings(checks: Sequence[Check], part: str) -> tuple[str, ...]:
    """Return what a text must say because a check of it failed."""
    return tuple(c.warning for c in checks if not c.passed and c.part == part and c.warning)


def careful(text: str, checks: Sequence[Check], part: str) -> str:
    """Add to a text what failed checks found out about it."""
    found = warnings(checks, part)
    return f"{text} Careful: {'; '.join(found)}." if text and found else text


def arithmetic_check(arithmetic: Arithmetic) -> Check:
    """Position, level, need and rules must add up to the order."""
    wrong = [each.total_label for each in arithmetic.sums if not each.adds_up]
    detail = f"wrong: {', '.join(wrong)}" if wrong else f"order {arithmetic.order_quantity:g}"
    name = policy_words(arithmetic.policy)
    return Check(
        f"the arithmetic of {name} adds up",
        not wrong,
        detail,
        "sentence",
        f"the sums of {name} do not add up",
    )


def additivity_check(drivers: Drivers) -> Check:
    """Base value and bars must add up to what the policy asked for."""
    gap = drivers.additivity_gap
    detail = f"base {drivers.base_value:.1f} and bars miss {drivers.output:.1f} by {gap:.2g} units"
    return Check(
        "the drivers add up to the order",
        gap <= TOLERANCE,
        detail,
        "drivers",
        "the bars do not add up",
    )


def enumeration_check(drivers: Drivers) -> Check:
    """Shap and plain enumeration must agree."""
    gap = drivers.enumeration_gap
    slack = _EXACT * max(1.0, abs(drivers.output), abs(drivers.base_value))
    return Check(
        "two ways of computing the drivers agree",
        gap <= slack,
        f"largest difference {gap:.2g}",
        "drivers",
        "two ways of computing the bars disagree",
    )


def stability_check(drivers: Drivers) -> Check:
    """The sign of every bar that matters must hold for another sample of typical days.

    The detail names the background, so that the same bars can be had again.
    """
    largest = max((abs(bar.amount) for bar in drivers.bars), default=0.0)
    matters = max(_SMALL_BAR, _SMALL_SHARE * largest)
    shaky = [b.group for b in drivers.bars if abs(b.amount) >= matters and not b.is_stable]
    unsure = " and ".join(shaky) or "bars"
    found = f"unsure: {', '.join(shaky)}" if shaky else "signs hold at 95 % and on resamples"
    detail = f"{found}; background {drivers.version}"
    return Check(
        "the drivers hold on another background",
        not shaky,
        detail,
        "drivers",
        f"another sample of typical days may turn {unsure} round",
    )


DRIVER_CHECKS: tuple[Callable[[Drivers], Check], ...] = (
    additivity_check,
    enumeration_check,
    stability_check,
)


def rebuild_check(asked: float, rebuilt: float) -> Check:
    """The state that the drivers are computed on must be today's."""
    passed = abs(asked - rebuilt) <= _REBUILT + 1e-4 * abs(asked)
    detail = f"asked for {asked:.2f}, on the rebuilt state {rebuilt:.2f}"
    return Check(
        "the drivers see the very state of today",
        passed,
        detail,
        "drivers",
        "the bars belong to another state than today's",
    )


def range_check(is_in_range: bool, where: str = "") -> Check:
    """The item should lie in the range the agent was trained for.

    Args:
        is_in_range: Whether it does.
        where: Quantity by quantity, in words; empty where that is not known.
    """
    detail = where or ("inside" if is_in_range else "outside: read with care")
    return Check(
        "the item lies in the agent's trained range",
        is_in_range,
        detail,
        "sentence",
        "the item lies outside what the agent was trained for, so (s, S) is the safer choice",
    )


def badge(checks: Sequence[Check]) -> str:
    """Sum the checks up for the screen."""
    passed = sum(check.passed for check in checks)
    if passed == len(checks):
        return f"checked {passed}/{len(checks)}"
    return f"weak, read with care: {passed} of {len(checks)} checks passed"
