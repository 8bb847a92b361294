"""What an agent with a memory sees of its item's latest sales."""

from __future__ import annotations

from core.agents.feature import SHARE, Feature, Group
from core.agents.recent import LEVEL_OVER, SPREAD_WINDOWS, WINDOWS


def recent_features() -> list[Feature]:
    """Return recent sales, their spread and the share out of stock; each says how far it looks."""
    return [
        *(_recent_sales(row, n) for row, n in enumerate(WINDOWS)),
        *(_recent_spread(row, n) for row, n in enumerate(SPREAD_WINDOWS)),
        Feature(
            "recent_out_of_stock",
            f"Share of the last {LEVEL_OVER} periods out of stock",
            "share",
            Group.DEMAND,
            lambda v: v.recent.out_of_stock,
            memory=LEVEL_OVER,
        ),
    ]


def _recent_sales(row: int, n: int) -> Feature:
    when = "the last period" if n == 1 else f"the last {n} periods"
    return Feature(
        f"recent_sales_{n}",
        f"Sales of {when} above their level, carried on until the next order arrives",
        SHARE,
        Group.DEMAND,
        lambda v: v.recent.above[row] * v.scaled(v.level * v.observation.protection_mean),
        memory=n,
    )


def _recent_spread(row: int, n: int) -> Feature:
    return Feature(
        f"recent_spread_{n}",
        f"Spread of the last {n} periods' sales",
        SHARE,
        Group.VARIABILITY,
        lambda v: v.scaled(v.recent.spread[row] * v.cover.sqrt()),
        memory=n,
    )
