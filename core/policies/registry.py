"""Every decision rule by its name. A new rule: one new file and one line here."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain import UnknownNameError
from core.policies.base_stock import BaseStockPolicy
from core.policies.capped_base_stock import CappedBaseStockPolicy
from core.policies.eoq import EOQPolicy
from core.policies.newsvendor import NewsvendorPolicy
from core.policies.protocol import Policy, PolicyFamily, SearchSettings
from core.policies.r_q import RQPolicy
from core.policies.s_s import SSPolicy
from core.policies.s_s_q import ModifiedSSPolicy
from core.simulator import Problem

POLICIES: dict[str, type[PolicyFamily]] = {
    SSPolicy.name: SSPolicy,
    BaseStockPolicy.name: BaseStockPolicy,
    CappedBaseStockPolicy.name: CappedBaseStockPolicy,
    RQPolicy.name: RQPolicy,
    ModifiedSSPolicy.name: ModifiedSSPolicy,
    EOQPolicy.name: EOQPolicy,
    NewsvendorPolicy.name: NewsvendorPolicy,
}


def policy_family(name: str) -> type[PolicyFamily]:
    """Return the rule of that name.

    Raises:
        UnknownNameError: where there is none; says what was probably meant.
    """
    if name not in POLICIES:
        raise UnknownNameError("policy", name, POLICIES)
    return POLICIES[name]


def fit_policy(
    name: str,
    problems: Sequence[Problem],
    settings: SearchSettings = SearchSettings(),  # noqa: B008
) -> Policy:
    """Find the best numbers of a rule for every item.

    Args:
        name: Of the rule, e.g. "s_S".
        problems: One per item, at least one.
        settings: How hard to search where there is no exact answer.

    Raises:
        UnknownNameError: where there is no such rule.
        PolicyParameterError: where the rule cannot serve an item; names it.
    """
    return policy_family(name).fit(problems, settings)
