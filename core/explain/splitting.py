"""A small regression tree: values split where their target differs most, best split first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.explain.states import Floats

Span = Mapping[int, tuple[float, float]]
"""Bounds by number of the measure: above the first, up to and with the second."""
_LEAST_GAIN = 1e-9


@dataclass(frozen=True, eq=False)
class Splitter:
    """Rows to be told apart.

    Args:
        values: Measures of every row, shape [n, n_measures].
        target: What differs between rows, shape [n].
        least: Fewest rows of a leaf.
        told: Rounds a cut of a measure to what can be told in words.
    """

    values: Floats
    target: Floats
    least: int
    told: Callable[[float, int], float]

    def leaves(self, most: int) -> list[Span]:
        """Split again and again where it gains most; return the bounds of every leaf.

        Args:
            most: Leaves at most.

        References:
            Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees.
        """
        open_leaves: list[tuple[npt.NDArray[np.intp], Span]] = [(np.arange(len(self.target)), {})]
        while len(open_leaves) < most:
            splits = [self.best(rows) for rows, _ in open_leaves]
            place = max(range(len(splits)), key=lambda k: splits[k][0])
            gain, measure, cut = splits[place]
            if gain <= _LEAST_GAIN:
                break
            rows, span = open_leaves.pop(place)
            low, high = span.get(measure, (-math.inf, math.inf))
            below = self.values[rows, measure] <= cut
            open_leaves.insert(place, (rows[~below], {**span, measure: (cut, high)}))
            open_leaves.insert(place, (rows[below], {**span, measure: (low, cut)}))
        return [span for _, span in open_leaves]

    def best(self, rows: npt.NDArray[np.intp]) -> tuple[float, int, float]:
        """Return gain, measure and cut of the best split of some rows; gain 0 where none helps."""
        found = (0.0, 0, 0.0)
        for measure in range(self.values.shape[1]):
            gain, cut = self._best_cut(rows, measure)
            if gain > found[0] + _LEAST_GAIN:
                found = (gain, measure, cut)
        return found

    def _best_cut(self, rows: npt.NDArray[np.intp], measure: int) -> tuple[float, float]:
        """Return the gain in squared error of the best cut of one measure, and the cut."""
        values = self.values[rows, measure]
        order = np.argsort(values, kind="stable")
        values, target = values[order], self.target[rows][order]
        n, sums = np.arange(1, len(rows)), np.cumsum(target)[:-1]
        total = float(target.sum())
        gains = sums**2 / n + (total - sums) ** 2 / (len(rows) - n) - total**2 / len(rows)
        for at in np.argsort(-gains, kind="stable"):
            if values[at] == values[at + 1]:
                continue
            cut = self.told((values[at] + values[at + 1]) / 2, measure)
            n_below = int((values <= cut).sum())
            if min(n_below, len(rows) - n_below) >= self.least:
                return float(gains[at]), cut
        return 0.0, 0.0
