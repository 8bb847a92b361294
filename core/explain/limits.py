"""What a policy cannot see, said for the item at hand."""

from __future__ import annotations

from core.explain.situation import Situation

_ALWAYS = (
    "promotions, price changes and new customers to come, unless they repeat last year's",
    "substitutes: what customers take when another item is out",
    "other items that share the same budget, truck or supplier minimum",
    "news from the supplier, such as a closure or a price break",
)


def cannot_see(situation: Situation) -> tuple[str, ...]:
    """List what might make a planner know better than any policy here."""
    problem = situation.problem
    own: list[str] = []
    if problem.demand.is_stationary:
        own.append("a season: none is proved well enough for the demand model to count on it")
    if not problem.lead_time.is_fixed and situation.on_order:
        own.append("when exactly open orders arrive: only the latest date is known")
    return (*_ALWAYS, *own)
