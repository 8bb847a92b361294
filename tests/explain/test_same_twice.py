"""The same state, explained in two fresh processes, gives the same text and numbers."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

_TOLD = """
import json
from tests.explain.test_same_twice import explained
print(json.dumps(explained(), sort_keys=True))
"""


def explained() -> dict[str, object]:
    """Explain an order of an agent with random weights, as plain values."""
    import torch

    from core.agents.task import assign
    from core.domain import LeadTime, OrderRules, Period
    from core.explain import Question, explain
    from core.policies import SSPolicy
    from tests.agents.conftest import agent_of
    from tests.explain.explain_parts import Season, problem_of, today

    torch.set_num_threads(1)
    weekly = Season(Period.DAY, weekday=(1.4, 1, 1, 1, 1, 1, 0.6))
    rules = OrderRules(pack_size=6)
    problem = problem_of(rules=rules, lead_time=LeadTime(4, 1), season=weekly)
    rule = SSPolicy.of([problem], reorder_point=[60.0], order_up_to_level=[150.0])
    agent = agent_of(assign([problem], rule)).policy([problem], rule)
    return explain(Question(today(30, (6.0,), problem), rule, agent, True)).to_json()


def told_by(hash_seed: str) -> str:
    """Explain it in a process of its own."""
    env = {**os.environ, "PYTHONHASHSEED": hash_seed, "OMP_NUM_THREADS": "1"}
    found = subprocess.run(
        [sys.executable, "-c", _TOLD], env=env, capture_output=True, text=True, check=True
    )
    return found.stdout


def test_two_fresh_processes_say_the_same_to_the_last_digit():
    first, second = told_by("1"), told_by("2")
    assert '"sentence": "Order' in first and '"learned_sentence": "What the agent' in first
    assert hashlib.sha256(first.encode()).digest() == hashlib.sha256(second.encode()).digest()
