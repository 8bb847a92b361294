"""The same state, explained here and in a fresh process, gives the same text and numbers."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import torch

from core.agents.task import assign
from core.domain import LeadTime, OrderRules, Period
from core.explain import Question, explain
from core.policies import SSPolicy
from tests.agents.conftest import agent_of
from tests.explain.explain_parts import Season, problem_of, today

_TOLD = "from tests.explain.test_same_twice import told; print(told())"


def told() -> str:
    """Explain an order of an agent with random weights, as plain text."""
    torch.set_num_threads(1)
    weekly = Season(Period.DAY, weekday=(1.4, 1, 1, 1, 1, 1, 0.6))
    rules = OrderRules(pack_size=6)
    problem = problem_of(rules=rules, lead_time=LeadTime(4, 1), season=weekly)
    rule = SSPolicy.of([problem], reorder_point=[60.0], order_up_to_level=[150.0])
    agent = agent_of(assign([problem], rule)).policy([problem], rule)
    found = explain(Question(today(30, (6.0,), problem), rule, agent, True))
    return json.dumps(found.to_json(), sort_keys=True)


def told_by_another_process() -> str:
    """Explain it in a process of its own, where sets and names stand in another order."""
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    env = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1"}
    found = subprocess.run(
        [sys.executable, "-c", _TOLD], env=env, capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def test_a_fresh_process_says_the_same_to_the_last_digit():
    here = told()
    assert '"sentence": "Order' in here and '"learned_sentence": "What the agent' in here
    assert here == told_by_another_process()
