"""The items' own past: for agents that look at recent sales, and to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.domain import ItemHistory
from core.policies import Policy, memory_of
from core.services.assortment import Assortment
from core.simulator import Memory, remembered

if TYPE_CHECKING:
    from core.agents.sources import Source


def histories_of(assortment: Assortment) -> list[ItemHistory]:
    """Return the history of every planned item, in their order."""
    return [assortment.data.history.item(key) for key in assortment.keys]


def recent_sales(
    assortment: Assortment, policy: Policy, rows: Sequence[int] | None = None
) -> Memory | None:
    """Return what a policy wants to know of the latest sales; None where it wants nothing.

    Args:
        assortment: Today's problems.
        policy: The policy.
        rows: Some of the planned items; None for all.
    """
    if memory_of(policy) == 0:
        return None
    chosen = range(len(assortment.keys)) if rows is None else rows
    problems = [assortment.problems[row] for row in chosen]
    histories = [assortment.data.history.item(assortment.keys[row]) for row in chosen]
    return remembered(problems, histories, memory_of(policy))


def own_past(assortment: Assortment) -> Source:
    """Return futures that mix the items' own past with draws of their fitted demand."""
    from core.agents.panel import PanelFutures
    from core.agents.past import Past

    return PanelFutures(Past.of(assortment.problems, histories_of(assortment)))
