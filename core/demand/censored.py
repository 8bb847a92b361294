"""Demand in periods that ran out: no less than what was sold, and how much more is to be expected.

A period out of stock that sold something says that demand was at least that. Leaving it out is not
harmless: stock runs out where demand was high, so what is left is too low. Here each such period
counts with the demand to be expected of it, E[D | D >= sold], and with the variance that is left,
under the very model that is being fitted; season, level and shape are fitted to that, and so on
until nothing changes. Where sales are counted in whole units the model is negative binomial, which
holds Poisson as its limit; else it is gamma with a share of zeros. How much stock there was must
not hang on the demand of the same period.

References:
    Nahmias (1994), Demand estimation in lost sales inventory systems, Naval Research Logistics
    41(6); Agrawal and Smith (1996), Naval Research Logistics 43(6), for the negative binomial;
    Elashoff and Ryan (2004), An EM algorithm for estimating equations, JCGS 13(1), for the
    iteration, which for Poisson demand is maximum likelihood;
    Huh, Levi, Rusmevichientong and Orlin (2011), Adaptive data-driven inventory control with
    censored demand based on Kaplan-Meier estimator, Operations Research 59(4).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import special

from core.demand.moments import gamma_shape, negative_binomial_shape
from core.demand.observations import FitPlan, Observations, Prepared, with_season
from core.demand.protocol import Floats
from core.demand.seasonality import Season, fit_season

_MAX_ROUNDS, _TOLERANCE = 30, 1e-3
_LEAST = 1e-290
# Demand is not taken to lie further above a sale than so many times the largest sale.
_MOST_BEYOND = 3.0
# Beyond the largest known demand the rest is spread exponentially, over so many equal parts.
_TAIL_PARTS = 8


def prepare(
    observations: Observations,
    plan: FitPlan,
    season: Season | None = None,
    like: Prepared | None = None,
) -> Prepared:
    """Return season, weights, and what demand was or may have been, ready for a family to fit.

    Args:
        observations: The periods that tell demand.
        plan: Which season, and whether recent periods count more.
        season: Where it is known already; else it is fitted.
        like: Of the same periods, or the first of them: where to begin, so that it ends sooner.
    """
    if observations.floors is None:
        known = _season(observations, plan) if season is None else season
        return with_season(observations, known, plan.recent)
    if plan.recent and season is None:
        season = prepare(observations, replace(plan, recent=False)).season
    is_settled = season is not None or not (plan.weekday or plan.year)
    seen = observations if like is None else _begun(observations, like)
    data = with_season(seen, _season(seen, plan) if season is None else season, plan.recent)
    for _ in range(_MAX_ROUNDS):
        before = data.level
        data = expected_demand(data)
        if not is_settled:
            seen = replace(observations, quantity=data.quantity, floors=data.floors)
            data = with_season(seen, _season(seen, plan), plan.recent)
        if abs(data.level - before) <= _TOLERANCE * before:
            break
    return data


def expected_demand(data: Prepared) -> Prepared:
    """Return the data with what is to be expected of each period that ran out, as they are fitted.

    Args:
        data: With ``floors``; level, factors and the mean and variance of demand make the model.
    """
    assert data.floors is not None
    place, sold = data.floors.place, data.floors.sold
    means = data.level * data.factors[place]
    if data.whole_units:
        mean, variance = count_no_less(sold, means, negative_binomial_shape(data))
    else:
        shape, share = gamma_shape(data)
        mean, variance = amount_no_less(sold, means / share, shape)
    # Where next to nothing is known in full, the tail is a guess that feeds on itself.
    most = _MOST_BEYOND * data.floors.largest
    quantity = data.quantity.copy()
    quantity[place] = np.minimum(mean, sold + most)
    floors = replace(data.floors, variance=np.minimum(variance, most**2))
    return replace(data, quantity=quantity, floors=floors)


def count_no_less(sold: Floats, means: Floats, shape: float) -> tuple[Floats, Floats]:
    """Return mean and variance of negative binomial demand that is no less than what was sold.

    With h = P(D = q) / P(D >= q): E[D | D >= q] = m + q h (1 + m / r).

    Args:
        sold: [q] whole units, shape [n].
        means: [m] units, shape [n].
        shape: [r], above 0.
    """
    m, more = np.maximum(means, _LEAST), means / shape
    share = m / (shape + m)
    above = np.where(sold > 0, special.betainc(np.maximum(sold, 1.0), shape, share), 1.0)
    log_chance = (
        special.gammaln(sold + shape)
        - special.gammaln(shape)
        - special.gammaln(sold + 1)
        - shape * np.log1p(more)
        + sold * np.log(share)
    )
    hazard = np.exp(log_chance) / np.maximum(above, _LEAST)
    first = m + sold * hazard * (1 + more)
    second = (more + m) * first + m + sold**2 * hazard * (1 + more)
    return _checked(sold, first, second, above)


def amount_no_less(sold: Floats, means: Floats, shape: float) -> tuple[Floats, Floats]:
    """Return mean and variance of gamma demand that is no less than what was sold.

    Args:
        sold: [x] units, shape [n].
        means: [m] units, shape [n].
        shape: [k], above 0.
    """
    scale = np.maximum(means, _LEAST) / shape
    z = sold / scale
    above = special.gammaincc(shape, z)
    log_chance = special.xlogy(shape, z) - z - special.gammaln(shape)
    hazard = np.exp(log_chance) / np.maximum(above, _LEAST)
    first = means + scale * hazard
    second = scale * (shape + 1) * first + scale * sold * hazard
    return _checked(sold, first, second, above)


def product_limit(data: Prepared) -> tuple[Floats, Floats]:
    """Return demand / season and their probabilities, by the product-limit estimator.

    What lies beyond the largest known demand is spread exponentially above the sales out of stock
    there, with the mean that is to be expected.

    References:
        Kaplan and Meier (1958), JASA 53(282); Brown, Hollander and Korwar (1974) for the tail.
    """
    assert data.floors is not None
    least = data.quantity.copy()
    least[data.floors.place] = data.floors.sold
    is_open = data.factors > 0
    is_known = np.ones(len(least), dtype=bool)
    is_known[data.floors.place] = False
    values = least[is_open] / data.factors[is_open]
    chance, is_known = (data.weights * data.factors)[is_open], is_known[is_open]
    # Demand no less than a value may be that value: at ties the unknown come first.
    order = np.lexsort((is_known, values))
    values, chance, is_known = values[order], chance[order], is_known[order]
    at_risk = np.cumsum(chance[::-1])[::-1]
    share = np.where(is_known, chance / at_risk, 0.0)
    share[-1] = float(is_known[-1])
    left = np.cumprod(1 - share)
    mass = share * np.concatenate([[1.0], left[:-1]])
    if is_known[-1]:
        return values[is_known], mass[is_known]
    beyond = slice(len(values) - int(np.argmax(is_known[::-1])) if is_known.any() else 0, None)
    expected = (data.quantity[is_open] / data.factors[is_open])[order]
    tail = _tail(values[beyond], expected[beyond], chance[beyond])
    parts = np.full(_TAIL_PARTS, left[-1] / _TAIL_PARTS)
    return np.append(values[is_known], tail), np.append(mass[is_known], parts)


def _tail(least: Floats, expected: Floats, chance: Floats) -> Floats:
    """Return equally likely values of an exponential tail with the expected mean."""
    start = float(chance @ least / chance.sum())
    more = float(chance @ expected / chance.sum()) - start
    parts = -np.log1p(-(np.arange(_TAIL_PARTS) + 0.5) / _TAIL_PARTS)
    return np.asarray(start + more * parts / parts.mean())


def _season(seen: Observations, plan: FitPlan) -> Season:
    return fit_season(seen.period, seen.index, seen.quantity, plan.weekday, plan.year)


def _begun(observations: Observations, like: Prepared) -> Observations:
    """Put in what an earlier fit expected of the first periods."""
    if observations.floors is None or like.floors is None:
        return observations
    quantity, variance = observations.quantity.copy(), observations.floors.variance.copy()
    quantity[: len(like.quantity)] = like.quantity
    variance[: len(like.floors.variance)] = like.floors.variance
    floors = replace(observations.floors, variance=variance)
    return replace(observations, quantity=quantity, floors=floors)


def _checked(sold: Floats, first: Floats, second: Floats, above: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance; sales that the model thinks impossible are taken as they are."""
    is_likely = above > _LEAST
    mean = np.where(is_likely, np.maximum(first, sold), sold)
    return mean, np.where(is_likely, np.maximum(second - first**2, 0.0), 0.0)
