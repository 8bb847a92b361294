"""All randomness, drawn first: two policies that run on the same Scenario are paired."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.demand.protocol import DemandModel
from core.domain import LeadTime
from core.simulator.lead_times import all_fixed_alike, lead_time_probabilities, mean_and_sd
from core.simulator.problem import Problem

Floats = npt.NDArray[np.float64]

# One independent stream per source of randomness, so that adding one never shifts another.
_DEMAND, _LEAD_TIME = 0, 1


@dataclass(frozen=True, eq=False)
class Outlook:
    """What is expected of demand, known before it happens; policies may see it.

    Args:
        next_mean: Expected demand of the coming period, units, shape [horizon or 1, n_envs].
        protection_mean: Expected demand over lead time and review period, units, same shape.
        protection_sd: Its standard deviation, lead-time spread included, units, same shape.
    """

    next_mean: Tensor
    protection_mean: Tensor
    protection_sd: Tensor

    @property
    def tables(self) -> tuple[Tensor, Tensor, Tensor]:
        """All three."""
        return self.next_mean, self.protection_mean, self.protection_sd

    def at(self, t: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return the three rows for period t."""
        return self._rows[t if len(self._rows) > 1 else 0]

    @cached_property
    def _rows(self) -> list[tuple[Tensor, Tensor, Tensor]]:
        return list(zip(*(table.unbind() for table in self.tables), strict=True))


@dataclass(frozen=True, eq=False)
class Scenario:
    """Demand and lead times of every environment over the horizon; policies never see it.

    Args:
        demand: Units, shape [horizon, n_envs].
        lead_time: Periods an order placed in t takes, shape [horizon, n_envs]; None where every
            lead time is fixed.
        outlook: What was expected beforehand.
        seed: What all of it was drawn from; -1 for real history.
    """

    demand: Tensor
    lead_time: Tensor | None
    outlook: Outlook
    seed: int

    def __post_init__(self) -> None:
        assert self.demand.ndim == 2
        assert self.lead_time is None or self.lead_time.shape == self.demand.shape

    def at(self, t: int) -> tuple[Tensor, Tensor | None]:
        """Return demand and lead times of period t, shape [n_envs] each."""
        return self._demand_rows[t], None if self.lead_time is None else self.lead_time[t]

    @cached_property
    def _demand_rows(self) -> tuple[Tensor, ...]:
        return self.demand.unbind()

    def mapped(self, change: Callable[[Tensor], Tensor]) -> Scenario:
        """Return the same futures for other environments.

        Args:
            change: From shape [..., n_envs] to any other number of environments.
        """
        outlook = Outlook(*map(change, self.outlook.tables))
        late = None if self.lead_time is None else change(self.lead_time)
        return Scenario(change(self.demand), late, outlook, self.seed)

    def beside(self, *others: Scenario) -> Scenario:
        """Return these futures and other ones side by side, under the name of this one's seed.

        Where some are shorter, their last period goes on to the end of the longest.
        """
        parts = (self, *others)
        late = [part.lead_time for part in parts if part.lead_time is not None]
        assert len(late) in (0, len(parts))
        tables = list(zip(*(part.outlook.tables for part in parts), strict=True))
        horizon = max(part.horizon for part in parts)
        known = horizon if any(len(table) > 1 for table in tables[0]) else 1
        return Scenario(
            _side_by_side([part.demand for part in parts], horizon),
            _side_by_side(late, horizon) if late else None,
            Outlook(*(_side_by_side(rows, known) for rows in tables)),
            self.seed,
        )

    @property
    def horizon(self) -> int:
        """Number of periods."""
        return int(self.demand.shape[0])

    @property
    def n_envs(self) -> int:
        """Number of environments."""
        return int(self.demand.shape[1])


def _side_by_side(tables: Sequence[Tensor], n_rows: int) -> Tensor:
    lasting = (torch.cat([t, t[-1:].expand(n_rows - t.shape[0], -1)]) for t in tables)
    return torch.cat(list(lasting), 1)


def draw_scenario(
    problems: Sequence[Problem],
    n_paths: int,
    horizon: int,
    seed: int,
    *,
    offset: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Scenario:
    """Draw futures for every problem.

    Args:
        problems: One per item.
        n_paths: Futures per item.
        horizon: Periods.
        seed: Same seed, same futures, whatever other items stand beside this one.
        offset: Periods to move the start along the calendar (for training over all seasons).
        dtype: Number format.
    """
    demand = [_draw_demand(p, n_paths, horizon, seed, offset) for p in problems]
    outlooks = [expectations(p, p.start + offset, horizon) for p in problems]
    return Scenario(
        # One row per period, side by side in memory: a column would cost half of all time.
        demand=torch.as_tensor(np.ascontiguousarray(np.concatenate(demand, axis=1)), dtype=dtype),
        lead_time=draw_lead_times(problems, n_paths, horizon, seed, dtype),
        outlook=stack_outlooks(outlooks, n_paths, dtype),
        seed=seed,
    )


def scenario_from_history(
    problems: Sequence[Problem],
    demand: Floats,
    seed: int,
    *,
    n_paths: int = 1,
    dtype: torch.dtype = torch.float32,
) -> Scenario:
    """Replay real demand, with drawn lead times.

    Args:
        problems: One per item, each starting at the first replayed period.
        demand: Units, shape [n_items, horizon].
        seed: For the lead times.
        n_paths: Repeats of the same demand with other lead times.
        dtype: Number format.
    """
    horizon = demand.shape[1]
    outlooks = [expectations(p, p.start, horizon) for p in problems]
    return Scenario(
        demand=torch.as_tensor(np.repeat(demand.T, n_paths, axis=1), dtype=dtype),
        lead_time=draw_lead_times(problems, n_paths, horizon, seed, dtype),
        outlook=stack_outlooks(outlooks, n_paths, dtype),
        seed=seed,
    )


def draw_lead_times(
    problems: Sequence[Problem], n_paths: int, horizon: int, seed: int, dtype: torch.dtype
) -> Tensor | None:
    """Draw the lead time of every order that could be placed; None where all are fixed.

    Returns:
        Periods, shape [horizon, n_envs], or None.
    """
    chances = [lead_time_probabilities(p.lead_time) for p in problems]
    if all_fixed_alike(chances):
        return None
    rows = [
        _rng(seed, _LEAD_TIME, problem.name).choice(len(c), size=(horizon, n_paths), p=c)
        for problem, c in zip(problems, chances, strict=True)
    ]
    return torch.as_tensor(np.concatenate(rows, axis=1), dtype=dtype)


def stack_outlooks(rows: Sequence[Floats], n_paths: int, dtype: torch.dtype) -> Outlook:
    """Join the expectations of several items, shapes [3, horizon or 1], into one outlook."""
    longest = max(row.shape[1] for row in rows)
    table = np.stack([np.broadcast_to(row, (3, longest)) for row in rows], axis=2)
    tensors = torch.as_tensor(np.repeat(table, n_paths, axis=2), dtype=dtype)
    return Outlook(tensors[0], tensors[1], tensors[2])


def expectations(problem: Problem, start: int, horizon: int) -> Floats:
    """Return what is expected of demand from period ``start`` on.

    Returns:
        Next mean, protection mean and protection sd, units, shape [3, horizon]; [3, 1] where every
        period is alike; read-only.
    """
    steps = 1 if problem.demand.is_stationary else horizon
    rules, lead_time = problem.rules, problem.lead_time
    # Every demand model is a frozen value.
    demand: Any = problem.demand
    return _expectations(demand, lead_time, rules.review_period, start, steps)


# Costs play no part, so that an item under many costs is looked at once.
@lru_cache(maxsize=1024)
def _expectations(
    demand: DemandModel, lead_time: LeadTime, review_period: int, start: int, steps: int
) -> Floats:
    lead_mean, lead_sd = mean_and_sd(lead_time_probabilities(lead_time))
    cover = max(1, round(lead_mean) + review_period)
    mean = demand.mean(start, steps + cover)
    sd = demand.sd(start, steps + cover)
    # Only demand on a forecast has errors that carry over; elsewhere periods are independent.
    carried = float(getattr(demand, "persistence", 0.0))
    protection_mean = _moving_sum(mean, cover)[:steps]
    from_lead_time = (lead_sd * protection_mean / cover) ** 2
    protection_sd = np.sqrt(_variance_of_sums(sd, cover, carried)[:steps] + from_lead_time)
    found = np.stack([mean[:steps], protection_mean, protection_sd])
    found.setflags(write=False)
    return found


def _draw_demand(
    problem: Problem, n_paths: int, horizon: int, seed: int, offset: int
) -> npt.NDArray[np.float64]:
    rng = _rng(seed, _DEMAND, problem.name)
    return problem.demand.sample(rng, n_paths, horizon, problem.start + offset).T


def _rng(seed: int, source: int, name: str) -> np.random.Generator:
    """One stream per seed, source and item, so that an item's futures do not depend on its row."""
    return np.random.default_rng([seed, source, *name.encode()])


def _variance_of_sums(sd: Floats, width: int, carried: float) -> Floats:
    """Return the variance of demand over ``width`` periods, of which errors carry over a share."""
    total = _moving_sum(sd**2, width)
    for gap in range(1, width if carried else 1):
        total = total + 2 * carried**gap * _moving_sum(sd[:-gap] * sd[gap:], width - gap)
    return total


def _moving_sum(values: Floats, width: int) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[width:] - total[:-width])
