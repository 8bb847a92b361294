"""What a period is expected to cost, given the stock just before demand: far less noise.

Dear and rare stock-outs would otherwise say nothing in most windows and too much in a few.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.simulator.parameters import Parameters
from core.simulator.problem import Problem
from core.simulator.protocol import Flows

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

# Periods whose demand is tabulated where there is a season; the others lie between them.
_N_MEANS, _CALENDAR = 17, 366
# Stock levels tabulated for each item: every unit, or fewer where it stocks more.
_N_LEVELS = 512


@dataclass(frozen=True, eq=False)
class ExpectedCost:
    """Expected holding and stock-out cost of a period, as the simulator would charge it.

    Whatever is lost or owed, the units charged as short are (D - x)+ and those held (x - D)+, so
    only the loss function G(x) = E (D - x)+ is needed: h (x - mean) + (h + p) G(x).

    Args:
        loss: G by item, mean and stock, units, shape [n_items, n_means, n_levels].
        means: Ascending, units, shape [n_items, n_means].
        step: Units between two stock levels, shape [n_items].
        n_paths: Environments per item.

    References:
        Snyder and Shen (2019), Fundamentals of Supply Chain Theory, 2nd ed., section 4.3 and C.3;
        Asmussen and Glynn (2007), Stochastic Simulation, V.4 (conditional Monte Carlo).
    """

    loss: Tensor
    means: Tensor
    step: Tensor
    n_paths: int

    @classmethod
    def of(
        cls, problems: Sequence[Problem], n_paths: int, most_means: int = _N_MEANS
    ) -> ExpectedCost:
        """Tabulate every item's loss function for the means its season runs through.

        Args:
            problems: One per item.
            n_paths: Environments per item.
            most_means: Periods whose demand is tabulated where there is a season.
        """
        n_means = 1 if all(problem.demand.is_stationary for problem in problems) else most_means
        demands = [_Demands.of(problem, n_means) for problem in problems]
        steps = [max(1, math.ceil(demand.most / _N_LEVELS)) for demand in demands]
        n_levels = max(math.ceil(d.most / step) for d, step in zip(demands, steps, strict=True)) + 2
        levels = np.arange(n_levels)
        tables = [d.losses(step * levels) for d, step in zip(demands, steps, strict=True)]
        return cls(
            torch.tensor(np.stack(tables), dtype=torch.float32),
            torch.tensor(np.stack([d.means for d in demands]), dtype=torch.float32),
            torch.tensor(steps, dtype=torch.float32),
            n_paths,
        )

    def select(self, rows: Sequence[int], n_paths: int) -> ExpectedCost:
        """Return the tables of some of the items, for so many environments of each."""
        some = list(rows)
        return ExpectedCost(self.loss[some], self.means[some], self.step[some], n_paths)

    def __call__(self, flows: Flows, mean: Tensor, parameters: Parameters) -> Tensor:
        """Return the expected cost of a period, orders included, money, shape [n_envs].

        Args:
            flows: What moved; only the order and the stock before demand are looked at.
            mean: Expected demand of the period, as for ``short``.
            parameters: Costs.
        """
        p, stock = parameters, flows.stock_before
        held_less_short = p.holding_cost * (stock - mean)
        cost = held_less_short + (p.holding_cost + p.stockout_cost) * self.short(stock, mean)
        return cost + p.fixed_cost * (flows.order > 0) + p.purchase_cost * flows.order

    def short(self, stock: Tensor, mean: Tensor) -> Tensor:
        """Return the units expected to be short, E (D - x)+, shape [n_envs].

        Args:
            stock: Before demand, units, shape [n_envs].
            mean: Expected demand, units, shape [n_envs]; the same for all paths of an item.
        """
        n_levels = self.loss.shape[2]
        place = stock.clamp(min=0.0) * self._per_step
        level = place.detach().floor().clamp_(max=n_levels - 2)
        first, share = self._tables(mean)
        first = level.long().view(first.shape[0], -1).add_(first)
        low, high = self.loss.take(first), self.loss.take(first.add_(1))
        if share is not None:
            high = torch.lerp(high, self.loss.take(first.add_(n_levels)), share)
            low = torch.lerp(low, self.loss.take(first.sub_(1)), share)
        part = (place - level).clamp(max=1.0)
        short = torch.addcmul(low.view(-1), (high - low).view(-1), part)
        return short - stock.clamp(max=0.0)

    def _tables(self, mean: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return where each item's table for this expected demand begins, [n_items, 1].

        And what share of the next table is to be mixed in; None where every item has one table.
        """
        if self.means.shape[1] == 1:
            return self._first, None
        asked = mean.view(self.means.shape[0], -1)[:, :1].contiguous()
        row = torch.searchsorted(self.means, asked, right=True).sub_(1)
        row.clamp_(0, self.means.shape[1] - 2)
        low, high = self.means.gather(1, row), self.means.gather(1, row + 1)
        share = ((asked - low) / (high - low).clamp(min=1e-9)).clamp_(0.0, 1.0)
        return self._first + row * self.loss.shape[2], share

    @cached_property
    def _first(self) -> Tensor:
        """Place of each item's first table among those of all items, shape [n_items, 1]."""
        n_items, n_means, n_levels = self.loss.shape
        return torch.arange(n_items).mul_(n_means * n_levels).unsqueeze(1)

    @cached_property
    def _per_step(self) -> Tensor:
        return (1.0 / self.step).repeat_interleave(self.n_paths)


@dataclass(frozen=True, eq=False)
class _Demands:
    """One item's demand in periods that stand for all others.

    Args:
        means: Ascending, units, shape [n_means]; the last ones repeat where there are fewer.
        pmfs: Chances of 0, 1, 2, ... units for each mean.
    """

    means: Floats
    pmfs: tuple[Floats, ...]

    @classmethod
    def of(cls, problem: Problem, n_means: int) -> _Demands:
        """Choose periods from the quietest to the busiest of a year."""
        demand = problem.demand
        year = demand.mean(problem.start, 1 if demand.is_stationary else _CALENDAR)
        order = np.argsort(year, kind="stable")
        chosen = order[np.linspace(0, len(order) - 1, n_means).round().astype(int)]
        known = {day: demand.pmf(problem.start + day) for day in set(chosen.tolist())}
        return cls(year[chosen], tuple(known[day] for day in chosen.tolist()))

    @property
    def most(self) -> int:
        """Stock from which on nothing is ever short, units."""
        return max(len(pmf) for pmf in self.pmfs)

    def losses(self, levels: Whole) -> Floats:
        """Return the loss function for each mean, shape [n_means, n_levels]."""
        return np.stack([_loss(pmf, levels) for pmf in self.pmfs])


def _loss(pmf: Floats, levels: Whole) -> Floats:
    """Return E (D - x)+ at whole stock levels, units."""
    above = np.append(np.cumsum(pmf[::-1])[::-1][1:], 0.0)
    loss = np.append(np.cumsum(above[::-1])[::-1], 0.0)
    return np.asarray(loss[np.minimum(levels, len(loss) - 1)])
