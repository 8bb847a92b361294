"""The continuous ranked probability score (CRPS): one yardstick for every demand model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.demand.base import SeasonalDemand
from core.demand.protocol import Floats

Ints = npt.NDArray[np.intp]

_BULK_CELLS, _TAIL_CELLS = 112, 32
_BULK_SHARE = 0.98


@dataclass(frozen=True, eq=False)
class Grid:
    """Where distribution functions are compared: cells that span the item's sales.

    Cells are fine where nearly all sales lie and coarse beyond, so that one huge sale does not
    blur the rest.

    Args:
        edges: Of the cells, units, rising, shape [n_cells + 1]; whole where sales are.
    """

    edges: Floats

    @classmethod
    def over(cls, quantity: Floats, whole_units: bool) -> Grid:
        """Span the sales and as much again on either side, but not below 0."""
        low, high = float(quantity.min()), float(quantity.max())
        spread = max(high - low, 0.5 * high, 1e-9)
        start, end = max(0.0, low - spread), high + spread
        bulk = start + 1.5 * (float(np.quantile(quantity, _BULK_SHARE)) - start)
        bulk = min(max(bulk, start + 0.01 * (end - start)), end)
        fine = np.linspace(start, bulk, _BULK_CELLS + 1)
        edges = np.concatenate([fine, np.linspace(bulk, end, _TAIL_CELLS + 1)])
        if whole_units:
            edges = np.append(np.floor(edges), np.ceil(end) + 1)
        return cls(np.unique(edges))

    @cached_property
    def points(self) -> Floats:
        """Middle of each cell; between whole numbers the function of whole units is flat."""
        return np.asarray(self.edges[:-1] + self.widths / 2)

    @cached_property
    def widths(self) -> Floats:
        """Width of each cell, units."""
        return np.diff(self.edges)


def crps(model: SeasonalDemand, quantity: Floats, means: Floats, grid: Grid) -> Floats:
    """Return how far the forecast was from each sale, in units; 0 is perfect.

    The integral over y of (P(D <= y) - 1{sale <= y})^2; for a forecast without spread it is the
    absolute error. Exact for whole units where the grid's cells are one unit wide.

    Args:
        model: The forecast.
        quantity: What was sold, shape [n].
        means: The model's mean in each of those periods, shape [n].
        grid: Spans all the sales.

    References:
        Gneiting and Raftery (2007), JASA 102(477), section 4.2.
    """
    return crps_by_mean(model, quantity, *np.unique(means, return_inverse=True), grid)


def crps_by_mean(
    model: SeasonalDemand,
    quantity: Floats,
    means: Floats,
    row: Ints,
    grid: Grid,
    ran_out: Ints | None = None,
) -> Floats:
    """Return what ``crps`` does, from the means that there are and which of them is whose.

    Args:
        model: The forecast.
        quantity: What was sold, shape [n].
        means: Shape [n_means].
        row: Of each sale, which mean was its own, shape [n].
        grid: Spans all the sales.
        ran_out: Places of sales that ended with the stock: demand was no less, and how much more is
            not known, so that only what the forecast says below the sale is scored.
    """
    cdf = model.cdf(grid.points, means)
    above = np.sum((1.0 - cdf) ** 2 * grid.widths, axis=1)
    steps = 2.0 * cdf - 1.0
    total = np.zeros((len(means), len(grid.edges)))
    np.cumsum(steps * grid.widths, axis=1, out=total[:, 1:])
    cell = np.searchsorted(grid.edges, quantity, side="right") - 1
    cell = np.clip(cell, 0, len(grid.edges) - 2)
    inside = quantity - grid.edges[cell]
    score = np.asarray(above[row] + total[row, cell] + inside * steps[row, cell])
    if ran_out is not None:
        below = np.zeros((len(means), len(grid.edges)))
        np.cumsum(cdf**2 * grid.widths, axis=1, out=below[:, 1:])
        at = row[ran_out], cell[ran_out]
        score[ran_out] = below[at] + inside[ran_out] * cdf[at] ** 2
    return score
