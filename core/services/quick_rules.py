"""The quick (s, S) of very many items, found on every core before anyone asks for it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from core.demand import demand_model_from_json
from core.domain import CostRates, LeadTime, OrderRules
from core.policies import ItemFacts, SSPolicy, not_yet_found, quick_s_s, remember
from core.services.helpers import n_helpers, side_by_side
from core.simulator import Problem

# Many at a time: those of a kind are played together, which is faster the more there are.
_WORTH_A_HELPER, _AT_A_TIME = 400, 2500
_HELPER = "from core.services.quick_rules import answer_all; answer_all()"


def find_quick_rules(
    problems: Sequence[Problem], on_progress: Callable[[int], None] = lambda _: None
) -> None:
    """Find every item's quick (s, S) that is not known yet; few items are left to who asks.

    Args:
        problems: One per item.
        on_progress: Told the number of items done; may raise to stop the work.
    """
    missing = not_yet_found(problems)
    n = n_helpers(len(missing), _WORTH_A_HELPER)
    if n < 2:
        return
    dealt = [missing[k::n] for k in range(n)]
    n_done, at = 0, [0] * n
    with side_by_side(_HELPER, [[_packed(problem) for problem in part] for part in dealt]) as found:
        for number, rows in found:
            first, at[number] = at[number], at[number] + len(rows)
            remember(dealt[number][first : at[number]], _rule(rows))
            n_done += len(rows)
            on_progress(n_done)


def answer_all() -> None:
    """Find the rules of all items of standard input, some a line: what a helper does."""
    problems = [_unpacked(packed) for packed in json.load(sys.stdin)]
    for first in range(0, len(problems), _AT_A_TIME):
        print(json.dumps(_known(problems[first : first + _AT_A_TIME])), flush=True)


def _known(problems: Sequence[Problem]) -> list[list[Any]]:
    policy = quick_s_s(problems)
    numbers = zip(policy.reorder_point.tolist(), policy.order_up_to_level.tolist(), strict=True)
    return [[asdict(item), *pair] for item, pair in zip(policy.items, numbers, strict=True)]


def _rule(rows: Sequence[Sequence[Any]]) -> SSPolicy:
    items = [ItemFacts(**item) for item, _, _ in rows]
    return SSPolicy.of_rows(items, np.array([[point, level - point] for _, point, level in rows]))


def _packed(problem: Problem) -> dict[str, Any]:
    p = problem
    return {
        "name": p.name,
        "demand": p.demand.to_json(),
        "costs": asdict(p.costs),
        "lead_time": asdict(p.lead_time),
        "rules": asdict(p.rules),
        "lost_share": p.lost_share,
        "start": int(p.start),
        "purchase_cost": p.purchase_cost,
    }


def _unpacked(packed: dict[str, Any]) -> Problem:
    late = packed["lead_time"]
    chances = late["probabilities"]
    parts = {
        "demand": demand_model_from_json(packed["demand"]),
        "costs": CostRates(**packed["costs"]),
        "lead_time": LeadTime(**{**late, "probabilities": chances and tuple(chances)}),
        "rules": OrderRules(**packed["rules"]),
    }
    return Problem(**{**packed, **parts})
