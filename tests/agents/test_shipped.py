"""The agent that ships: what it says of itself, and that it is worth shipping."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.agents import check_fit, save, shipped_generalist
from core.agents.drawing import Kind, draw_problems
from core.agents.groups import GATED, OTHER, STEADY
from core.agents.shipped import GENERALIST_FILE
from core.agents.validation import Validation
from core.demand import poisson
from core.domain import CostRates, LeadTime
from core.policies import exact_cost, fit_gauge, fit_policy, quick_s_s
from core.simulator import Problem


@pytest.fixture(scope="module")
def agent():
    found = shipped_generalist()
    assert found is not None, "data/agents/generalist.safetensors belongs to the program"
    return found


def test_it_says_how_it_was_made_and_for_what(agent):
    record, ranges = agent.record, agent.scope.ranges
    assert record.seconds <= 3600 and record.steps > 1e6 and record.validation_ratio < 1.0
    assert {"lead_time_mean", "stockout_ratio", "demand_mean", "min_order"} <= set(ranges)
    assert not agent.cards and GENERALIST_FILE.stat().st_size < 200_000
    assert save(agent) == GENERALIST_FILE.read_bytes()


def test_it_is_next_to_the_optimum_of_lost_sales(agent):
    """Poisson(5), L = 4, p = 9, an instance it never saw: Zipkin (2008)."""
    problem = Problem("poisson-p9-L4", poisson(5.0), CostRates(1.0, 9.0), LeadTime(4))
    optimum = fit_gauge("optimum", [problem]).cost_of(0)
    rule, mine = (
        exact_cost(problem, p) for p in (fit_policy("s_S", [problem]), agent.policy([problem]))
    )
    assert optimum <= mine < optimum + 0.05 * (rule - optimum)


@pytest.mark.parametrize(("group", "most"), [(STEADY, 0.985), (OTHER, 0.995), (GATED, 1.005)])
def test_what_it_costs_against_where_it_starts_on_problems_it_never_saw(agent, group, most):
    """Where orders have a price it does as the rule it starts from: nothing better was found."""
    rng = np.random.default_rng(77)
    drawn = draw_problems(Kind(group, None), 24, rng, agent.scope)
    problems = [replace(problem, name=f"unseen {row}") for row, problem in enumerate(drawn)]
    assert not check_fit(agent, problems)
    start = quick_s_s(problems)
    ratios = Validation(problems, start).item_ratios(agent.policy(problems))
    assert float(ratios.mean()) < most and float(ratios.median()) <= 1.001
