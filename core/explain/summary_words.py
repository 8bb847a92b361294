"""What drives a policy's orders over many situations, in words."""

from __future__ import annotations

import numpy as np

from core.explain.policy_grid_words import amount
from core.explain.states import GROUPS
from core.explain.summary import DriverSummary

_LARGEST = 2


def summary_words(found: DriverSummary, name: str) -> str:
    """Name the quantities that move the orders most, and those that never do.

    Args:
        found: The summary.
        name: What screens call the policy.
    """
    sizes = found.mean_sizes
    moving = [place for place in found.ranking if sizes[place] > 0]
    if not moving:
        return f"{name} orders the same in all {found.n_states:,} situations."
    largest = " and ".join(
        f"{GROUPS[place].label} ({amount(float(sizes[place]))} {found.unit} on average"
        f"{_direction(found, place)})"
        for place in moving[:_LARGEST]
    )
    return f"Over {found.n_states:,} situations the orders of {name} are moved most by {largest}."


def still_words(found: DriverSummary) -> str:
    """Name the groups that move nothing here; empty where all do."""
    still = [GROUPS[place].label for place in found.ranking if found.mean_sizes[place] == 0]
    return f"No part here: {', '.join(still)}." if still else ""


def _direction(found: DriverSummary, place: int) -> str:
    """Say which way a high value moves the order, where that is clear."""
    known = np.isfinite(found.heights[:, place])
    if known.sum() < 2:
        return ""
    heights, amounts = found.heights[known, place], found.amounts[known, place]
    high, low = amounts[heights > 0.75], amounts[heights < 0.25]
    if not len(high) or not len(low):
        return ""
    gap = float(high.mean() - low.mean())
    if abs(gap) < 0.5 * float(np.abs(amounts).mean()):
        return ""
    return f"; the more, the {'larger' if gap > 0 else 'smaller'} the order"
