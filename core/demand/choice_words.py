"""What became of the periods in which stock ran out, in words."""

from __future__ import annotations

from core.demand.observations import Observations


def ran_out(seen: Observations) -> str:
    """Say what became of periods that ran out after a sale."""
    if not seen.n_estimated:
        return ""
    on = "On" if seen.period == "day" else "In"
    these, left = _counted(seen.n_estimated, seen), seen.n_out_of_stock
    other = f" {_counted(left, seen)} without stock or sale tell nothing and are left out."
    return (
        f" {on} {these} stock ran out after some had been sold: what more would have been sold is "
        f"estimated, as demand that was at least what was sold.{other if left else ''}"
    )


def _counted(n: int, seen: Observations) -> str:
    return f"{n} {seen.period}{'' if n == 1 else 's'}"
