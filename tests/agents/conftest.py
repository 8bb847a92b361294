"""A textbook item, a small assortment, and a tiny agent that needs no training."""

from __future__ import annotations

import pytest
import torch

from core.agents.agent import ItemCard, TrainedAgent, TrainingRecord, data_sha256
from core.agents.networks import Mlp
from core.agents.policy import Brain
from core.agents.progress import CurvePoint
from core.agents.task import Assignment, assign
from core.demand import geometric, poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.policies import SearchSettings, fit_policy
from core.simulator import Problem

QUICK = SearchSettings(n_paths=16, horizon=100, warm_up=20)


@pytest.fixture(scope="session")
def textbook() -> Problem:
    """Poisson(5), lost sales, L = 4, p = 9: the optimum costs 6.8359."""
    return Problem("poisson-p9-L4", poisson(5.0), CostRates(1.0, 9.0), LeadTime(4))


@pytest.fixture(scope="session")
def assortment() -> list[Problem]:
    """Items that differ in everything: size, costs, lead time, rules, what a shortage means."""
    return [
        Problem("steady", poisson(20.0), CostRates(1.0, 9.0), LeadTime(2)),
        Problem("slow", poisson(0.4), CostRates(0.5, 20.0, 5.0), LeadTime(5, 1.0)),
        Problem(
            "lumpy",
            geometric(8.0),
            CostRates(0.2, 4.0, 64.0),
            LeadTime(1),
            OrderRules(min_order=10, pack_size=5),
            lost_share=0.0,
        ),
    ]


@pytest.fixture(scope="session")
def textbook_baseline(textbook):
    return fit_policy("s_S", [textbook], QUICK)


@pytest.fixture(scope="session")
def assortment_baseline(assortment):
    return fit_policy("s_S", assortment, QUICK)


@pytest.fixture(scope="session")
def textbook_assignment(textbook, textbook_baseline) -> Assignment:
    return assign([textbook], textbook_baseline)


@pytest.fixture(scope="session")
def assortment_assignment(assortment, assortment_baseline) -> Assignment:
    return assign(assortment, assortment_baseline)


def agent_of(assignment: Assignment, name: str = "tiny") -> TrainedAgent:
    """Return an agent with a random network."""
    noise = torch.Generator().manual_seed(0)
    sizes = (assignment.encoder.n_features, 8, assignment.code.n_choices)
    shapes = {f"{i}.weight": sizes[i : i + 2][::-1] for i in range(2)}
    shapes |= {f"{i}.bias": (sizes[i + 1],) for i in range(2)}
    tensors = {key: torch.randn(shape, generator=noise) for key, shape in shapes.items()}
    pairs = zip(assignment.problems, assignment.items, strict=True)
    record = TrainingRecord(
        seed=0,
        seconds=1.5,
        steps=100,
        validation_ratio=0.99,
        item_ratios=(0.99,) * len(assignment.items),
        curve=(CurvePoint(0.5, 50, 1.0), CurvePoint(1.5, 100, 0.99)),
        data_sha256=data_sha256(assignment.problems),
        config={"algorithm": "ppo", "seed": 0},
        versions={"torch": "2.13.0"},
    )
    brain = Brain(assignment.encoder, Mlp.of(tensors, "tanh", "argmax"), assignment.code)
    cards = tuple(ItemCard.of(problem, item) for problem, item in pairs)
    return TrainedAgent(name, "ppo", brain, cards, record)


@pytest.fixture(scope="session")
def textbook_agent(textbook_assignment) -> TrainedAgent:
    return agent_of(textbook_assignment)


@pytest.fixture(scope="session")
def assortment_agent(assortment_assignment) -> TrainedAgent:
    return agent_of(assortment_assignment)
