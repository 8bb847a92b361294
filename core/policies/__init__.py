"""Decision rules, one per file, a registry, and each rule's exact or searched numbers."""

from core.policies.base_stock import BaseStockPolicy
from core.policies.capped_base_stock import CappedBaseStockPolicy
from core.policies.eoq import EOQPolicy, economic_order_quantity
from core.policies.item_policy import ItemFacts, ItemPolicy, facts_of
from core.policies.newsvendor import NewsvendorPolicy
from core.policies.protocol import Policy, PolicyFamily, SearchSettings
from core.policies.r_q import RQPolicy
from core.policies.registry import POLICIES, fit_policy, policy_family
from core.policies.s_s import SSPolicy
from core.policies.theory import why_not_exact
from core.policies.zheng_federgruen import ExactRule, exact_s_s, long_run_cost

__all__ = [
    "POLICIES",
    "BaseStockPolicy",
    "CappedBaseStockPolicy",
    "EOQPolicy",
    "ExactRule",
    "ItemFacts",
    "ItemPolicy",
    "NewsvendorPolicy",
    "Policy",
    "PolicyFamily",
    "RQPolicy",
    "SSPolicy",
    "SearchSettings",
    "economic_order_quantity",
    "exact_s_s",
    "facts_of",
    "fit_policy",
    "long_run_cost",
    "policy_family",
    "why_not_exact",
]
