"""A file of promotions -> which items were promoted on which days."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from core.domain import Events, ItemKey
from core.ingest.checks import Checks
from core.ingest.questions import Question
from core.ingest.result import Result
from core.ingest.source import AUTOMATIC, ReadOptions, Source
from core.ingest.spans import Within, nothing_left, read_spans, row_examples, tell_days
from core.ingest.text_table import Mask


def read_promotions(
    source: Source,
    *,
    known: Collection[ItemKey] | None = None,
    within: Within | None = None,
    options: ReadOptions = AUTOMATIC,
    reject_bad_rows: bool = False,
) -> Result[Events]:
    """Read promotions, past and coming, one row each.

    Args:
        source: The file: from; optionally item (none means all), location, to, promotion, kind.
        known: Items of the sales history; others are left out with a warning.
        within: First and last day of the sales; days outside are told.
        options: What the planner says about the file.
        reject_bad_rows: Leave out rows with a fault and go on, instead of refusing the file.

    Raises:
        InputFileError: where the file cannot be used; its findings tell everything.
    """
    checks = Checks(source, "promotions", options)
    spans = read_spans(checks, "from", known)
    unnamed = _unnamed(checks)
    kind, name = checks.texts("kind"), checks.texts("promotion")
    checks.stop(reject_bad_rows)
    used = checks.good & spans.known & ~unnamed
    if not used.any():
        nothing_left(checks, "from", "No row tells of a promotion")
        checks.stop()
    tell_days(checks, "from", spans, used, within)
    return checks.result(spans.events(used, kind, name), int(used.sum()))


def _unnamed(checks: Checks) -> Mask:
    """Rows to be left out because they name no item, where other rows name one."""
    nothing = np.zeros(checks.table.n_rows, dtype=np.bool_)
    if "item" not in checks.columns:
        return nothing
    empty = checks.table.column(checks.columns["item"].column).where(lambda text: not text)
    if not empty.any() or empty.all():
        return nothing
    answer = checks.ask(
        Question(
            "no_item",
            f"Rows of this file name no item ({int(empty.sum())}). Do they hold for every item?",
            {"all": "yes: for every item", "ignore": "no: leave these rows out"},
            "all",
            row_examples(checks, empty, "from"),
        )
    )
    return empty if answer == "ignore" else nothing
