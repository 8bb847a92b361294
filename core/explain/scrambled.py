"""Copies of a policy that decide otherwise: what explains it must not explain them too."""

from __future__ import annotations

from collections.abc import Callable

from core.explain.seeds import REDRAWN_SEED
from core.policies.item_policy import ItemPolicy
from core.policies.protocol import Policy

# A rule's copy has all its levels this many times as high.
_FACTOR = 0.7


def scrambled(policy: Policy) -> tuple[Policy, str] | None:
    """Return a copy that has learned nothing, or has other levels, and what it is in words.

    None where the policy offers no such copy.
    """
    # Imported here: pages that show no agent need none of it.
    from core.agents.policy import AgentPolicy

    copies: tuple[tuple[type, Callable[..., Policy], str], ...] = (
        (AgentPolicy, lambda agent: agent.redrawn(REDRAWN_SEED), "with random weights"),
        (ItemPolicy, lambda rule: rule.scaled(_FACTOR), "with levels 30 % lower"),
    )
    return next(
        ((copy(policy), words) for kind, copy, words in copies if isinstance(policy, kind)), None
    )
