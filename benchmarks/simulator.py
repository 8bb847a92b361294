"""How fast the simulator plays (s, S) with lost sales, beside a plain numpy loop of the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import torch
from torch import Tensor

from benchmarks.report import Row
from core.demand import poisson
from core.domain import CostRates, LeadTime
from core.simulator import (
    Observation,
    Problem,
    Scenario,
    SingleItemSystem,
    draw_scenario,
    total_costs,
)

N_ENVS, HORIZON, LEAD_TIME, ROUNDS = 8192, 1000, 4, 7
REORDER_POINT, ORDER_UP_TO_LEVEL = 24.0, 27.0
HOLDING_COST, STOCKOUT_COST, FIXED_COST = 1.0, 9.0, 5.0
BAR_PER_SECOND, BAR_RATIO = 100e6, 5.0


def rows() -> list[Row]:
    """Time both on one core in turn, and check that they agree on the cost."""
    torch.set_num_threads(1)
    problem = Problem(
        "speed",
        poisson(5.0),
        CostRates(HOLDING_COST, STOCKOUT_COST, FIXED_COST),
        LeadTime(LEAD_TIME),
    )
    scenario = draw_scenario([problem], N_ENVS, HORIZON, seed=3000)
    system = SingleItemSystem([problem], N_ENVS)
    demand = scenario.demand.numpy()
    ours: list[float] = []
    plain: list[float] = []
    for _ in range(ROUNDS):
        seconds, cost = _timed(lambda: _ours(system, scenario))
        plain_seconds, plain_cost = _timed(lambda: _plain(demand))
        assert abs(cost - plain_cost) < 1e-3 * plain_cost, (cost, plain_cost)
        ours.append(N_ENVS * HORIZON / seconds)
        plain.append(N_ENVS * HORIZON / plain_seconds)
    speed, ratio = median(ours), median(a / b for a, b in zip(ours, plain, strict=True))
    return [
        Row(
            "simulator, (s, S), lost sales, L = 4, batch 8192, one core",
            "100 million item-steps/s, or 5 times a numpy loop",
            f"{speed / 1e6:.0f} million/s (min {min(ours) / 1e6:.0f}, max {max(ours) / 1e6:.0f}); "
            f"{ratio:.1f} times numpy",
            speed >= BAR_PER_SECOND or ratio >= BAR_RATIO,
            f"median of {ROUNDS} runs of {HORIZON} periods, same demand, same cost",
        )
    ]


def _ours(system: SingleItemSystem, scenario: Scenario) -> float:
    def act(observation: Observation) -> Tensor:
        position = observation.inventory_position
        return (ORDER_UP_TO_LEVEL - position) * (position <= REORDER_POINT)

    return float(total_costs(system, act, scenario).cost_per_period.mean())


def _plain(demand: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> float:
    """Play the same model as one would write it without this project."""
    n = demand.shape[1]
    on_hand = np.zeros(n, dtype=np.float32)
    pipeline = np.zeros((LEAD_TIME, n), dtype=np.float32)
    cost = np.zeros(n, dtype=np.float32)
    for t in range(demand.shape[0]):
        on_hand = on_hand + pipeline[t % LEAD_TIME]
        pipeline[t % LEAD_TIME] = 0.0
        position = on_hand + pipeline.sum(axis=0)
        order = np.where(position <= REORDER_POINT, ORDER_UP_TO_LEVEL - position, 0.0)
        pipeline[t % LEAD_TIME] = order
        short = np.maximum(demand[t] - on_hand, 0.0)
        on_hand = np.maximum(on_hand - demand[t], 0.0)
        cost += HOLDING_COST * on_hand + STOCKOUT_COST * short + FIXED_COST * (order > 0)
    return float(cost.mean() / demand.shape[0])


def _timed(play: Callable[[], float]) -> tuple[float, float]:
    start = time.perf_counter()
    result = play()
    return time.perf_counter() - start, result
