"""Rules tuned on the past that they are to follow, by living through it again with hindsight.

They see what the agent sees: their own stock and sales, and the forecasts fitted before the cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from torch import Tensor

from benchmarks.real_sales import Floats
from benchmarks.replay import Reel
from core.agents.recent import more_than
from core.policies import SearchSettings, fit_policy
from core.simulator import Memory, Observation

SMOOTHING = (0.02, 0.05, 0.1, 0.2, 0.3)
SAFETY = tuple(np.linspace(-0.5, 3.0, 15))
_CONSTANT = tuple(np.linspace(0.0, 1.0, 41))
_LOTS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0)
_ERROR_RATE = 0.05


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a rule costs per period, shape [n_items] each.

    Args:
        past: On the past that it was tuned on.
        tail: On the held-out tail.
    """

    past: Floats
    tail: Floats


def rivals(reel: Reel) -> Mapping[str, Outcome]:
    """Return every rule, tuned; where there are forms of a rule, the one better on the past."""
    levels = [_constant(reel), _moving(reel, (0.0,)), _searched(reel, "base_stock")]
    forecast = _forecast(reel)
    return {
        "base-stock": _best_each(levels),
        "(s, S)": points_and_levels(reel),
        "forecast-driven order-up-to, numbers for each item": _best_each([forecast]),
        "forecast-driven order-up-to, one set of numbers for all": _best_for_all(forecast),
    }


def points_and_levels(reel: Reel) -> Outcome:
    """Return (s, S) tuned on the past: with the season, and as found on the fitted model."""
    return _best_each([_moving(reel, _LOTS), _searched(reel, "s_S")])


Play = tuple[Floats, Floats]


def _best_each(plays: Sequence[Play]) -> Outcome:
    """Take, item by item, the candidate that was cheapest on the past."""
    before, after = (np.concatenate(tables, 1) for tables in zip(*plays, strict=True))
    rows, best = np.arange(len(before)), before.argmin(1)
    return Outcome(before[rows, best], after[rows, best])


def _best_for_all(play: Play) -> Outcome:
    """Take the candidate of the least total on the past: less hindsight, less noise."""
    before, after = play
    best = before.sum(0).argmin()
    return Outcome(before[:, best], after[:, best])


def _constant(reel: Reel) -> Play:
    """One level for all periods, up to the most that was ever sold until the next arrival."""
    cover = _cover(reel)
    most = np.array([_most(sold, n) for sold, n in zip(reel.past.quantity, cover, strict=True)])
    level = torch.tensor(np.outer(most, _CONSTANT), dtype=torch.float32).round().flatten()
    return reel.play(lambda seen: (level - seen.inventory_position).clamp(min=0.0), len(_CONSTANT))


def _most(sold: Floats, cover: int) -> float:
    return max(float(np.convolve(sold, np.ones(cover)).max()), 1.0)


def _moving(reel: Reel, lots: tuple[float, ...]) -> Play:
    """Take s as expected demand and k standard deviations, season included; S a lot above it."""
    pairs = torch.tensor(list(product(SAFETY, lots)), dtype=torch.float32)
    safety, lot = (column.repeat(len(reel.past.problems)) for column in pairs.T)

    def act(seen: Observation) -> Tensor:
        point = torch.round(seen.protection_mean + safety * seen.protection_sd)
        missing = point + torch.round(lot * seen.protection_mean) - seen.inventory_position
        # Without a lot above it, s is the level itself: fill up whatever is missing.
        return missing.clamp(min=0.0) * (seen.inventory_position <= point)

    return reel.play(act, len(pairs))


def _searched(reel: Reel, name: str) -> Play:
    policy = fit_policy(name, reel.panel.problems, SearchSettings())
    return reel.play(policy.act, 1)


def _forecast(reel: Reel) -> Play:
    """Every smoothing, safety and way to count periods out of stock."""
    sets = torch.tensor(list(product(SMOOTHING, SAFETY, (0.0, 1.0))), dtype=torch.float32)
    rate, safety, guess = (column.repeat(len(reel.past.problems)) for column in sets.T)
    cover = torch.tensor(_cover(reel)).repeat_interleave(len(sets))
    return reel.play(ForecastRule(rate, safety, guess, cover).act, len(sets), memory=1)


class ForecastRule:
    """Order up to a rolling forecast and a safety stock of its own recent errors.

    The level of demand is smoothed exponentially, times the fitted season; errors are those of
    forecasts until the next arrival. A period out of stock counts as forecast, or as sold where
    that is more, or as what is to be expected above what was sold. One object plays one run.

    Args:
        rate: Of smoothing, shape [n_envs].
        safety: Standard deviations of error held in stock, shape [n_envs].
        guess: 1 to count more than was sold in every period out of stock, shape [n_envs].
        cover: Periods until the next order's arrival, shape [n_envs].
    """

    def __init__(self, rate: Tensor, safety: Tensor, guess: Tensor, cover: Tensor):
        self._rate, self._safety, self._guess, self._cover = rate, safety, guess, cover
        self._longest = int(cover.max())
        self._level = torch.zeros_like(rate)
        self._n = torch.zeros_like(rate)
        self._error, self._n_errors = torch.zeros_like(rate), torch.zeros_like(rate)
        self._open: list[Tensor] = []
        self._demand: list[Tensor] = []

    def act(self, seen: Observation) -> Tensor:
        """Learn from the last period; order what is missing."""
        assert seen.memory is not None
        self._learn(seen.memory, seen.protection_sd / self._cover.sqrt())
        forecast = self._level * seen.protection_mean
        self._open = [*self._open[-self._longest :], forecast]
        level = torch.round(forecast + self._safety * self._error.sqrt())
        return (level - seen.inventory_position).clamp(min=0.0)

    def _learn(self, memory: Memory, sd: Tensor) -> None:
        sold, expected = memory.sales[-1], memory.expected[-1]
        least = torch.maximum(sold, self._level * expected)
        likely = more_than(sold, self._level * expected, self._level * sd)
        guess = torch.where(self._guess > 0, likely, least)
        demand = torch.where(memory.in_stock[-1] > 0, sold, guess)
        is_listed = (self._n > 0) | (sold > 0)
        rate = torch.maximum(self._rate, 1 / (self._n + 1)) * is_listed * (expected > 0)
        self._level += rate * (demand / expected.clamp(min=1e-9) - self._level)
        self._n += is_listed
        self._demand = [*self._demand[-self._longest :], demand]
        self._measure()

    def _measure(self) -> None:
        """Compare the forecast that has just run out with what came."""
        if len(self._open) < self._longest + 1:
            return
        total = torch.stack(self._demand[::-1]).cumsum(0)
        made = torch.stack(self._open[::-1])
        place = (self._cover - 1).unsqueeze(0)
        error = total.gather(0, place)[0] - made.gather(0, place)[0]
        rate = torch.maximum(torch.tensor(_ERROR_RATE), 1 / (self._n_errors + 1))
        counts = self._n > self._cover + 4
        self._error += counts * rate * (error**2 - self._error)
        self._n_errors += counts


def _cover(reel: Reel) -> list[int]:
    return [max(1, round(p.lead_time.mean) + p.rules.review_period) for p in reel.panel.problems]
