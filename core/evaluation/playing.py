"""Playing several policies on the same futures, a few items at a time to spare memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from core.evaluation.settings import (
    MAX_ENV_PERIODS,
    EvaluationSettings,
    StartingStock,
    initial_stock,
)
from core.policies.protocol import Policy
from core.simulator import (
    InitialStock,
    Kpis,
    Problem,
    Scenario,
    SingleItemSystem,
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
        system = SingleItemSystem(some, settings.n_paths)
        scenario = draw_scenario(some, settings.n_paths, settings.n_periods, settings.seed)
        chosen = None if stocks is None else [stocks[row] for row in rows]
        initial = initial_stock(chosen, scenario, settings.n_paths)
        played: dict[str, Played] = {}
        for label, policy in policies.items():
            if on_progress is not None:
                on_progress(n_done / n_all, f"{label}, item {rows[0] + 1} of {len(problems)}")
            mine = policy if len(rows) == len(problems) else policy.select(rows)
            played[label] = play(system, mine, scenario, initial, settings.warm_up)
            n_done += 1
        yield Chunk(rows, played)


def play(
    system: SingleItemSystem,
    policy: Policy,
    scenario: Scenario,
    initial: InitialStock | None,
    warm_up: int,
) -> Played:
    """Play one policy and return its key figures, path by path."""
    run = trajectory(system, policy.act, scenario, initial=initial)
    figures = kpis(run, system.parameters, warm_up=warm_up)
    tensors = {name: getattr(figures, name) for name in KPI_NAMES}
    tensors["demand"] = run.demand[warm_up:].mean(0)
    per_item = system.parameters.per_item
    return Played({name: per_item(t).double().numpy() for name, t in tensors.items()})


def _chunks(n_items: int, env_periods_per_item: int) -> list[tuple[int, ...]]:
    size = max(1, MAX_ENV_PERIODS // env_periods_per_item)
    starts = range(0, n_items, size)
    return [tuple(range(start, min(start + size, n_items))) for start in starts]
