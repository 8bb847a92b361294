"""What a helper process is handed: an agent and its item, without what was worked out here."""

from __future__ import annotations

import torch

from core.agents.shipped import shipped_generalist
from core.policies import quick_s_s
from tests.explain.explain_parts import problem_of, today


def test_an_agent_and_its_item_travel_without_their_caches():
    problem = problem_of()
    policy = shipped_generalist().policy([problem], quick_s_s([problem]))
    situation = today(40, (0.0, 5.0), problem)
    order = policy.act(situation.observation)
    encoder = policy.brain.encoder
    for worked, known in ((policy, 3), (situation, 6), (encoder, 4)):
        _, parts = worked.__reduce__()
        assert len(parts) == known < len(vars(worked))
    make, parts = policy.__reduce__()
    there, here = situation.__reduce__()
    assert torch.equal(make(*parts).act(there(*here).observation), order)
