"""What the sentence says about the time ahead, each piece with its claims."""

from __future__ import annotations

import math
from datetime import date

from core.domain import Outcome, Period
from core.domain.wording import percent
from core.explain.ahead import BeforeHelp, is_far_more
from core.explain.ahead_claims import date_of, date_values, first_open_order
from core.explain.claims import Claim
from core.explain.consequences import WhyNot
from core.explain.cover import cover_periods
from core.explain.figures import money
from core.explain.probe import Probe

Piece = tuple[str, tuple[Claim, ...]]

RUNS_OUT_BEFORE = "running out before an order of today can come"
_NEXT = {Period.DAY: "tomorrow", Period.WEEK: "next week", Period.MONTH: "next month"}


def next_chance(found: WhyNot, period: Period) -> str:
    """Say when an order can be placed after today: "tomorrow", "the next chance, in 7 days"."""
    if found.next_chance == 1:
        return _NEXT[period]
    return f"the next chance, in {found.next_chance} {period.value}s"


def before_pieces(probe: Probe, before: BeforeHelp) -> list[Piece]:
    """Say when stock runs out, when help comes, and that no order of today is in time."""
    comes = date_of(probe, before.n_periods)
    values = {
        **date_values(probe, before.n_periods),
        "percent": round(100 * before.risk, 1),
        "futures": float(before.n_futures),
    }
    text = (
        f"{RUNS_OUT_BEFORE} ({_day(comes)}) is likely: "
        f"{percent(before.risk)} of {before.n_futures:,} futures, whatever is ordered today, so "
        "ask the supplier to deliver sooner"
    )
    return [*_lasts_pieces(probe), *_open_pieces(probe), (text, (Claim("before", text, values),))]


def _lasts_pieces(probe: Probe) -> list[Piece]:
    situation = probe.situation
    cover = cover_periods(probe, situation.inventory_level)
    if situation.inventory_level <= 0 or math.isinf(cover):
        return []
    text = f"stock lasts until about {_day(date_of(probe, cover))}"
    return [(text, (Claim("lasts", text, date_values(probe, cover)),))]


def _open_pieces(probe: Probe) -> list[Piece]:
    found = first_open_order(probe)
    if found is None:
        return []
    wait, units = found
    text = f"the next open order, {units:,.4g}, comes on {_day(date_of(probe, wait))}"
    return [(text, (Claim("open_order", text, {**date_values(probe, wait), "quantity": units}),))]


def later_pieces(found: WhyNot, period: Period, currency: str = "") -> list[Piece]:
    """Say what leaving the order until the next chance costs, or that nobody can tell."""
    cost, when = found.cost, next_chance(found, period)
    amount = money(f"{abs(cost.difference):,.2f} ± {cost.half_width:,.2f}", currency)
    difference = money(f"{cost.difference:+,.2f} ± {cost.half_width:,.2f}", currency)
    text = {
        Outcome.WORSE: f"leaving it until {when} costs {amount} more",
        Outcome.BETTER: f"leaving it until {when} saves {amount}",
        Outcome.CANNOT_TELL: (
            f"it can wait until {when} as far as {cost.n_pairs:,} futures can tell ({difference})"
        ),
    }[found.outcome]
    risk = found.risk
    text += (
        f", running out in {percent(found.quantity_risk)} instead of "
        f"{percent(found.reference_risk)} "
        f"({100 * risk.low:+.1f} to {100 * risk.high:+.1f} points)"
    )
    values = {
        "percent": round(100 * found.quantity_risk, 1),
        "percent_now": round(100 * found.reference_risk, 1),
        "percent_low": round(100 * risk.low, 1),
        "percent_high": round(100 * risk.high, 1),
        "difference": round(cost.difference, 2),
        "half_width": round(cost.half_width, 2),
        "is_sure": float(found.outcome is not Outcome.CANNOT_TELL),
        "futures": float(cost.n_pairs),
        "next_chance": float(found.next_chance),
    }
    return [(text, (Claim("later", text, values),))]


def far_more_pieces(probe: Probe) -> list[Piece]:
    """Warn where minimum or pack make the order last much longer than what is needed."""
    if not is_far_more(probe):
        return []
    cover, period = cover_periods(probe, probe.order), probe.situation.period.value
    lasts = "two years or more" if math.isinf(cover) else f"about {round(cover):,} {period}s"
    value = probe.order * probe.situation.problem.costs.unit_cost
    worth = money(f"{value:,.2f}", probe.situation.currency)
    text = f"far more than needed, {lasts} of sales worth {worth}"
    values = {"periods": 0.0 if math.isinf(cover) else float(round(cover)), "value": value}
    return [(text, (Claim("far_more", text, values),))]


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
