"""What only the planner knows about her sales: asked where the file raises it."""

from __future__ import annotations

import numpy as np

from core.ingest.checks import Checks
from core.ingest.findings import MAX_EXAMPLES
from core.ingest.questions import Question
from core.ingest.text_table import Mask

# Where nearly all quantities are negative, they are sales booked with the other sign.
_NEARLY_ALL = 0.9


def ask_negatives(checks: Checks, negative: Mask, n_filled: int) -> str:
    """Ask what negative quantities are; returns "returns", "ignore", "sales" or "turned".

    Args:
        checks: The file.
        negative: Rows with a negative quantity, shape [n_rows].
        n_filled: Rows with any quantity but 0.
    """
    n = int(negative.sum())
    return checks.ask(
        Question(
            "negatives",
            f"{n:,} of {n_filled:,} quantities {'is' if n == 1 else 'are'} negative. What "
            f"{'is it' if n == 1 else 'are they'}?",
            {
                "returns": "returns or corrections: subtract them",
                "ignore": "no matter of demand: leave these rows out",
                "sales": "sales as well: the minus means nothing",
                "turned": "the sales; quantities without a minus are the returns",
            },
            "turned" if n > _NEARLY_ALL * n_filled else "returns",
            _examples(checks, negative, "quantity"),
        )
    )


def ask_duplicates(checks: Checks, repeated: Mask, default: str) -> str:
    """Ask what rows are that repeat an earlier one in every column; returns "sum" or "drop"."""
    n = int(repeated.sum())
    rows = "1 row repeats" if n == 1 else f"{n:,} rows repeat"
    return checks.ask(
        Question(
            "duplicates",
            f"{rows} an earlier one in every column. Which is it?",
            {
                "sum": "several orders that are alike: add them up",
                "drop": "the same rows exported twice: keep one of each",
            },
            default,
            _examples(checks, repeated, "item"),
        )
    )


def ask_partial_last(checks: Checks, period: str, missing: int, last: str, default: str) -> str:
    """Ask whether a last period that is not over counts; returns "keep" or "drop"."""
    return checks.ask(
        Question(
            "partial_last",
            f"The last {period} ends {missing} days after the last sale, {last}. Is it whole?",
            {
                "keep": "yes: nothing was sold on those days",
                "drop": "no: leave that period out",
            },
            default,
            (repr(last),),
        )
    )


def _examples(checks: Checks, rows: Mask, name: str) -> tuple[str, ...]:
    column, table = checks.columns[name].column, checks.table
    at = np.flatnonzero(rows)[:MAX_EXAMPLES].tolist()
    shown = (f"row {table.lines[row]}: {table.frame[column].iat[row]!r}" for row in at)
    return tuple(dict.fromkeys(shown))
