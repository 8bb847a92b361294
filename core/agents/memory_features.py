"""What an agent with a memory sees of its item's latest sales."""

from __future__ import annotations

from core.agents.feature import SHARE, Feature, Group, Measure
from core.agents.recent import LEVEL_RATE, MEMORY, RATES


def recent_features() -> list[Feature]:
    """Return recent sales, their spread and the share out of stock; each says how far it looks."""
    return [
        *(_recent_sales(row, rate) for row, rate in enumerate(RATES)),
        Feature(
            "recent_spread",
            "Spread of recent sales until the next order arrives",
            SHARE,
            Group.VARIABILITY,
            lambda v: v.recent.spread,
            memory=MEMORY,
            measure=Measure.STOCK_SCALE,
        ),
        Feature(
            "recent_out_of_stock",
            f"Share of the last {_periods(LEVEL_RATE)} out of stock",
            "share",
            Group.DEMAND,
            lambda v: v.recent.out_of_stock,
            memory=MEMORY,
        ),
    ]


def _recent_sales(row: int, rate: float) -> Feature:
    return Feature(
        f"recent_sales_{round(1 / rate)}",
        f"Sales of the last {_periods(rate)} above their level, until the next order arrives",
        SHARE,
        Group.DEMAND,
        lambda v: v.recent.above[row] * v.scaled(v.level * v.observation.protection_mean),
        memory=MEMORY,
    )


def _periods(rate: float) -> str:
    """Return how far a rate of smoothing looks back, about."""
    return f"{round(1 / rate)} periods or so"
