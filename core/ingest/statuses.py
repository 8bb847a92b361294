"""Order lines that are no demand, by their status or kind: asked where a file has such a column."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from core.ingest.checks import Checks
from core.ingest.documents import SalesLines, ask_documents, may_be_chain
from core.ingest.names import names, plain
from core.ingest.order_lines import whole_orders
from core.ingest.questions import MANY, NONE, Question
from core.ingest.return_marks import return_marks
from core.ingest.status_words import meaning
from core.ingest.text_table import Codes, Mask, TextColumn, tidy

Floats = npt.NDArray[np.float64]

# How a mark that is not set is written.
_UNMARKED = frozenset(names("no,nein,non,nee,false,falsch,faux,falso,onwaar,n,f,0")) | {""}
# A column with more different words than these is no status.
_MOST = 40
# Columns of these names hold kinds of items as often: asked only where a word gives them away.
_WEAK = frozenset(names("type,typ,tipo,soort,art,transaction,event type,entry type"))
_TELLING = ("no_demand", "return")
_BY_WORDS = "document_type"


def ask_statuses(
    checks: Checks, item: Codes, day: npt.NDArray[np.datetime64], quantity: Floats
) -> tuple[Mask, Mask]:
    """Ask which statuses and marks are no demand, and which are returns booked without a minus.

    Nothing is asked where every status is known to be an order that was filled or will be.

    Args:
        checks: The file.
        item: Which item each row is of, shape [n_rows].
        day: Date of each row, same shape.
        quantity: Units of each row, same shape.

    Returns:
        The rows to be left out, and those to be subtracted, shape [n_rows] each.
    """
    left_out = _ask_marks(checks)
    found = _columns(checks)
    for column in found.values():
        left_out |= ask_documents(checks, column, SalesLines(item, day, quantity), ~left_out)
    for id_, column in found.items():
        left_out |= _ask_no_demand(checks, id_, column, left_out)
    marks = return_marks(checks.table, {guess.column for guess in checks.columns.values()})
    return _ask_returns(checks, [*found.values(), *marks], quantity, left_out)


def _columns(checks: Checks) -> dict[str, TextColumn]:
    """Return the columns that may tell, by their question's id: by name, and by their words.

    A file may have both: Status (Paid, Voided) beside Type (Sales invoice, Sales credit note).
    """
    found = {}
    status = checks.texts("status")
    if status is not None and (_may_tell(status) or _tells_by_words(status.texts)):
        found["status"] = whole_orders(checks, status)
    taken = {guess.column for guess in checks.columns.values()}
    for name in checks.table.columns:
        texts = checks.table.frame[name].cat.categories
        if name in taken or len(texts) > _MOST + 1:
            continue
        if _tells_by_words([tidy(str(text)) for text in texts]):
            n = sum(id_.startswith(_BY_WORDS) for id_ in found)
            found[f"{_BY_WORDS}_{n + 1}" if n else _BY_WORDS] = checks.table.column(name)
    return found


def _tells_by_words(texts: Collection[str]) -> bool:
    """Whether every word of a column is known, some are sales, and others may be none.

    Rows without a remark are sales where the remarks are all returns.
    """
    filled = {text for text in texts if text}
    said: set[str] = {meaning(text) for text in filled}
    if said == {"return"} and len(filled) < len(texts):
        said.add("demand")
    is_code = all(text.isdigit() for text in filled)
    return (
        "demand" in said
        and "unknown" not in said
        and not is_code
        and (not said.isdisjoint(_TELLING) or may_be_chain(filled))
    )


def _may_tell(column: TextColumn) -> bool:
    """Whether a column that is called a status may hold words that are no demand."""
    filled = [text for text in column.texts if text]
    if not 1 < len(filled) <= _MOST:
        return False
    return plain(column.name) not in _WEAK or any(meaning(text) in _TELLING for text in filled)


def _ask_no_demand(checks: Checks, id_: str, column: TextColumn, left_out: Mask) -> Mask:
    """Ask which words of a column are no demand; return their rows."""
    counts = np.bincount(column.codes[~left_out], minlength=len(column.texts))
    open_words = [t for t, n in zip(column.texts, counts.tolist(), strict=True) if t and n]
    said = {meaning(text) for text in open_words}
    if said <= {"demand", "return"} or (len(open_words) == 1 and left_out.any()):
        return np.zeros_like(left_out)
    chosen = set(checks.ask(_question(id_, column, open_words, counts)).split(MANY))
    rows = column.where(lambda text: text in chosen) & ~left_out
    _tell(checks, rows, "status_left_out", "A row is left out for its status", column)
    return rows


def _ask_returns(
    checks: Checks, columns: list[TextColumn], quantity: Floats, left_out: Mask
) -> tuple[Mask, Mask]:
    """Ask what rows are that are returns by a word and carry the sign of a sale.

    Returns:
        The rows to be left out, and those to be subtracted, shape [n_rows] each.
    """
    nobody = np.zeros_like(left_out)
    back = nobody.copy()
    for column in columns:
        back |= column.where(lambda text: meaning(text) == "return") & ~left_out
    others = quantity[~left_out & ~back]
    sales_sign = -1 if (others < 0).sum() > (others > 0).sum() else 1
    same_sign = back & (np.sign(quantity) == sales_sign)
    if not same_sign.any():
        return left_out, nobody
    answer, column = _ask_same_sign(checks, columns, same_sign)
    if answer == "add":
        return left_out, nobody
    if answer == "ignore":
        _tell(checks, back, "status_left_out", "A row is left out for its status", column)
        return left_out | back, nobody
    _tell(checks, back, "status_return", "A row is subtracted for its status", column)
    return left_out, back


def _ask_same_sign(checks: Checks, columns: list[TextColumn], rows: Mask) -> tuple[str, TextColumn]:
    """Ask what returns without a sign of their own are; says also which column they stand in."""
    first = int(np.argmax(rows))
    column = next(c for c in columns if meaning(c.texts[c.codes[first]]) == "return")
    said = [column.texts[code] for code in np.unique(column.codes[rows]).tolist()]
    said = [text for text in said if meaning(text) == "return"]
    n = int(rows.sum())
    question = Question(
        "returns",
        f"{'1 row' if n == 1 else f'{n:,} rows'} of {column.name!r} that "
        f"{'says' if n == 1 else 'say'} {said[0]!r} {'has' if n == 1 else 'have'} the sign of a "
        "sale. What are they?",
        {
            "subtract": "returns or credit notes: subtract them",
            "ignore": "no matter of demand: leave these rows out",
            "add": "sales like others: add them",
        },
        "subtract",
        tuple(f"{text!r}" for text in said[:3]),
    )
    return checks.ask(question), column


def _ask_marks(checks: Checks) -> Mask:
    """Ask whether rows with a mark of cancellation are demand; return those that are not."""
    column = checks.texts("cancelled")
    nobody = np.zeros(checks.table.n_rows, dtype=np.bool_)
    if column is None:
        return nobody
    column = whole_orders(checks, column)
    rows = column.where(lambda text: plain(text) not in _UNMARKED)
    if not rows.any() or rows.all():
        return nobody
    n = int(rows.sum())
    question = Question(
        "cancelled",
        f"{'1 row carries' if n == 1 else f'{n:,} rows carry'} a mark under {column.name!r}. "
        "Is that demand?",
        {"ignore": "no, it was cancelled: leave it out", "keep": "yes: count it like others"},
        "ignore",
        tuple(f"{text!r}" for text in column.texts if plain(text) not in _UNMARKED)[:3],
    )
    if checks.ask(question) == "keep":
        return nobody
    _tell(checks, rows, "mark_left_out", "A row is left out as cancelled", column)
    return rows


def _tell(checks: Checks, rows: Mask, code: str, what: str, column: TextColumn) -> None:
    if rows.any():
        checks.tell(
            "info",
            code,
            what,
            rows=rows,
            name=column.name,
            remedy="Nothing to do, unless the answer to its question is another.",
        )


def _question(id_: str, column: TextColumn, open_words: list[str], counts: Codes) -> Question:
    rows = dict(zip(column.texts, counts.tolist(), strict=True))
    often = sorted(open_words, key=lambda text: (-rows[text], text))
    return Question(
        id_,
        f"The column {column.name!r} holds {len(often)} different words. Which of them are no "
        "demand?",
        {text: f"{text} ({rows[text]:,} rows)" for text in often} | {NONE: "none of them"},
        MANY.join(_no_demand(often)) or NONE,
        tuple(f"{text!r}: {rows[text]} rows" for text in often[:3]),
        many=True,
    )


def _no_demand(open_words: list[str]) -> list[str]:
    """Return the words that are no demand; none where nothing but returns would be left."""
    found = [text for text in open_words if meaning(text) == "no_demand"]
    left = {meaning(text) for text in open_words} - {"no_demand", "return"}
    return found if left else []
