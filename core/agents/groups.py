"""Groups of items that learn apart: each is best learned in its own way, or is hardest to learn."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.policies import is_gated
from core.simulator import Problem
from core.simulator.lead_times import lead_time_probabilities

if TYPE_CHECKING:
    from core.agents.references import ItemReference

# Also the names of the features that tell an item's group.
GATED, STEADY, OTHER = "gated", "steady", "other"
GROUPS = (GATED, STEADY, OTHER)
"""An item belongs to the first that it fits; all fit the last."""

_FITS: dict[str, Callable[[ItemReference], bool]] = {
    GATED: lambda item: item.is_gated,
    STEADY: lambda item: item.is_steady,
}


def group_of(item: ItemReference, groups: Sequence[str] = GROUPS) -> str:
    """Return the first of the groups that an item fits; the last one takes all others."""
    return next((name for name in groups[:-1] if _FITS[name](item)), groups[-1])


def is_steady(problem: Problem) -> bool:
    """Whether an item is as in textbooks on lost sales: nothing changes, and no rule binds.

    There, theory knows the optimum, and an agent has to come close to it.
    """
    rules = problem.rules
    has_limit = min(rules.max_order, rules.max_stock) < math.inf
    has_rule = is_gated(problem) or has_limit or rules.review_period > 1
    is_fixed = int((lead_time_probabilities(problem.lead_time) > 0).sum()) == 1
    is_lost = problem.lost_share == 1
    return not has_rule and is_fixed and is_lost and problem.demand.is_stationary
