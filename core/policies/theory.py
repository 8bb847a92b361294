"""Where the exact theory of backordered, stationary demand holds for a planner's item."""

from __future__ import annotations

import math

import numpy as np

from core.policies.item_policy import Floats
from core.policies.zheng_federgruen import demand_over
from core.simulator import Problem, lead_time_probabilities

# Above this many points of lead-time demand the simulator is the faster way.
_MAX_POINTS = 2_000_000


def why_not_exact(problem: Problem) -> str:
    """Return why the exact theory does not hold for the item, in words; "" where it does."""
    if problem.lost_share > 0:
        return "unmet demand is lost" if problem.lost_share == 1 else "unmet demand is partly lost"
    if np.count_nonzero(lead_time_probabilities(problem.lead_time)) > 1:
        return "the lead time varies"
    if not problem.demand.is_stationary:
        return "demand has a season"
    return _rules_against_theory(problem) or _demand_against_theory(problem)


def rule_binds(problem: Problem, reorder_point: float, order_up_to_level: float) -> str:
    """Return which order rule an (s, S) rule would run into, in words; "" for none."""
    rules = problem.rules
    if rules.min_order > order_up_to_level - reorder_point:
        return "the minimum order binds"
    if rules.max_stock < order_up_to_level:
        return "the storage limit binds"
    if math.isfinite(rules.max_order):
        largest = order_up_to_level - reorder_point - 1 + problem.demand.pmf(problem.start).size
        if rules.max_order < largest:
            return "the largest order binds"
    return ""


def fixed_lead_time(problem: Problem) -> int:
    """Return the lead time where there is only one, periods."""
    return int(lead_time_probabilities(problem.lead_time).shape[0]) - 1


def protection_pmf(problem: Problem) -> Floats | None:
    """Return the probabilities of demand over lead time and review; None where they vary."""
    if np.count_nonzero(lead_time_probabilities(problem.lead_time)) > 1:
        return None
    if not problem.demand.is_stationary or _demand_against_theory(problem):
        return None
    n_periods = fixed_lead_time(problem) + problem.rules.review_period
    return demand_over(problem.demand.pmf(problem.start), n_periods)


def _rules_against_theory(problem: Problem) -> str:
    if problem.rules.review_period > 1:
        return "orders are possible on review days only"
    packs_in_unit = 1 / problem.rules.pack_size
    return "" if packs_in_unit == round(packs_in_unit) else "orders come in whole packs"


def _demand_against_theory(problem: Problem) -> str:
    draws = problem.demand.sample(np.random.default_rng(0), 16, 64, problem.start)
    if not np.array_equal(draws, np.round(draws)):
        return "demand comes in parts of a unit"
    n_points = problem.demand.pmf(problem.start).size * (fixed_lead_time(problem) + 1)
    return "" if n_points <= _MAX_POINTS else "demand is too large for exact arithmetic"
