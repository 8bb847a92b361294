"""Numbers and dates as planners read them: on screen, in reports and in sentences."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

from core.domain.period import Period

NOTHING = "–"


def signed(value: float, digits: int) -> str:
    """Write a difference with its sign, "+1.20" or "-0.50"; nothing has none: "0.00"."""
    shown = round(value, digits) + 0.0
    return f"{shown:{'+' if shown else ''},.{digits}f}"


def difference(value: float, half_width: float) -> str:
    """Write a difference in money with its ±; "no difference" where it all rounds to nothing."""
    if not round(value, 2) and not round(half_width, 2):
        return "no difference"
    if not math.isfinite(half_width):
        return f"{signed(value, 2)} (too short to tell how sure)"
    return f"{signed(value, 2)} ± {half_width:,.2f}"


def units(value: float | None) -> str:
    """Write a quantity: whole where it is whole, grouped in thousands."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-6 else f"{value:,.4g}"


def money(value: float | None, *, signed: bool = False) -> str:
    """Write an amount: three figures that matter, whole above a thousand."""
    if value is None or not math.isfinite(value):
        return NOTHING
    digits = 0 if abs(value) >= 1000 else 2
    return f"{value:{'+' if signed else ''},.{digits}f}"


def whole_money(value: float | None, *, signed: bool = False) -> str:
    """Write an amount for figures that stand side by side: no cents on any of them."""
    if value is None or not math.isfinite(value):
        return NOTHING
    sign = "+" if signed and value else ""
    return "below 1" if 0 < abs(value) < 0.5 else f"{value:{sign},.0f}"


def percent(value: float | None, digits: int = 1, *, signed: bool = False) -> str:
    """Write a share (0.123) as a percentage."""
    if value is None or not math.isfinite(value):
        return NOTHING
    shown = round(value, digits + 2) + 0.0
    return f"{shown:{'+' if signed and shown else ''}.{digits}%}"


def periods(value: float, period: Period) -> str:
    """Write a length of time in the history's own periods: "5 days"."""
    if not math.isfinite(value):
        return NOTHING
    number = f"{value:.0f}" if value >= 10 or value == round(value) else f"{value:.1f}"
    return f"{number} {period.value}{'' if number == '1' else 's'}"


def day(value: date | None) -> str:
    """Write a day without doubt about day and month: "14 Sep 2026"."""
    return NOTHING if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime) -> str:
    """Write a moment in the planner's own time zone."""
    local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone()
    return f"{local.day} {local:%b %Y %H:%M}"


def duration(seconds: float | None) -> str:
    """Write a duration: "45 s", "3 min 20 s", "1 h 5 min"."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def plural(n: float, noun: str) -> str:
    """Write a number with its noun: "1 item", "3 items", "2.5 units"."""
    number = units(n)
    return f"{number} {noun}{'' if number == '1' else 's'}"
