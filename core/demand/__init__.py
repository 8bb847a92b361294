"""From sales history to a demand model that can be sampled, with the choice explained."""

from core.demand.abc_xyz import AbcXyz, abc_xyz
from core.demand.empirical import EmpiricalDemand
from core.demand.forecast import ForecastDemand
from core.demand.gamma import GammaDemand
from core.demand.life import LifeState, Lives, lives
from core.demand.negative_binomial import NegativeBinomialDemand
from core.demand.observations import FitPlan
from core.demand.outliers import Outliers, find_outliers
from core.demand.poisson import PoissonDemand
from core.demand.profile import DemandClass, DemandProfile, Profiles, profile_all, profile_demand
from core.demand.protocol import DemandModel
from core.demand.registry import DEMAND_MODELS, demand_model_from_json
from core.demand.season_table import SeasonTable, season_table
from core.demand.seasonality import Season
from core.demand.selection import YEARLY, Candidate, DemandChoice, choose_model
from core.demand.telling import Buckets, bucketed, telling
from core.demand.textbook import TEXTBOOK_DEMANDS, demand_from_name, geometric, poisson
from core.demand.wanted import estimated_demand, whole_demand

__all__ = [
    "DEMAND_MODELS",
    "TEXTBOOK_DEMANDS",
    "YEARLY",
    "AbcXyz",
    "Buckets",
    "Candidate",
    "DemandChoice",
    "DemandClass",
    "DemandModel",
    "DemandProfile",
    "EmpiricalDemand",
    "FitPlan",
    "ForecastDemand",
    "GammaDemand",
    "LifeState",
    "Lives",
    "NegativeBinomialDemand",
    "Outliers",
    "PoissonDemand",
    "Profiles",
    "Season",
    "SeasonTable",
    "abc_xyz",
    "bucketed",
    "choose_model",
    "demand_from_name",
    "demand_model_from_json",
    "estimated_demand",
    "find_outliers",
    "geometric",
    "lives",
    "poisson",
    "profile_all",
    "profile_demand",
    "season_table",
    "telling",
    "whole_demand",
]
