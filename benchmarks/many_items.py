"""Ten thousand items: how long it takes from raw sales to quantities."""

from __future__ import annotations

import time
from statistics import median

import numpy as np
import torch

from benchmarks.report import Row
from core.agents import TrainedAgent, check_fit, shipped_generalist
from core.demand import demand_model_from_json
from core.domain import CostRates, ItemHistory, ItemKey, LeadTime, OrderRules, Period
from core.policies import Policy
from core.services.demand_rows import Row as DemandRow
from core.services.demand_rows import demand_rows
from core.services.quick_rules import find_quick_rules
from core.simulator import InitialStock, Observation, Problem, SingleItemSystem, draw_scenario

N_ITEMS, N_DAYS = 10_000, 730
_FIRST_DAY, _SEED, _RUNS = 19_358, 11, 5


def rows() -> list[Row]:
    """Time quantities alone, and the whole way from sales to quantities."""
    agent = shipped_generalist()
    if agent is None:
        return []
    torch.set_num_threads(1)
    histories = _histories()
    begin = time.perf_counter()
    told: list[int] = []
    found = demand_rows(histories, told.append)
    chosen = time.perf_counter() - begin
    problems = _problems(found)
    find_quick_rules(problems, told.append)
    searched = time.perf_counter() - begin - chosen
    policy = agent.policy(problems)
    observation = _today(problems)
    order = policy.act(observation)
    whole = time.perf_counter() - begin
    assert order.shape == (len(problems),)
    return [
        _quantities(policy, observation),
        _whole(agent, problems, (chosen, searched, whole, len(told))),
    ]


def _quantities(policy: Policy, observation: Observation) -> Row:
    times = []
    for _ in range(_RUNS):
        begin = time.perf_counter()
        policy.act(observation)
        times.append(time.perf_counter() - begin)
    return Row(
        f"{observation.inventory_level.shape[0]:,} items: quantities from the generalist",
        "under 2 s once features are ready",
        f"{1000 * median(times):.0f} ms (max {1000 * max(times):.0f})",
        max(times) < 2.0,
        f"features included, median of {_RUNS}, one core",
    )


def _whole(
    agent: TrainedAgent, problems: list[Problem], took: tuple[float, float, float, int]
) -> Row:
    chosen, searched, whole, n_told = took
    outside = len({mismatch.item for mismatch in check_fit(agent, problems)})
    return Row(
        f"{len(problems):,} items x {N_DAYS} days of raw sales to quantities, (s, S) included",
        "under 90 s, progress shown",
        f"{whole:.0f} s, of which demand models {chosen:.0f} s and (s, S) {searched:.0f} s; "
        f"progress told {n_told:,} times",
        whole < 90.0,
        "demand models chosen by held-out score and (s, S) searched quickly, on every core; "
        f"{outside} items outside the agent's ranges",
    )


def _histories() -> list[ItemHistory]:
    """Draw two years of sales: levels from 0.1 to 100 a day, weekdays, some lumpy."""
    rng, histories = np.random.default_rng(_SEED), []
    for row in range(N_ITEMS):
        mean, shape = np.exp(rng.uniform(np.log(0.1), np.log(100))), np.exp(rng.uniform(-1, 3))
        week = np.exp(rng.normal(0.0, 0.25, 7))
        level = mean * np.tile(week / week.mean(), N_DAYS // 7 + 1)[:N_DAYS]
        quantity = rng.poisson(rng.gamma(shape, level / shape)).astype(np.float64)
        key = ItemKey(f"item {row}")
        in_stock = np.ones(N_DAYS, dtype=bool)
        histories.append(ItemHistory(key, Period.DAY, _FIRST_DAY, quantity, in_stock))
    return histories


def _problems(found: list[DemandRow]) -> list[Problem]:
    rng, problems = np.random.default_rng(_SEED + 1), []
    for row, chosen in enumerate(found):
        if "problem" in chosen:
            continue
        demand = demand_model_from_json(chosen["model"])
        lead_time = LeadTime(float(rng.integers(1, 11)), sd=float(rng.choice([0.0, 1.0])))
        costs = CostRates(0.01, 0.01 * float(rng.uniform(5, 60)), float(rng.choice([0.0, 2.0])))
        rules = OrderRules(pack_size=float(rng.choice([1, 6])))
        name, start = f"item {row}", _FIRST_DAY + N_DAYS
        problems.append(Problem(name, demand, costs, lead_time, rules, start=start))
    return problems


def _today(problems: list[Problem]) -> Observation:
    """Return stock from empty to a fortnight's demand, nothing on order."""
    system, scenario = SingleItemSystem(problems, 1), draw_scenario(problems, 1, 1, _SEED)
    level = (14 * torch.rand(len(problems)) * scenario.outlook.next_mean[0]).round()
    return system.observe(system.start(InitialStock(level)), scenario)
