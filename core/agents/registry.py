"""The learning algorithms by name; a new one is one class and one line here."""

from __future__ import annotations

from core.agents.learner import Learner
from core.agents.pathwise import PathwiseLearner
from core.agents.q_learning import QLearner
from core.agents.sb3_learners import A2cLearner, DqnLearner, PpoLearner, SacLearner

ALGORITHMS: dict[str, type[Learner]] = {
    "pathwise": PathwiseLearner,
    "ppo": PpoLearner,
    "a2c": A2cLearner,
    "dqn": DqnLearner,
    "sac": SacLearner,
    "q_learning": QLearner,
}
