"""Item codes that differ in capitals only: asked whether they are one item."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from core.ingest.checks import Checks
from core.ingest.findings import MAX_EXAMPLES
from core.ingest.questions import Question
from core.ingest.text_table import TextColumn


def one_spelling(checks: Checks, items: TextColumn) -> TextColumn:
    """Return the items, each written in one way where the planner says that they are the same.

    The way that most rows have is kept.

    Args:
        checks: The file.
        items: The item of each row.
    """
    twins = _twins(items)
    if not twins or checks.ask(_question(items, twins)) == "apart":
        return items
    rows = items.counts()
    renumber = np.arange(len(items.texts))
    for group in twins:
        renumber[group] = max(group, key=lambda at: (rows[at], items.texts[at].swapcase()))
    joined = TextColumn(items.name, items.texts, renumber[items.codes])
    checks.tell(
        "info",
        "one_spelling",
        f"{_n_items(len(twins))} written with different capitals; "
        f"{'it counts' if len(twins) == 1 else 'each counts'} as one: {_shown(items, twins)}",
        rows=joined.codes != items.codes,
        name="item",
        remedy="Nothing to do, unless the answer to its question is another.",
    )
    return joined


def _twins(items: TextColumn) -> list[list[int]]:
    """Return the texts that differ in capitals only, by their places."""
    upper = len({text.casefold() for text in items.texts})
    if upper == len(items.texts):
        return []
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(items.texts):
        groups[text.casefold()].append(at)
    return [group for group in groups.values() if len(group) > 1]


def _question(items: TextColumn, twins: list[list[int]]) -> Question:
    return Question(
        "spelling",
        f"{_n_items(len(twins))} written with different capitals: {_shown(items, twins)}. "
        "Are they the same?",
        {"same": "yes: count them as one item", "apart": "no: they are different items"},
        "same",
        tuple(" and ".join(repr(items.texts[at]) for at in group) for group in twins[:3]),
    )


def _n_items(n: int) -> str:
    return "1 item is" if n == 1 else f"{n:,} items are"


def _shown(items: TextColumn, twins: list[list[int]]) -> str:
    told = [" / ".join(items.texts[at] for at in group) for group in twins]
    return ", ".join(told[:MAX_EXAMPLES]) + (", ..." if len(told) > MAX_EXAMPLES else "")
