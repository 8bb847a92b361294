"""Stationary demand as in the literature's instances."""

from __future__ import annotations

from collections.abc import Callable

from core.demand.negative_binomial import NegativeBinomialDemand
from core.demand.poisson import PoissonDemand
from core.demand.protocol import DemandModel
from core.domain import UnknownNameError


def poisson(mean: float) -> PoissonDemand:
    """Poisson demand, the same in every period.

    Raises:
        ParameterError: where ``mean`` is not above 0.
    """
    return PoissonDemand(level=mean)


def geometric(mean: float) -> NegativeBinomialDemand:
    """Geometric demand on 0, 1, 2, ...: variance mean + mean^2.

    Raises:
        ParameterError: where ``mean`` is not above 0.
    """
    return NegativeBinomialDemand(level=mean, shape=1.0)


TEXTBOOK_DEMANDS: dict[str, Callable[[float], DemandModel]] = {
    "poisson": poisson,
    "geometric": geometric,
}


def demand_from_name(name: str, mean: float) -> DemandModel:
    """Return a literature instance's demand.

    Raises:
        UnknownNameError: where the name is not one of TEXTBOOK_DEMANDS.
        ParameterError: where ``mean`` is not above 0.
    """
    if name not in TEXTBOOK_DEMANDS:
        raise UnknownNameError("textbook demand", name, TEXTBOOK_DEMANDS)
    return TEXTBOOK_DEMANDS[name](mean)
