"""Stock as an order of today finds it: exact where nothing is lost, near simulation elsewhere."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.agents.encoder import FeatureEncoder
from core.agents.features import FEATURES, MAX_BUCKETS
from core.agents.networks import Mlp
from core.agents.policy import AgentPolicy
from core.agents.projection import Projection, myopic_order, project
from core.agents.references import ItemReference, References
from core.demand import NegativeBinomialDemand, geometric, poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.simulator import (
    InitialStock,
    Observation,
    Problem,
    SingleItemSystem,
    draw_scenario,
    total_costs,
)

N_PATHS = 40_000


def item(demand, lead_time=4.0, lost_share=1.0, name="item", **rules) -> Problem:
    late = lead_time if isinstance(lead_time, LeadTime) else LeadTime(lead_time)
    return Problem(
        name, demand, CostRates(1.0, 9.0), late, OrderRules(**rules), lost_share=lost_share
    )


def seen(problems, level, arrivals) -> Observation:
    """Show items with this stock and these arrivals in 1, 2, ... periods; one row per item."""
    system = SingleItemSystem(problems, 1, torch.float64)
    due = torch.tensor(arrivals, dtype=torch.float64).T
    initial = InitialStock(torch.tensor(level, dtype=torch.float64), due if due.numel() else None)
    scenario = draw_scenario(problems, 1, 2, seed=1, dtype=torch.float64)
    return system.observe(system.start(initial), scenario)


def projected(problems, level, arrivals, n_rows=MAX_BUCKETS) -> Projection:
    observation = seen(problems, level, arrivals)
    return project(observation, observation.outstanding(n_rows))


def simulated(problem, level, arrivals) -> tuple[float, float, float]:
    """Play without ordering until an order of today would arrive; mean, sd and units lost."""
    n_periods = round(problem.lead_time.mean)
    system = SingleItemSystem([problem], N_PATHS, torch.float64)
    scenario = draw_scenario([problem], N_PATHS, n_periods + 1, seed=9, dtype=torch.float64)
    due = torch.tensor(arrivals, dtype=torch.float64)[:, None].expand(-1, N_PATHS)
    start = torch.full((N_PATHS,), float(level), dtype=torch.float64)
    stocks = system.start(InitialStock(start, due if len(arrivals) else None))
    lost, nothing = torch.zeros(N_PATHS).double(), torch.zeros(N_PATHS).double()
    for _ in range(n_periods):
        stocks, flows = system.step(stocks, nothing, scenario)
        lost += nothing if flows.lost is None else flows.lost
    found = stocks.inventory_level
    return float(found.mean()), float(found.std()), float(lost.mean())


# --- Exact ----------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    level=st.integers(-30, 60),
    arrivals=st.lists(st.integers(0, 20), min_size=3, max_size=3),
    mean=st.floats(0.5, 20.0),
)
def test_where_nothing_is_lost_stock_is_the_position_less_demand(level, arrivals, mean):
    """And its spread is that of demand over the lead time."""
    found = projected([item(poisson(mean), 4.0, 0.0)], [level], [arrivals])
    assert float(found.lost) == 0.0
    assert float(found.mean) == pytest.approx(level + sum(arrivals) - 4 * mean, abs=1e-4)
    assert float(found.sd) == pytest.approx((4 * mean) ** 0.5, rel=1e-4)


@pytest.mark.parametrize("lost_share", [0.0, 0.5, 1.0])
def test_an_order_that_arrives_at_once_finds_the_stock_of_now(lost_share):
    found = projected([item(poisson(5.0), 0.0, lost_share)], [7.0], [[]])
    assert (float(found.mean), float(found.lost)) == (7.0, 0.0)
    assert float(found.sd) < 0.01


def test_with_plenty_of_stock_nothing_is_lost_although_it_could_be():
    found = projected([item(poisson(5.0))], [200.0], [[5.0, 5.0, 5.0]])
    assert float(found.lost) == pytest.approx(0.0, abs=1e-6)
    assert float(found.mean) == pytest.approx(215.0 - 20.0, abs=1e-4)


def test_with_no_stock_at_all_everything_is_lost():
    found = projected([item(poisson(400.0))], [0.0], [[0.0, 0.0, 0.0]])
    assert float(found.lost) == pytest.approx(1600.0, rel=1e-3)
    assert float(found.mean) == pytest.approx(0.0, abs=0.1)


def test_units_are_conserved_whatever_is_lost():
    """What is left is what was there, less demand, plus the demand that was lost."""
    for lost_share in (0.0, 0.3, 1.0):
        found = projected([item(geometric(5.0), 4.0, lost_share)], [9.0], [[4.0, 0.0, 6.0]])
        assert float(found.mean) == pytest.approx(19.0 - 20.0 + float(found.lost), abs=1e-4)


# --- Against simulation ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "arrivals"),
    [(6, (5, 5, 5)), (20, (0, 0, 0)), (2, (0, 10, 3)), (0, (0, 0, 12)), (12, (8, 0, 0))],
)
def test_lost_poisson_demand_comes_out_as_in_simulation(level, arrivals):
    """Poisson(5), L = 4: a normal amount stands for a small whole number."""
    problem = item(poisson(5.0))
    mean, sd, lost = simulated(problem, level, arrivals)
    found = projected([problem], [level], [arrivals])
    assert float(found.lost) == pytest.approx(lost, abs=0.35)
    assert float(found.mean) == pytest.approx(mean, abs=0.35)
    assert float(found.sd) == pytest.approx(sd, abs=0.5)


@pytest.mark.parametrize("lost_share", [0.0, 1.0])
def test_large_demand_comes_out_closer(lost_share):
    """Poisson(200) is nearly normal; what can be lost is some 40 of 600."""
    problem = item(poisson(200.0), 3.0, lost_share)
    mean, sd, lost = simulated(problem, 180.0, (220.0, 190.0))
    found = projected([problem], [180.0], [(220.0, 190.0)])
    assert float(found.mean) == pytest.approx(mean, abs=1.0)
    assert float(found.lost) == pytest.approx(lost, abs=1.0)
    assert float(found.sd) == pytest.approx(sd, rel=0.08)


def test_partly_lost_demand_lies_between():
    amounts = [
        float(projected([item(geometric(5.0), 4.0, x)], [6.0], [[5.0, 5.0, 5.0]]).mean)
        for x in (0.0, 0.5, 1.0)
    ]
    assert amounts[0] == pytest.approx(1.0, abs=1e-4)
    assert amounts[0] < amounts[1] < amounts[2]


def test_more_spread_loses_more():
    steady, wild = (
        float(projected([item(d)], [6.0], [[5.0, 5.0, 5.0]]).lost)
        for d in (poisson(5.0), NegativeBinomialDemand(level=5.0, shape=0.5))
    )
    assert steady < wild


# --- Many items at once ---------------------------------------------------------------------------


def test_items_with_other_lead_times_are_as_each_alone():
    """Lead times of 0 to 6 periods side by side; an order due later than one's own is not seen."""
    problems = [
        item(poisson(5.0), lead, lost, name=f"{lead}")
        for lead, lost in ((0.0, 1.0), (1.0, 1.0), (3.0, 0.5), (6.0, 0.0), (6.0, 1.0))
    ]
    arrivals = [4.0, 7.0, 6.0, 2.0, 9.0]
    together = projected(problems, [8.0] * 5, [arrivals] * 5)
    for row, problem in enumerate(problems):
        alone = projected([problem], [8.0], [arrivals])
        for name in ("mean", "sd", "lost"):
            one, among = float(getattr(alone, name)), float(getattr(together, name)[row])
            assert among == pytest.approx(one, abs=1e-9), (name, problem.name)


def test_long_lead_times_go_on_after_the_last_row():
    """20 periods and 12 rows: what is due later stands in the last row, and is not forgotten."""
    arrivals = [1.0] * 19
    found = projected([item(poisson(2.0), 20.0, 0.0)], [30.0], [arrivals])
    assert float(found.mean) == pytest.approx(30.0 + 19.0 - 40.0, abs=1e-4)


def test_a_review_does_not_change_what_an_order_of_today_finds():
    daily, weekly = (
        projected([item(poisson(5.0), 4.0, review_period=r)], [8.0], [[5.0, 5.0, 0.0]])
        for r in (1, 7)
    )
    for name in ("mean", "sd", "lost"):
        assert float(getattr(daily, name)) == pytest.approx(float(getattr(weekly, name)), rel=1e-6)


# --- Gradients ------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["mean", "sd", "lost"])
@pytest.mark.parametrize("level", [1.0, 8.0, 25.0])
def test_the_gradient_is_the_slope(part, level):
    """In stock on hand and in each order under way, by central differences."""
    observation = seen([item(geometric(5.0))], [level], [[5.0, 0.0, 7.0]])

    def value(stock, due):
        stocks = replace(observation.stocks, inventory_level=stock)
        return getattr(project(replace(observation, stocks=stocks), due), part).sum()

    stock = observation.inventory_level.clone().requires_grad_()
    due = observation.outstanding(3).clone().requires_grad_()
    slopes = torch.autograd.grad(value(stock, due), (stock, due))
    step = 1e-4
    with torch.no_grad():
        expected = (value(stock + step, due) - value(stock - step, due)) / (2 * step)
        assert float(slopes[0]) == pytest.approx(float(expected), abs=1e-5)
        for row in range(3):
            one = torch.zeros_like(due)
            one[row] = step
            expected = (value(stock, due + one) - value(stock, due - one)) / (2 * step)
            assert float(slopes[1][row]) == pytest.approx(float(expected), abs=1e-5)
    if part == "lost" and level == 8.0:
        assert float(slopes[0]) < -0.1


def test_the_gradient_stays_finite_far_from_zero():
    """Stock a hundred deviations above or below what is asked for."""
    observation = seen([item(poisson(5.0))], [1e4], [[0.0, 0.0, 0.0]])
    for level in (1e4, -1e4, 0.0):
        stock = torch.tensor([level], dtype=torch.float64, requires_grad=True)
        stocks = replace(observation.stocks, inventory_level=stock)
        found = project(replace(observation, stocks=stocks), observation.outstanding(3))
        (slope,) = torch.autograd.grad(found.mean + found.sd + found.lost, stock)
        assert bool(torch.isfinite(slope).all())
        assert all(bool(torch.isfinite(x).all()) for x in (found.mean, found.sd, found.lost))


def test_demand_that_runs_at_twice_its_level_is_projected_so():
    """As an item with twice the mean and twice the spread, whose level is 1."""
    observation = seen([item(poisson(5.0))], [30.0], [[0.0, 5.0, 0.0]])
    doubled = replace(
        observation,
        protection_mean=2 * observation.protection_mean,
        protection_sd=2 * observation.protection_sd,
    )
    due = observation.outstanding(MAX_BUCKETS)
    for mine, theirs in zip(
        vars(project(observation, due, 2.0)).values(), vars(project(doubled, due)).values(),
        strict=True,
    ):  # fmt: skip
        assert torch.equal(mine, theirs)


# --- As features ----------------------------------------------------------------------------------

NEW = (
    *("expected_lost", "arrival_sd", "demand_variation", "stockout_ratio", "gated", "steady"),
    *("myopic_order", "myopic_order_sds", "below_target_sds", "on_hand_sds"),
)
ITEM = ItemReference(20.0, 40.0, 50.0, 5.0, 7.0)


def test_the_features_that_pathwise_learning_needs_are_there():
    assert set(NEW) <= set(FEATURES)


def test_expected_loss_and_spread_are_shares_of_the_stock_scale():
    names = ("position", "expected_lost", "arrival_sd")
    encoder = FeatureEncoder(names, (0.0,) * 3, (1.0,) * 3, 3)
    observation = seen([item(poisson(5.0))], [3.0], [[0.0, 5.0, 0.0]])
    found = encoder.encode(observation, References.of([ITEM], 1))[0]
    expected = project(observation, observation.outstanding(3))
    assert float(found[1]) == pytest.approx(float(expected.lost) / 50.0, rel=1e-4)
    assert float(found[2]) == pytest.approx(float(expected.sd) / 50.0, rel=1e-4)
    assert float(found[1]) > 0.1


def test_stock_is_told_against_the_spread_of_demand_too():
    """Ten pieces of spread: 9 on hand; 26 below S; what lies beyond two of them is squeezed."""
    names = ("position", "on_hand_sds", "below_target_sds", "myopic_order", "myopic_order_sds")
    encoder = FeatureEncoder(names, (0.0,) * 5, (1.0,) * 5, 3)
    observation = seen([item(poisson(5.0))], [9.0], [[0.0, 5.0, 0.0]])
    reference = replace(ITEM, protection_sd=10.0)
    found = encoder.encode(observation, References.of([reference], 1))[0].tolist()
    assert found[1] == pytest.approx(0.9) and found[2] == pytest.approx(2 + 2 * math.log(1.3))
    assert found[3] * 50.0 == pytest.approx(found[4] * 10.0, rel=1e-4)


def myopic(observation: Observation) -> torch.Tensor:
    stock = project(observation, observation.outstanding(MAX_BUCKETS))
    mean, sd = observation.protection_mean, observation.protection_sd
    return myopic_order(observation, stock, mean, sd)


def test_an_order_that_arrives_at_once_fills_up_to_the_newsvendors_level():
    """Normal demand of a period, critical ratio 0.9; over a review of three, 9 / (9 + 3)."""
    problems = [item(poisson(100.0), 0.0), item(poisson(100.0), 0.0, review_period=3)]
    found = myopic(seen(problems, [40.0, 40.0], [[0.0]] * 2)).tolist()
    once, thrice = (NormalDist().inv_cdf(x) for x in (0.9, 0.75))
    assert found[0] == pytest.approx(100 + once * 10 - 40, rel=1e-4)
    assert found[1] == pytest.approx(300 + thrice * 300**0.5 - 40, rel=1e-4)


@pytest.mark.parametrize(("p", "optimum"), [(4.0, 4.7285), (9.0, 6.8359), (19.0, 8.8872)])
def test_ordering_by_it_alone_comes_near_the_optimum_of_lost_sales(p, optimum):
    """Poisson(5), L = 4, optima of Zipkin (2008): moments of a normal are all it looks at."""
    problem = replace(item(poisson(5.0)), costs=CostRates(1.0, p))
    system, scenario = SingleItemSystem([problem], 400), draw_scenario([problem], 400, 500, 7)
    totals = total_costs(
        system, lambda seen: myopic(seen).clamp(min=0).round(), scenario, warm_up=50
    )
    assert 1.0 < float(totals.cost_per_period.mean()) / optimum < 1.07


def test_whether_orders_are_gated_and_how_demand_varies_are_told():
    names = ("position", "gated", "demand_variation", "stockout_ratio")
    encoder = FeatureEncoder(names, (0.0,) * 4, (1.0,) * 4, 3)
    observation = seen([item(geometric(5.0))], [3.0], [[0.0, 5.0, 0.0]])
    variation = geometric(5.0).sd(0, 1)[0] / 5.0
    for is_gated in (True, False):
        references = References.of([replace(ITEM, is_gated=is_gated)], 1)
        found = encoder.encode(observation, references)[0].tolist()
        assert found[1] == float(is_gated)
        assert found[2] == pytest.approx(torch.tensor(1.0 + variation).log().item(), rel=1e-4)
        assert found[3] == pytest.approx(torch.tensor(9.0).log().item(), rel=1e-4)


def test_an_agent_that_was_made_without_the_new_features_still_orders(
    assortment, assortment_assignment, assortment_agent
):
    """Its encoder names fewer of them: they are neither needed nor worked out."""
    a = assortment_assignment
    names = ("position", "on_hand", "due_1", "critical_ratio")
    encoder = FeatureEncoder(names, (0.0,) * 4, (1.0,) * 4, a.encoder.n_buckets)
    noise, n_out = torch.Generator().manual_seed(3), a.code.n_choices
    network = Mlp(
        (torch.randn(n_out, 4, generator=noise),), (torch.zeros(n_out),), "tanh", "argmax"
    )
    brain = replace(assortment_agent.brain, encoder=encoder, network=network)
    system, scenario = SingleItemSystem(assortment, 3), draw_scenario(assortment, 3, 10, 1)
    order = AgentPolicy("old", brain, a.items).act(system.observe(system.start(), scenario))
    assert order.shape == (9,) and bool((order >= 0).all()) and bool((order > 0).any())
