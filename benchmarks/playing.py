"""What a policy costs on futures of its own, path by path, with little noise."""

from __future__ import annotations

import torch

from core.policies import Policy
from core.simulator import ExpectedCost, Problem, SingleItemSystem, draw_scenario

_WARM_UP = 100


def path_costs(
    problem: Problem, policy: Policy, n_paths: int, n_periods: int, seed: int
) -> torch.Tensor:
    """Return each path's expected cost per period, given its stock: less noise, same mean.

    Args:
        problem: The item.
        policy: Made for it.
        n_paths: Futures.
        n_periods: Periods counted, after a warm-up of 100.
        seed: Of the futures.
    """
    system = SingleItemSystem([problem], n_paths)
    scenario = draw_scenario([problem], n_paths, n_periods + _WARM_UP, seed)
    expected, p = ExpectedCost.of([problem], n_paths), system.parameters
    total = torch.zeros(n_paths, dtype=torch.float64)
    with torch.inference_mode():
        stocks = system.start()
        for t in range(scenario.horizon):
            seen = system.observe(stocks, scenario)
            stocks, flows = system.step(stocks, policy.act(seen), scenario)
            if t >= _WARM_UP:
                total += expected(flows, seen.next_mean, p)
    return total / n_periods
