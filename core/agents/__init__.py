"""Learning agents: trained from one entry, kept as data, put to work as a Policy."""

from core.agents.agent import ItemCard, TrainedAgent, TrainingRecord
from core.agents.bundle import load, save
from core.agents.config import ALGORITHM_LABELS, PRESETS, TrainingConfig
from core.agents.features import FEATURES, Feature, Group
from core.agents.fit import Mismatch, check_fit, require_fit
from core.agents.policy import AgentPolicy, Brain
from core.agents.progress import CurvePoint, OnProgress, Progress
from core.agents.sb3_zip import load_sb3_zip
from core.agents.shipped import shipped_generalist
from core.agents.training import train

__all__ = [
    "ALGORITHM_LABELS",
    "FEATURES",
    "PRESETS",
    "AgentPolicy",
    "Brain",
    "CurvePoint",
    "Feature",
    "Group",
    "ItemCard",
    "Mismatch",
    "OnProgress",
    "Progress",
    "TrainedAgent",
    "TrainingConfig",
    "TrainingRecord",
    "check_fit",
    "load",
    "load_sb3_zip",
    "require_fit",
    "save",
    "shipped_generalist",
    "train",
]
