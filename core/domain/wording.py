"""Numbers in sentences."""

from __future__ import annotations


def signed(value: float, digits: int) -> str:
    """Write a difference with its sign, "+1.20" or "-0.50"; nothing has none: "0.00"."""
    shown = round(value, digits) + 0.0
    return f"{shown:{'+' if shown else ''},.{digits}f}"


def difference(value: float, half_width: float) -> str:
    """Write a difference in money with its ±; "no difference" where it all rounds to nothing."""
    if not round(value, 2) and not round(half_width, 2):
        return "no difference"
    return f"{signed(value, 2)} ± {half_width:,.2f}"
