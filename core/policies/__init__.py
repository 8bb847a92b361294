"""Decision rules, one per file, a registry, and each rule's exact or searched numbers."""

from core.policies.base_stock import BaseStockPolicy
from core.policies.capped_base_stock import CappedBaseStockPolicy
from core.policies.eoq import EOQPolicy, economic_order_quantity
from core.policies.estimate import estimate_s_s
from core.policies.exact_cost import exact_cost
from core.policies.gauges import GAUGES, fit_gauge
from core.policies.item_policy import ItemFacts, ItemPolicy, facts_of
from core.policies.myopic import Myopic2Policy, MyopicPolicy
from core.policies.newsvendor import NewsvendorPolicy
from core.policies.protocol import Policy, PolicyFamily, SearchSettings, memory_of
from core.policies.quick_search import is_gated, not_yet_found, quick_s_s, remember
from core.policies.r_q import RQPolicy
from core.policies.registry import POLICIES, fit_policy, policy_family
from core.policies.s_s import SSPolicy
from core.policies.s_s_q import ModifiedSSPolicy
from core.policies.state_table import TablePolicy
from core.policies.theory import why_not_exact
from core.policies.value_iteration import OptimumPolicy
from core.policies.zheng_federgruen import ExactRule, exact_s_s, long_run_cost

__all__ = [
    "GAUGES",
    "POLICIES",
    "BaseStockPolicy",
    "CappedBaseStockPolicy",
    "EOQPolicy",
    "ExactRule",
    "ItemFacts",
    "ItemPolicy",
    "ModifiedSSPolicy",
    "Myopic2Policy",
    "MyopicPolicy",
    "NewsvendorPolicy",
    "OptimumPolicy",
    "Policy",
    "PolicyFamily",
    "RQPolicy",
    "SSPolicy",
    "SearchSettings",
    "TablePolicy",
    "economic_order_quantity",
    "estimate_s_s",
    "exact_cost",
    "exact_s_s",
    "facts_of",
    "fit_gauge",
    "fit_policy",
    "is_gated",
    "long_run_cost",
    "memory_of",
    "not_yet_found",
    "policy_family",
    "quick_s_s",
    "remember",
    "why_not_exact",
]
