"""How what is said about the time ahead is executed: dates, too late to help, not yet needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from core.explain.ahead import FRESH, before_help, is_far_more, window_of
from core.explain.consequences import Comparison, WhyNot, against
from core.explain.cover import MOST_PERIODS, cover_periods
from core.explain.probe import Probe

if TYPE_CHECKING:
    from core.explain.claims import Witnesses

    Execute = Callable[[Witnesses, Mapping[str, float]], tuple[bool, str]]

# Two draws of the same share or mean differ by more than this many standard errors once in 15,000.
_ERRORS = 4.0
_ROUNDED = 0.0051


def date_of(probe: Probe, wait: float) -> date:
    """Return the first day of the period this many whole periods from today."""
    return probe.situation.period.first_day(probe.situation.problem.start + math.floor(wait))


def date_values(probe: Probe, wait: float) -> dict[str, float]:
    """Return a date as what a claim states: periods from today, day and month."""
    day = date_of(probe, wait)
    return {"periods": float(math.floor(wait)), "day": float(day.day), "month": float(day.month)}


def first_open_order(probe: Probe) -> tuple[int, float] | None:
    """Return the periods until the next open order is due, and its units; None without one."""
    due = ((wait, units) for wait, units in enumerate(probe.situation.due, start=1) if units > 0)
    return next(due, None)


def _is_dated(probe: Probe, values: Mapping[str, float]) -> bool:
    stated = {name: values[name] for name in ("periods", "day", "month")}
    return date_values(probe, values["periods"]) == stated


def _states_lasts(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """What is on hand alone must be used up in the stated period, at expected demand."""
    probe = witnesses.policy
    cover = cover_periods(probe, probe.situation.inventory_level)
    passed = _is_dated(probe, values) and math.floor(cover) == values["periods"]
    return passed, f"on hand lasts {min(cover, MOST_PERIODS):.1f} periods"


def _states_open_order(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """The next open order must be due then, with so many units."""
    found = first_open_order(witnesses.policy)
    passed = found == (values["periods"], values["quantity"])
    detail = "nothing is open" if found is None else f"{found[1]:g} due in {found[0]} periods"
    return passed and _is_dated(witnesses.policy, values), detail


def _states_before(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """On fresh futures as many must run out before an order of today can come."""
    probe = witnesses.policy
    fresh = witnesses.fresh_before or before_help(probe.situation, *FRESH)
    stated = values["percent"] / 100
    spread = max(fresh.risk * (1 - fresh.risk), stated * (1 - stated))
    draws = 1 / FRESH.n_futures + 1 / values["futures"]
    slack = _ERRORS * math.sqrt(spread * draws) + 1 / FRESH.n_futures
    passed = abs(fresh.risk - stated) <= slack and values["periods"] == fresh.n_periods
    return passed and _is_dated(probe, values), f"{fresh.risk:.1%} on fresh futures"


def _states_later(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """On fresh futures waiting must cost about as stated; a winner needs an interval without 0."""
    fresh = witnesses.fresh_waiting or _waiting(witnesses.policy, witnesses.other)
    stated, half = values["difference"], values["half_width"]
    error = math.hypot(half, fresh.cost.half_width) / 1.96
    close = abs(fresh.cost.difference - stated) <= _ERRORS * error + _ROUNDED
    shift = (values["percent"] - values["percent_now"]) / 100 - fresh.risk.difference
    stated_half = (values["percent_high"] - values["percent_low"]) / 200
    spread = math.hypot(stated_half, fresh.risk.half_width) / 1.96
    close = close and abs(shift) <= _ERRORS * spread + 0.001
    sure = abs(stated) > half - _ROUNDED or not values["is_sure"]
    detail = f"{fresh.cost.difference:+.2f} ± {fresh.cost.half_width:.2f} on fresh futures"
    return close and sure, detail


def _waiting(probe: Probe, other: Probe | None) -> WhyNot:
    window = window_of(probe, other)
    waiting = Comparison(probe.situation, probe.order, (0.0,), probe.policy, window, (FRESH,))
    (((found,),),) = against([waiting])
    return found


def _states_far_more(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
    """The order as the rules make it must last so long and be worth so much, and need far less."""
    probe = witnesses.policy
    lasts = round(cover_periods(probe, probe.order)) if values["periods"] else 0.0
    value = probe.order * probe.situation.problem.costs.unit_cost
    passed = is_far_more(probe) and lasts == values["periods"]
    passed = passed and abs(value - values["value"]) <= _ROUNDED
    return passed, f"{probe.order:g} for {probe.raw:.1f} needed; worth {value:.2f}"


AHEAD_CHECKS: dict[str, Execute] = {
    "lasts": _states_lasts,
    "open_order": _states_open_order,
    "before": _states_before,
    "later": _states_later,
    "far_more": _states_far_more,
}
