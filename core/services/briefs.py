"""Every order in a sentence: very many at a time, on every core."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.domain import ItemKey, Outcome
from core.explain import Brief, explain_briefly
from core.services.assortment import Assortment, build_assortment
from core.services.explaining import question_of
from core.services.helpers import n_helpers, side_by_side
from core.services.order_lines import OrderLine
from core.services.ordering import Ordering, plan_today
from core.services.quick_rules import known_rules, take_over
from core.services.workspace import load_plan_data
from core.store import Store, open_store

# A helper needs a few seconds to read the plan, in which this many are explained.
_WORTH_A_HELPER = 60
_HELPER = "from core.services.briefs import answer_all; answer_all()"


def briefs(
    store: Store,
    assortment: Assortment,
    ordering: Ordering,
    keys: Sequence[ItemKey],
    on_progress: Callable[[int], None] = lambda _: None,
) -> Mapping[ItemKey, Brief]:
    """Explain many orders briefly, in the words of their whole explanations.

    Args:
        store: The record that the plan was made from.
        assortment: Today's problems.
        ordering: Today's orders, by the policy in use on record.
        keys: Items that can be planned.
        on_progress: Told the number of items done; may raise to stop the work.

    Raises:
        HistoryError: where an item cannot be planned; says why.
    """
    found: dict[ItemKey, Brief] = {}
    n = n_helpers(len(keys), _WORTH_A_HELPER)
    if n >= 2:
        plan = _plan_of(store, assortment, ordering)
        # A generalist asks for every item's quick (s, S): found once, not by every helper anew.
        agent = None if ordering.at_work is None else ordering.at_work.agent
        is_asked = agent is not None and agent.scope is not None
        plan["quick"] = known_rules(assortment.problems) if is_asked else []
        parts = [{**plan, "keys": [key.label for key in keys[k::n]]} for k in range(n)]
        with side_by_side(_HELPER, parts) as answers:
            for _, (label, row) in answers:
                found[ItemKey.parse(label)] = _brief(row)
                on_progress(len(found))
    for key in keys:
        if key not in found:
            found[key] = explain_briefly(question_of(assortment, ordering, key))
            on_progress(len(found))
    return {key: found[key] for key in keys}


def every_brief(
    store: Store,
    assortment: Assortment,
    ordering: Ordering,
    lines: Sequence[OrderLine],
    on_progress: Callable[[int], None] = lambda _: None,
) -> Mapping[ItemKey, Brief]:
    """Explain every line with an order briefly, in the lines' order."""
    keys = [line.key for line in lines if line.is_plannable and line.quantity > 0]
    return briefs(store, assortment, ordering, keys, on_progress)


def answer_all() -> None:
    """Explain the items of standard input, one a line: what a helper does."""
    part = json.load(sys.stdin)
    store = open_store(Path(part["home"]), part["url"])
    data = load_plan_data(store)
    assert data is not None
    assortment = build_assortment(data, store)
    if len(part["quick"]) == len(assortment.problems):
        take_over(assortment.problems, part["quick"])
    ordering = plan_today(assortment, store, part["mode"])
    # What changed meanwhile is explained by who asked, on the plan that was asked about.
    is_same = _plan_of(store, assortment, ordering) == {name: part[name] for name in _MARKS}
    for label in part["keys"] if is_same else ():
        brief = explain_briefly(question_of(assortment, ordering, ItemKey.parse(label)))
        print(json.dumps([label, asdict(brief)]), flush=True)


_MARKS = ("home", "url", "mode", "run", "day", "policies")


def _plan_of(store: Store, assortment: Assortment, ordering: Ordering) -> dict[str, Any]:
    """Name the plan: helpers answer for no other."""
    policies = [proposal.policy for proposal in ordering.proposals]
    day = assortment.data.as_of.isoformat()
    marks = (str(store.home), store.url, ordering.mode, ordering.run_id, day, policies)
    return dict(zip(_MARKS, marks, strict=True))


def _brief(row: Mapping[str, Any]) -> Brief:
    outcome = row["outcome"]
    told = {"outcome": outcome and Outcome(outcome), "failed": tuple(row["failed"])}
    return Brief(**{**row, **told})
