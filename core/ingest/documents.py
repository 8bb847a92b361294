"""One sale that stands in a file as offer, order, delivery and invoice: asked which one counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.ingest.checks import Checks
from core.ingest.names import names, words
from core.ingest.questions import Question
from core.ingest.status_words import meaning
from core.ingest.text_table import Codes, Mask, TextColumn

_ALL = "(all)"
# Stages in the order in which they are looked for: an order confirmation is an order, a bill of
# delivery no order.
_STAGES = {
    "offer": names("angebot,quot,devis,offert,oferta,presupuesto,cotizacion,estimate"),
    "delivery": names(
        "liefer,deliver,livraison,albaran,pakbon,levering,shipment,despatch,dispatch,packing,"
        "warenausgang,entrega"
    ),
    "invoice": names("rechnung,invoice,factur,faktur,fakt"),
    "order": names("auftrag,order,commande,pedido,bestell"),
}
# The order is what was asked for, and when; an offer is no demand.
_PREFERRED = ("order", "delivery", "invoice")
# So many rows of one stage stand in the other as well: on the same day, or at any time.
_SAME_DAY, _ANY_DAY = 0.8, 0.9
# Sales that are mostly alike meet others by chance; then as many of each are a hint, no proof.
_DIFFERENT, _AS_MANY = 0.5, 0.8
# So many rows are needed, and so many of the most frequent stage to be the one that counts.
_FEWEST, _ENOUGH = 3, 0.5


@dataclass(frozen=True, eq=False)
class SalesLines:
    """Item, day and units of each row, shape [n_rows] each."""

    item: Codes
    day: npt.NDArray[np.datetime64]
    quantity: npt.NDArray[np.float64]


def ask_documents(checks: Checks, column: TextColumn, lines: SalesLines, counted: Mask) -> Mask:
    """Ask which kind of document counts, where the same sales stand as several kinds.

    Args:
        checks: The file.
        column: The column that tells the kind of document.
        lines: The rows.
        counted: Rows that are not left out so far.

    Returns:
        The rows to be left out, shape [n_rows].
    """
    nothing = np.zeros_like(counted)
    stages = {text: stage for text in column.texts if (stage := _stage(text))}
    if len(set(stages.values())) < 2:
        return nothing
    rows = {stage: _rows(column, stages, stage) & counted for stage in set(stages.values())}
    chain, is_sure = _chain({stage: mask for stage, mask in rows.items() if mask.any()}, lines)
    if not chain:
        return nothing
    shown = {stage: _most_frequent(column, rows[stage]) for stage in chain}
    counts = {stage: int(rows[stage].sum()) for stage in chain}
    answer = checks.ask(_question(column.name, shown, counts, is_sure))
    if answer == _ALL:
        return nothing
    for stage in chain:
        nothing |= rows[stage] & (shown[stage] != answer)
    checks.tell(
        "warning",
        "document_left_out",
        f"The same sales stand there as other documents; only {answer!r} counts",
        rows=nothing,
        name=column.name,
        remedy="Nothing to do, unless the answer to its question is another.",
    )
    return nothing


def may_be_chain(texts: Collection[str]) -> bool:
    """Whether the words of a column name several kinds of document of a sale."""
    return len({_stage(text) for text in texts} - {""}) > 1


def _rows(column: TextColumn, stages: dict[str, str], stage: str) -> Mask:
    return column.where(lambda text: stages.get(text) == stage)


def _stage(text: str) -> str:
    """Return the stage of a sale that a kind of document is, or nothing."""
    if meaning(text) == "return":
        return ""
    parts = words(text)
    found = (s for s, known in _STAGES.items() if any(_holds(word, known) for word in parts))
    return next(found, "")


def _holds(word: str, known: tuple[str, ...]) -> bool:
    return any(part in word for part in known)


def _chain(rows: dict[str, Mask], lines: SalesLines) -> tuple[list[str], bool]:
    """Return the stages that repeat one another, the one to count first, and whether it is sure.

    A few orders beside many invoices are those that are open: then the invoices come first.
    """
    n = {stage: int(mask.sum()) for stage, mask in rows.items()}
    most = max((n[stage] for stage in _PREFERRED if stage in n), default=0)
    order = sorted(
        rows, key=lambda s: (s == "offer", n[s] < _ENOUGH * most, (*_PREFERRED, s).index(s))
    )
    for first in order:
        alike = {s: _repeats(rows[first], rows[s], lines) for s in order if s != first}
        chain = [first, *(stage for stage, how in alike.items() if how)]
        if len(chain) > 1:
            return chain, "surely" in alike.values()
    return [], False


def _repeats(first: Mask, second: Mask, lines: SalesLines) -> str:
    """Whether nearly all rows of the smaller part stand in the larger one too.

    Returns:
        surely, perhaps where it may be so by chance, or nothing.
    """
    n, most = sorted((int(first.sum()), int(second.sum())))
    if n < _FEWEST:
        return ""
    one, other = _frame(lines, first), _frame(lines, second)
    if _n_shared(one, other, ["item", "quantity", "day"]) >= _SAME_DAY * n:
        return "surely"
    by = ["item", "quantity"]
    if _n_shared(one, other, by) < _ANY_DAY * n:
        return ""
    different = min(len(part.drop_duplicates(by)) / len(part) for part in (one, other))
    if different >= _DIFFERENT:
        return "surely"
    return "perhaps" if n >= _AS_MANY * most else ""


def _frame(lines: SalesLines, rows: Mask) -> pd.DataFrame:
    return pd.DataFrame(
        {"item": lines.item[rows], "quantity": lines.quantity[rows], "day": lines.day[rows]}
    )


def _n_shared(one: pd.DataFrame, other: pd.DataFrame, by: list[str]) -> int:
    """Count the rows that both have, each as often as both have it."""
    counts = [part.groupby(by, sort=False).size() for part in (one, other)]
    both = pd.concat(counts, axis=1, join="inner")
    return int(both.min(axis=1).sum())


def _most_frequent(column: TextColumn, rows: Mask) -> str:
    return column.texts[int(np.bincount(column.codes[rows]).argmax())]


def _question(name: str, shown: dict[str, str], counts: dict[str, int], is_sure: bool) -> Question:
    told = ", ".join(f"{text} ({counts[stage]:,} rows)" for stage, text in shown.items())
    stand = "the same sales stand" if is_sure else "the same items and quantities stand"
    return Question(
        "documents",
        f"Under {name!r} {stand} as {told}. Which of them counts?",
        {text: f"only {text}" for text in shown.values()}
        | {_ALL: "all of them are sales of their own: add them up"},
        next(iter(shown.values())) if is_sure else _ALL,
    )
