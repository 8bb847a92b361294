"""Money at risk: what shortage is expected to cost if nothing is ordered today."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from core.domain import ItemKey
from core.planning.request import PlanRequest
from core.planning.today import todays_stocks
from core.simulator import InitialStock, Observation, SingleItemSystem, draw_scenario

RISK_SEED = 6000
N_FUTURES = 200
_ITEMS_AT_ONCE = 200


def money_at_risk(
    request: PlanRequest, *, n_futures: int = N_FUTURES, seed: int = RISK_SEED
) -> dict[ItemKey, float]:
    """Play the time until the next order could arrive, without any order.

    Args:
        request: Items, stock and policies.
        n_futures: Per item.
        seed: Same seed, same money.

    Returns:
        Expected stock-out cost over lead time and review period, money per item.
    """
    found: dict[ItemKey, float] = {}
    for first in range(0, len(request.items), _ITEMS_AT_ONCE):
        rows = range(first, min(first + _ITEMS_AT_ONCE, len(request.items)))
        money = _stockout_costs(request, rows, n_futures, seed)
        found.update({request.items[row].key: m for row, m in zip(rows, money, strict=True)})
    return found


def _stockout_costs(
    request: PlanRequest, rows: Sequence[int], n_futures: int, seed: int
) -> list[float]:
    problems = [request.problems[row] for row in rows]
    items = [request.items[row] for row in rows]
    today = todays_stocks(problems, items, request.positions, request.period, request.today_index)
    system = SingleItemSystem(problems, n_futures)
    p = system.parameters
    # Help ordered at the next chance arrives after the lead time and one review period.
    window = torch.round(p.lead_time_mean) + p.review_period
    scenario = draw_scenario(problems, n_futures, max(int(window.max()), 1), seed)
    money = torch.zeros(p.n_envs, dtype=p.dtype)
    with torch.inference_mode():
        stocks = system.start(_spread(today.initial, n_futures))
        for t in range(scenario.horizon):
            order = _nothing(system.observe(stocks, scenario))
            stocks, flows = system.step(stocks, order, scenario)
            money += p.stockout_cost * flows.short * (t < window)
    return [float(mean) for mean in p.per_item(money).mean(-1)]


def _nothing(observation: Observation) -> torch.Tensor:
    return torch.zeros_like(observation.inventory_level)


def _spread(initial: InitialStock, n_paths: int) -> InitialStock:
    arrivals = initial.arrivals
    return InitialStock(
        initial.inventory_level.repeat_interleave(n_paths),
        None if arrivals is None else arrivals.repeat_interleave(n_paths, dim=1),
    )
