"""Copies of a policy that decide otherwise: what explains it must not explain them too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.explain.seeds import REDRAWN_SEED
from core.policies.item_policy import ItemPolicy
from core.policies.protocol import Policy

# A copy has all its levels this many times as high.
_FACTOR = 0.7


def scrambled(policy: Policy) -> tuple[Policy, str] | None:
    """Return a copy that has learned nothing, or has other levels, and what it is in words.

    None where the policy offers no such copy.
    """
    # Imported here: pages that show no agent need none of it.
    from core.agents.policy import AgentPolicy

    copies: tuple[tuple[type, Callable[..., Policy], str], ...] = (
        (AgentPolicy, _other_agent, "with random weights and levels 30 % lower"),
        (ItemPolicy, lambda rule: rule.scaled(_FACTOR), "with levels 30 % lower"),
    )
    return next(
        ((copy(policy), words) for kind, copy, words in copies if isinstance(policy, kind)), None
    )


def _other_agent(agent: Any) -> Policy:
    """Redraw what it learned and lower the (s, S) of its own that it starts from.

    Most agents move that rule a little: random weights alone would leave what decides as it is.
    """
    from core.agents.policy import AgentPolicy

    drawn = agent.redrawn(REDRAWN_SEED)
    items = [
        replace(
            item,
            reorder_point=_FACTOR * item.reorder_point,
            order_up_to_level=_FACTOR * item.order_up_to_level,
        )
        for item in drawn.items
    ]
    return AgentPolicy(drawn.name, drawn.brain, items)
