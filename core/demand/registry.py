"""The demand families by name."""

from __future__ import annotations

from typing import Any

from core.demand.base import SeasonalDemand
from core.demand.empirical import EmpiricalDemand
from core.demand.forecast import ForecastDemand
from core.demand.gamma import GammaDemand
from core.demand.negative_binomial import NegativeBinomialDemand
from core.demand.poisson import PoissonDemand
from core.demand.protocol import DemandModel
from core.domain import ParameterError, UnknownNameError

FAMILIES: dict[str, type[SeasonalDemand]] = {
    family.name: family
    for family in (PoissonDemand, NegativeBinomialDemand, GammaDemand, EmpiricalDemand)
}
DEMAND_MODELS: dict[str, type[DemandModel]] = {**FAMILIES, ForecastDemand.name: ForecastDemand}


def demand_model_from_json(data: dict[str, Any]) -> DemandModel:
    """Read a model that any family's ``to_json`` wrote.

    Raises:
        UnknownNameError: where no family has that name.
        ParameterError: where a value is missing or out of bounds.
    """
    name = data.get("name") if isinstance(data, dict) else None
    if not isinstance(name, str):
        raise ParameterError("A demand model needs a name", value=name, where="a stored model")
    if name not in DEMAND_MODELS:
        raise UnknownNameError("demand model", name, DEMAND_MODELS)
    return DEMAND_MODELS[name].from_json(data)
