"""The continuous ranked probability score (CRPS): one yardstick for every demand model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.demand.base import SeasonalDemand
from core.demand.protocol import Floats

_MAX_CELLS = 128


@dataclass(frozen=True, eq=False)
class Grid:
    """Where distribution functions are compared: equal cells that span the item's sales.

    Args:
        start: Left edge, units.
        width: Of a cell, units; 1 where whole units fit.
        points: Where in each cell the distribution function is read, shape [n_cells].
    """

    start: float
    width: float
    points: Floats

    @classmethod
    def over(cls, quantity: Floats, whole_units: bool) -> Grid:
        """Span the sales and as much again on either side, but not below 0."""
        low, high = float(quantity.min()), float(quantity.max())
        spread = max(high - low, 0.5 * high, 1e-9)
        start, end = max(0.0, low - spread), high + spread
        if whole_units:
            start, end = np.floor(start), np.ceil(end) + 1
            width = float(np.ceil((end - start) / _MAX_CELLS))
        else:
            width = (end - start) / _MAX_CELLS
        cells = np.arange(int(np.ceil((end - start) / width)))
        # Between whole numbers the distribution function of whole units is flat.
        points = np.asarray(start + (cells + 0.5) * width, dtype=np.float64)
        return cls(float(start), width, points)


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
    unique, row = np.unique(means, return_inverse=True)
    cdf = model.cdf(grid.points, unique)
    above = np.sum((1.0 - cdf) ** 2, axis=1) * grid.width
    steps = 2.0 * cdf - 1.0
    total = np.pad(np.cumsum(steps, axis=1), ((0, 0), (1, 0)))
    position = (quantity - grid.start) / grid.width
    cell = np.clip(position.astype(np.int64), 0, len(grid.points) - 1)
    part: npt.NDArray[np.float64] = position - cell
    return np.asarray(above[row] + (total[row, cell] + part * steps[row, cell]) * grid.width)
