"""One quantity against another in words: what it costs, what it risks, or that nobody can tell."""

from __future__ import annotations

from core.domain import Outcome, Period
from core.domain.wording import percent
from core.explain.ahead_words import next_chance
from core.explain.consequences import WhyNot
from core.explain.figures import count, money, policy_words, units

UNSURE_RISK = "so nobody can tell whether it changes"


def why_not_words(found: WhyNot, other: str, period: str, currency: str = "") -> str:
    """Say what one quantity costs and risks against the other, or that nobody can tell.

    Args:
        found: The paired comparison.
        other: Name of the policy that is not in use: it is said to order the same.
        period: "day", "week" or "month".
        currency: What amounts are in; empty where nobody named it.
    """
    if found.quantity == found.reference_quantity:
        return same_words(other, found.quantity)
    span = f"over the next {count(found.n_periods, period)}"
    risk = f"the risk of running out from the {period} it is due {_risk_words(found)}"
    if found.risk.outcome is Outcome.CANNOT_TELL:
        risk += f", {UNSURE_RISK}"
    pair = f"{units(found.quantity)} instead of {units(found.reference_quantity)}"
    against = f"Ordering {pair}"
    if found.quantity == 0:
        against = f"Leaving it until {next_chance(found, Period(period))} ({pair} today)"
    cost = found.cost
    interval = money(f"{abs(cost.difference):,.2f} ± {cost.half_width:,.2f}", currency)
    difference = money(f"{cost.difference:+,.2f} ± {cost.half_width:,.2f}", currency)
    verdict = {
        Outcome.BETTER: f"{against} saves {interval} {span}",
        Outcome.WORSE: f"{against} costs {interval} more {span}",
        Outcome.CANNOT_TELL: (f"{against}: cannot tell which is cheaper {span} ({difference})"),
    }[found.outcome]
    return f"{verdict}; {risk}."


def same_words(other: str, quantity: float) -> str:
    """Say that the other policy orders the same quantity, units."""
    same = f"the same {units(quantity)}" if quantity else "nothing either"
    return f"{policy_words(other)} orders {same}."


def _risk_words(found: WhyNot) -> str:
    before, after = percent(found.reference_risk), percent(found.quantity_risk)
    span = f"({100 * found.risk.low:+.1f} to {100 * found.risk.high:+.1f} points)"
    if before == after:
        return f"is {after} with both {span}"
    return f"goes from {before} to {after} {span}"
