"""Learning from the items' own past: what is replayed, what is seen, and that nothing leaks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.agents import TrainingConfig, load, save, train
from core.agents.encoder import all_features, fit_encoder
from core.agents.features import FEATURES
from core.agents.following import FollowingRule
from core.agents.panel import PanelFutures
from core.agents.past import Past
from core.agents.recent import MEMORY, RATES, Recent, more_than
from core.agents.references import ItemReference, References, measure
from core.agents.task import assign
from core.demand import NegativeBinomialDemand, poisson
from core.domain import CostRates, ItemHistory, ItemKey, LeadTime, Period
from core.policies import SSPolicy, fit_policy
from core.simulator import InitialStock, Memory, Problem, SingleItemSystem, draw_scenario
from tests.agents.conftest import QUICK

pytestmark = pytest.mark.usefixtures("processor_seconds")

START, N = 1000, 300


def problem_of(name: str, mean: float = 8.0, **changes) -> Problem:
    problem = Problem(name, poisson(mean), CostRates(1.0, 9.0), LeadTime(2), start=START + N)
    return replace(problem, **changes)


def history_of(problem: Problem, quantity, in_stock=None, first: int = START) -> ItemHistory:
    units = np.asarray(quantity, dtype=np.float64)
    flags = np.ones(len(units), bool) if in_stock is None else np.asarray(in_stock, bool)
    return ItemHistory(ItemKey(problem.name), Period.DAY, first, units, flags)


def counting(n: int = N, first: int = 0) -> list[int]:
    """Return sales that tell their own period."""
    return list(range(first, first + n))


@pytest.fixture(scope="module")
def two() -> Past:
    """One item listed from the start, one late; sales tell item and period."""
    problems = [problem_of("early"), problem_of("late")]
    late = history_of(problems[1], counting(50, 10_250), first=START + 250)
    return Past.of(problems, [history_of(problems[0], counting()), late])


def drawn(past: Past, share: float = 1.0, n_paths: int = 8, horizon: int = 40, **changes):
    futures = PanelFutures(past, share, **changes)
    items = [ItemReference(20.0, 24.0, 24.0, 8.0, 5.0)] * len(past.problems)
    return futures.draw(past.problems, items, n_paths, horizon, 5)


def test_a_real_future_is_a_window_of_the_items_own_past(two):
    scenario, initial = drawn(two)
    demand = scenario.demand.reshape(41, 2, 8).numpy()
    early, late = demand[:, 0], demand[:, 1]
    assert ((np.diff(early, axis=0) == 1) | (np.diff(early, axis=0) == 1 - N)).all()
    assert ((np.diff(late, axis=0) == 1) | (np.diff(late, axis=0) == 1 - 50)).all()
    assert late.min() >= 10_250 and late.max() < 10_300
    assert len(set(early[0])) > 1, "windows begin at different periods"
    sold, flags = (
        t.reshape(MEMORY, 2, 8).numpy() for t in (initial.memory.sales, initial.memory.in_stock)
    )
    known = flags[-1] > 0
    assert (sold[-1] + 1 == demand[0])[known].all(), "what is remembered lies just before"


def test_before_its_listing_an_item_is_not_known(two):
    _, initial = drawn(two)
    tables = [t.reshape(MEMORY, 2, 8) for t in (initial.memory.in_stock, initial.memory.expected)]
    for table in tables:
        assert (table[:, 1] > 0).sum(0).max() < 50
        assert (table[: MEMORY - 49, 1] == 0).all()


def test_out_of_stock_demand_is_drawn_and_no_less_than_what_was_sold():
    problem = problem_of("censored")
    quantity, in_stock = np.full(N, 6.0), np.ones(N, bool)
    in_stock[::3] = False
    quantity[::3] = np.arange(100) % 12
    past = Past.of([problem], [history_of(problem, quantity, in_stock)])
    one, other = past.demand(1)[0], past.demand(2)[0]
    assert (one[in_stock] == 6.0).all() and (one[~in_stock] >= quantity[~in_stock]).all()
    assert (one != other).any() and np.array_equal(one, past.demand(1)[0])
    assert one[~in_stock].mean() > 8.0, "days of little stock had no less demand than others"


def test_the_mix_has_the_share_that_was_asked_for(two):
    scenario, _ = drawn(two, share=0.5, forecast_error=0.0)
    demand = scenario.demand.reshape(41, 2, 8)
    assert (demand[:, 1, :4] >= 10_000).all() and (demand[:, 1, 4:] < 100).all()


def test_forecasts_are_wrong_by_one_factor_for_each_future_and_demand_is_not(two):
    (wrong, _), (right, _) = drawn(two), drawn(two, forecast_error=0.0)
    assert torch.equal(wrong.demand, right.demand)
    factors = wrong.outlook.next_mean / right.outlook.next_mean
    assert torch.allclose(factors, factors[0].expand_as(factors))
    assert factors[0].log().std() == pytest.approx(0.3, abs=0.15)
    sds = wrong.outlook.protection_sd / right.outlook.protection_sd
    assert torch.allclose(sds, factors)


def test_a_period_costs_what_happened(two):
    problems = [replace(two.problems[0], costs=CostRates(1.0, 9.0, 5.0)), two.problems[1]]
    system, cost = SingleItemSystem(problems, 2), PanelFutures(two).cost(problems, 2)
    scenario, _ = drawn(two, n_paths=2)
    _, flows = system.step(system.start(), torch.tensor([0.0, 9.0, 0.0, 9.0]), scenario)
    found = cost(flows, scenario.outlook.next_mean[0], system.parameters)
    assert torch.equal(found, system.cost(flows))


def seen_with(past_sales, expected=8.0, level=20.0):
    """Return what an agent may know after these sales, all in stock."""
    problem = problem_of("seen")
    table = torch.tensor(past_sales, dtype=torch.float32).unsqueeze(1)
    memory = Memory(table, torch.ones_like(table), torch.full_like(table, expected))
    system = SingleItemSystem([problem], 1, memory=MEMORY)
    stocks = system.start(InitialStock(torch.tensor([level]), memory=memory))
    return system.observe(stocks, draw_scenario([problem], 1, 1, 0))


def references_of(follows: bool = True) -> References:
    reference = ItemReference(20.0, 24.0, 24.0, 8.0, 5.0, 24.0, 4.9, follows_sales=follows)
    return References.of([reference], 1)


def value(name: str, observation, references) -> float:
    row = list(FEATURES).index(name)
    return float(all_features(observation, references, 1)[row, 0])


def test_twice_the_sales_are_seen_as_an_item_of_twice_the_size():
    """With large numbers every measure doubles, and each share of the stock scale stays."""
    usual, twice = (
        seen_with([800.0] * MEMORY, 800.0, 2000.0),
        seen_with([1600.0] * MEMORY, 800.0, 4000.0),
    )
    measures = references_of()
    now = measures.at(twice)
    assert float(Recent.of(twice).level) == pytest.approx(2.0, abs=0.01)
    assert float(now.stock_scale) == pytest.approx(48.0, rel=0.01)
    for name in ("position", "recent_sales_5", "protection_trend"):
        assert value(name, twice, measures) == pytest.approx(value(name, usual, measures), abs=0.02)
    still = references_of(follows=False).at(twice)
    assert float(still.order_up_to_level) == 24.0 and float(still.stock_scale) == 24.0


def test_the_rule_that_learning_starts_from_is_forecast_driven():
    """S - mean of 0.5 standard deviations: S = 3 x 16 and half of what sales really spread."""
    reference = ItemReference(25.0, 26.0, 26.0, 8.0, 5.0, 24.0, 4.0, follows_sales=True)
    noisy = [6.0, 26.0] * (MEMORY // 2)
    seen = seen_with(noisy)
    recent = Recent.of(seen)
    now = References.of([reference], 1).at(seen)
    mean = float(recent.level * seen.protection_mean)
    assert mean == pytest.approx(48.0, abs=2.5)
    wanted = mean + 0.25 * float(recent.spread)
    assert float(now.reorder_point) == pytest.approx(wanted, abs=0.5)
    assert 5.0 < float(recent.spread) < 20.0


def test_a_jump_in_sales_shows_most_where_the_past_is_forgotten_soonest():
    seen = seen_with([8.0] * (MEMORY - 3) + [16.0] * 3)
    ups = [value(f"recent_sales_{round(1 / rate)}", seen, references_of()) for rate in RATES]
    assert ups == sorted(ups, reverse=True) and ups[0] > 0 > ups[-1]
    assert ups[2] == pytest.approx(0.0, abs=1e-6)


def test_demand_that_was_not_seen_is_estimated_and_no_stock_says_nothing():
    sold, mean, sd = torch.tensor([0.0, 8.0, 20.0]), torch.tensor(8.0), torch.tensor(3.0)
    none, usual, many = more_than(sold, mean, sd).tolist()
    assert none == pytest.approx(8.0)
    assert usual == pytest.approx(8.0 + 0.8 * 3.0, abs=0.8), "about 0.8 sd more"
    assert 20.0 <= many < 22.0


def test_a_shelf_that_is_often_empty_is_not_taken_for_lower_demand():
    """Poisson(8), at most 7 a day in stock: the level stays near 1, and sales alone say 0.8."""
    noise = np.random.default_rng(1)
    demand = noise.poisson(8.0, MEMORY).astype(np.float32)
    seen = seen_with(np.minimum(demand, 7.0))
    memory = seen.memory
    flagged = replace(memory, in_stock=torch.as_tensor(demand < 7).float().unsqueeze(1))
    aware = replace(seen, stocks=replace(seen.stocks, memory=flagged))
    assert float(Recent.of(seen).level) < 0.88
    assert float(Recent.of(aware).level) == pytest.approx(1.0, abs=0.12)


def test_demand_still_to_come_changes_nothing_an_agent_sees(two):
    """Two futures alike up to a day: all features are alike up to it."""
    problem = problem_of("future")
    system = SingleItemSystem([problem], 1, memory=MEMORY)
    scenario = draw_scenario([problem], 1, 20, 3)
    other = replace(scenario, demand=scenario.demand.clone())
    other.demand[10:] += 50.0
    tables = []
    for one in (scenario, other):
        stocks, rows = system.start(), []
        for _ in range(14):
            seen = system.observe(stocks, one)
            rows.append(all_features(seen, references_of(), 1))
            stocks, _ = system.step(stocks, torch.tensor([9.0]), one)
        tables.append(torch.stack(rows))
    assert torch.equal(tables[0][:11], tables[1][:11])
    assert not torch.equal(tables[0][11], tables[1][11])


def test_without_memory_an_agent_never_asks_for_it(textbook_assignment, two):
    assert textbook_assignment.encoder.memory == 0
    baseline = fit_policy("s_S", two.problems, QUICK)
    assignment = assign(two.problems, baseline, source=PanelFutures(two))
    assert assignment.encoder.memory == MEMORY
    assert not {"pack_size", "lot"} & set(assignment.encoder.names)
    assert all(item.follows_sales for item in assignment.items)


def test_a_hidden_feature_is_left_out(textbook_assignment):
    table = torch.rand(len(FEATURES), 50)
    hidden = frozenset({"position", "on_hand"})
    assert fit_encoder([table], 2, hidden).names == tuple(
        name for name in FEATURES if name != "on_hand"
    ), "the stock position is always seen"


@pytest.fixture(scope="module")
def drifting() -> tuple[list[Problem], list[ItemHistory]]:
    """Demand whose level wanders: what is fitted to all of it is wrong most of the time."""
    rng = np.random.default_rng(3)
    problems, histories = [], []
    for row in range(6):
        waves = 20.0 * np.exp(0.9 * np.sin(np.arange(N) / 25.0 + rng.uniform(0, 6)))
        quantity = rng.poisson(waves)
        problems.append(problem_of(f"item {row}", float(quantity.mean())))
        histories.append(history_of(problems[-1], quantity))
    return problems, histories


def test_it_learns_to_follow_its_own_sales_and_survives_being_kept(drifting):
    problems, histories = drifting
    source = PanelFutures(Past.of(problems, histories), 1.0)
    config = TrainingConfig.preset("quick", "pathwise", time_limit_s=8.0, n_envs=64)
    baseline = fit_policy("s_S", problems, QUICK)
    agent = train(problems, config, baseline=baseline, source=source)
    assert agent.record.validation_ratio < 0.85
    again = load(save(agent))
    assert again.policy(problems).memory == MEMORY
    assert again.cards == agent.cards
    seen = seen_with([16.0] * MEMORY)
    mine, kept = (a.policy(problems).select([0]).act(seen) for a in (agent, again))
    assert torch.equal(mine, kept)


@pytest.fixture(scope="module")
def mixed(drifting) -> tuple[list[Problem], list[ItemHistory]]:
    """The drifting items, and as many that only look like it: lumps, and nothing in between."""
    rng, problems, histories = np.random.default_rng(4), list(drifting[0]), list(drifting[1])
    for row in range(6):
        demand, late = NegativeBinomialDemand(level=20.0, shape=0.05), LeadTime(8)
        lumpy = problem_of(f"lumpy {row}", demand=demand, lead_time=late, lost_share=0.0)
        problems.append(lumpy)
        histories.append(history_of(problems[-1], rng.negative_binomial(0.05, 0.05 / 20.05, N)))
    return problems, histories


def test_sales_are_followed_unless_that_was_far_dearer_in_the_past(mixed):
    """All that drift do; lumps say nothing of what comes, and those items keep their rule."""
    problems, histories = mixed
    source = PanelFutures(Past.of(problems, histories))
    follows = source.follows(problems, fit_policy("s_S", problems, QUICK))
    assert all(follows[:6]) and sum(follows[6:]) <= 1


def test_items_that_follow_and_items_that_do_not_stand_side_by_side():
    """Each row as it would be alone."""
    items = [
        ItemReference(20.0, 24.0, 24.0, 8.0, 5.0, 24.0, 4.9, follows_sales=does)
        for does in (True, False)
    ]
    problems, sales = [problem_of("a"), problem_of("b")], torch.full((MEMORY, 2), 16.0)
    memory = Memory(sales, torch.ones_like(sales), torch.full_like(sales, 8.0))
    system = SingleItemSystem(problems, 1, memory=MEMORY)
    stocks = system.start(InitialStock(torch.tensor([10.0, 10.0]), memory=memory))
    seen = system.observe(stocks, draw_scenario(problems, 1, 3, 1))
    both = References.of(items, 1).at(seen)
    for row, item in enumerate(items):
        alone = References.of([item] * 2, 1).at(seen)
        for name in ("reorder_point", "order_up_to_level", "stock_scale", "protection_sd"):
            assert getattr(both, name)[row] == getattr(alone, name)[row], name
    assert float(both.stock_scale[0]) > 40.0 and float(both.stock_scale[1]) == 24.0
    assert both.recent is not None


def test_the_rule_that_follows_orders_up_to_todays_level(drifting):
    problems, histories = drifting
    level = fit_policy("s_S", problems, QUICK).order_up_to_level
    baseline = SSPolicy.of(problems, reorder_point=level - 1, order_up_to_level=level)
    still = FollowingRule(measure(problems, baseline))
    moving = FollowingRule(measure(problems, baseline, follows_sales=[True] * len(problems)))
    validation = PanelFutures(Past.of(problems, histories)).validation(problems, baseline)
    assert torch.allclose(validation.cost(still), validation.cost(baseline))
    assert float(validation.cost(moving).sum()) < 0.9 * float(validation.cost(still).sum())
    assert moving.select([2]).n_items == 1
    assert moving.parameters_of(1) == dict(baseline.parameters_of(1))


def test_an_item_that_changed_follows_sales_as_it_did_in_training(mixed):
    problems, histories = mixed
    source = PanelFutures(Past.of(problems, histories))
    config = TrainingConfig.preset("quick", "pathwise", time_limit_s=1.0, n_envs=64)
    agent = train(problems, config, baseline=fit_policy("s_S", problems, QUICK), source=source)
    kept = [card.reference.follows_sales for card in agent.cards]
    assert any(kept) and not all(kept)
    changed = [replace(problem, costs=CostRates(1.0, 12.0)) for problem in problems]
    policy = agent.policy(changed, fit_policy("s_S", changed, QUICK))
    assert [item.follows_sales for item in policy.items] == kept


def test_candidates_are_chosen_by_all_money(drifting):
    """(s, S) against itself is 1; what costs half on every item scores half."""
    problems, histories = drifting
    baseline = fit_policy("s_S", problems, QUICK)
    validation = PanelFutures(Past.of(problems, histories)).validation(problems, baseline)
    assert validation.judge(baseline) == pytest.approx((1.0, 1.0))
    validation.baseline_cost = validation.baseline_cost * torch.tensor([2.0] + [4.0] * 5)
    ratio, score = validation.judge(baseline)
    assert ratio == pytest.approx((0.5 + 5 * 0.25) / 6)
    assert 0.25 < score < 0.5 and score != pytest.approx(ratio)


def test_measures_taken_anew_follow_sales_as_in_training(drifting):
    problems, _ = drifting
    baseline = fit_policy("s_S", problems, QUICK)
    following = measure(problems, baseline, follows_sales=[True] * len(problems))
    assert all(item.follows_sales for item in following)
    assert not any(i.follows_sales for i in measure(problems, baseline, with_cost=False))
