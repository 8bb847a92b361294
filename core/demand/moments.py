"""The shape of demand from its mean and variance, out of stock as far as it is known."""

from __future__ import annotations

from core.demand.observations import Prepared

_MIN_SHAPE, _MAX_SHAPE = 1e-3, 1e6
# Rounding an amount to whole units adds this much to its variance.
ROUNDING_VARIANCE = 1 / 6


def negative_binomial_shape(data: Prepared) -> float:
    """Return [r] of the variance m + m^2 / r about the fitted means."""
    means = data.level * data.factors
    excess = data.freedom * data.squares(means) - float(data.weights @ means)
    m2 = float(data.weights @ means**2)
    shape = m2 / excess if excess > m2 / _MAX_SHAPE else _MAX_SHAPE
    return max(shape, _MIN_SHAPE)


def gamma_shape(data: Prepared) -> tuple[float, float]:
    """Return [k] of the amounts above zero, and the share of periods that have one."""
    ratios, chance, unknown = data.ratios()
    sold = ratios > 0
    share = float(chance[sold].sum())
    mean = data.level / share
    squares = (ratios[sold] - mean) ** 2
    if unknown is not None:
        squares = squares + unknown[sold]
    variance = data.freedom * float(chance[sold] @ squares) / share
    # Whole units are taken to be rounded amounts: what rounding added is taken out.
    variance -= ROUNDING_VARIANCE if data.whole_units else 0.0
    shape = mean**2 / variance if variance > mean**2 / _MAX_SHAPE else _MAX_SHAPE
    return max(shape, _MIN_SHAPE), share
