"""The (s, S) policy that agents start from and are measured against."""

from __future__ import annotations

from collections.abc import Sequence

from core.policies.protocol import Policy
from core.simulator import Problem


def fit_baseline(problems: Sequence[Problem]) -> Policy:
    """Return the items' own best (s, S) policy."""
    from core.policies import SearchSettings, fit_policy

    return fit_policy("s_S", problems, SearchSettings())
