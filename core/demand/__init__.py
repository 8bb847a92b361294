"""From sales history to a demand model that can be sampled, with the choice explained."""

from core.demand.empirical import EmpiricalDemand
from core.demand.forecast import ForecastDemand
from core.demand.gamma import GammaDemand
from core.demand.negative_binomial import NegativeBinomialDemand
from core.demand.observations import FitPlan
from core.demand.poisson import PoissonDemand
from core.demand.profile import DemandClass, DemandProfile, profile_demand
from core.demand.protocol import DemandModel
from core.demand.registry import DEMAND_MODELS, demand_model_from_json
from core.demand.seasonality import Season
from core.demand.selection import Candidate, DemandChoice, choose_model
from core.demand.textbook import TEXTBOOK_DEMANDS, demand_from_name, geometric, poisson
from core.demand.wanted import estimated_demand, whole_demand

__all__ = [
    "DEMAND_MODELS",
    "TEXTBOOK_DEMANDS",
    "Candidate",
    "DemandChoice",
    "DemandClass",
    "DemandModel",
    "DemandProfile",
    "EmpiricalDemand",
    "FitPlan",
    "ForecastDemand",
    "GammaDemand",
    "NegativeBinomialDemand",
    "PoissonDemand",
    "Season",
    "choose_model",
    "demand_from_name",
    "demand_model_from_json",
    "estimated_demand",
    "geometric",
    "poisson",
    "profile_demand",
    "whole_demand",
]
