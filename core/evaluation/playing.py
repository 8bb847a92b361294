"""Playing several policies on the same futures, a few items at a time to spare memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt
import torch

from core.evaluation.settings import (
    MAX_ENV_PERIODS,
    EvaluationSettings,
    StartingStock,
    initial_stock,
)
from core.policies.protocol import Policy, memory_of
from core.simulator import (
    ExpectedCost,
    Kpis,
    Problem,
    Scenario,
    SingleItemSystem,
    Trajectory,
    draw_scenario,
    kpis,
    trajectory,
)

Floats = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]
"""Told the share done and what is at hand; may raise to stop the work."""

KPI_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Kpis))


@dataclass(frozen=True, eq=False)
class Played:
    """Key figures of one policy on some items, path by path.

    Args:
        values: By name in ``Kpis``, and "demand" (units per period); shape [n_items, n_paths].
    """

    values: Mapping[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        """Return one key figure, shape [n_items, n_paths]."""
        return self.values[name]

    def item_means(self) -> dict[str, Floats]:
        """Average over the paths, shape [n_items] each."""
        return {name: value.mean(1) for name, value in self.values.items()}


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some items' results: ``rows`` of the problems, and what every policy did."""

    rows: tuple[int, ...]
    played: Mapping[str, Played]


def play_all(
    problems: Sequence[Problem],
    policies: Mapping[str, Policy],
    settings: EvaluationSettings,
    stocks: Sequence[StartingStock] | None = None,
    on_progress: Progress | None = None,
) -> Iterator[Chunk]:
    """Play every policy on the same test futures, chunk by chunk of items.

    Args:
        problems: One per item, names all different (an item's futures hang on its name).
        policies: By label, each made for exactly these items.
        settings: Which futures.
        stocks: Where each item starts; None for the expected demand over lead time and review.
        on_progress: Told the share done before each policy and chunk.

    Raises:
        ParameterError: where the settings cannot be.
    """
    settings.check()
    assert len({problem.name for problem in problems}) == len(problems), "names must differ"
    assert all(policy.n_items == len(problems) for policy in policies.values())
    chunks = _chunks(len(problems), settings.n_paths * settings.n_periods)
    n_done, n_all = 0, len(chunks) * len(policies)
    for rows in chunks:
        some = [problems[row] for row in rows]
        memory = max(map(memory_of, policies.values()), default=0)
        system = SingleItemSystem(some, settings.n_paths, memory=memory)
        scenario = draw_scenario(some, settings.n_paths, settings.n_periods, settings.seed)
        chosen = None if stocks is None else [stocks[row] for row in rows]
        initial = initial_stock(chosen, scenario, settings.n_paths)
        scenario, initial = settings.with_outage(scenario, initial, system.parameters)
        expected = ExpectedCost.of(some, settings.n_paths) if settings.expects else None
        played: dict[str, Played] = {}
        for label, policy in policies.items():
            if on_progress is not None:
                on_progress(n_done / n_all, f"{label}, item {rows[0] + 1} of {len(problems)}")
            mine = policy if len(rows) == len(problems) else policy.select(rows)
            run = trajectory(system, mine.act, scenario, initial=initial)
            played[label] = _figures(run, system, settings.warm_up, expected, scenario)
            n_done += 1
        yield Chunk(rows, played)


def _figures(
    run: Trajectory,
    system: SingleItemSystem,
    warm_up: int,
    expected: ExpectedCost | None,
    scenario: Scenario,
) -> Played:
    """Work out the key figures of one policy, path by path."""
    figures = kpis(run, system.parameters, warm_up=warm_up)
    if expected is not None:
        figures = _with_expected_costs(figures, run, system, warm_up, (expected, scenario))
    tensors = {name: getattr(figures, name) for name in KPI_NAMES}
    tensors["demand"] = run.demand[warm_up:].mean(0)
    per_item = system.parameters.per_item
    return Played({name: per_item(t).double().numpy() for name, t in tensors.items()})


def _with_expected_costs(
    figures: Kpis,
    run: Trajectory,
    system: SingleItemSystem,
    warm_up: int,
    how: tuple[ExpectedCost, Scenario],
) -> Kpis:
    """Put expected costs of holding and shortage in the place of those that happened."""
    (expected, scenario), p = how, system.parameters
    stock = (run.inventory_level + run.demand - run.lost)[warm_up:]
    means = [scenario.outlook.at(t)[0] for t in range(warm_up, scenario.horizon)]
    short = torch.stack([expected.short(x, m) for x, m in zip(stock, means, strict=True)])
    held = stock - torch.stack(means) + short
    holding, stockout = p.holding_cost * held.mean(0), p.stockout_cost * short.mean(0)
    cost = holding + stockout + figures.ordering_cost
    return replace(figures, cost=cost, holding_cost=holding, stockout_cost=stockout)


def _chunks(n_items: int, env_periods_per_item: int) -> list[tuple[int, ...]]:
    size = max(1, MAX_ENV_PERIODS // env_periods_per_item)
    starts = range(0, n_items, size)
    return [tuple(range(start, min(start + size, n_items))) for start in starts]
