"""Whether a sales file takes the place of those in use or is added, and what that changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from core.domain import ItemKey, SalesHistory
from core.domain.wording import plural
from core.ingest import Asked, Finding, Question, Result
from core.ingest.questions import Questions
from core.services.appending import Appended, append, in_periods, taken_back
from core.services.one_offs import whole_history

if TYPE_CHECKING:
    from core.services.previewing import ImportRequest
    from core.services.workspace import PlanData

QUESTION = "append"
_SHARED = 0.5
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Adding:
    """What was asked about sales that do not reach as far as those in use.

    Args:
        asked: The question and its answer.
        findings: What adding changes; nothing where the file takes the place of the others.
    """

    asked: Asked
    findings: tuple[Finding, ...]

    @property
    def is_added(self) -> bool:
        """Whether the file is added to the sales in use."""
        return self.asked.answer == "add"


@dataclass(frozen=True, eq=False)
class NewerPart:
    """A newer file of sales.

    Args:
        history: Its sales.
        span: First and last day that it covers.
        unmatched: Units returned by item, beyond all its sales in the file before.
    """

    history: SalesHistory
    span: tuple[date, date]
    unmatched: Mapping[ItemKey, float]


def ask_to_add(request: ImportRequest, result: Result[Any], data: PlanData | None) -> Adding | None:
    """Ask whether a file that covers a part of the calendar is to be added; None if it is not so.

    Args:
        request: The file and what the planner said.
        result: What was read.
        data: What is in use.

    Raises:
        InputFileError: where the answer is none of the choices.
    """
    span = result.span
    if span is None or data is None or data.is_sample or not _is_part(result.value, span, data):
        return None
    questions = Questions(request.options.answers, request.source.name)
    questions.ask(_question(span, data))
    asked = questions.asked[QUESTION]
    if asked.answer != "add":
        return Adding(asked, ())
    newer = NewerPart(result.value, span, result.unmatched)
    found = joined(whole_history(data), newer, data.sales_until)
    return Adding(asked, tuple(_findings(found, result.value, request.source.name)))


def joined(before: SalesHistory, newer: NewerPart, until: date | None) -> Appended:
    """Add sales to those in use, in the periods of those in use.

    What came back of goods that were sold before the newer file begins is taken off the sales
    in use, where none of its days are in them already.
    """
    history = in_periods(newer.history, before.period)
    if until is None or until >= newer.span[0]:
        return append(before, history, newer.span[0], until)
    before, n_returned = taken_back(before, newer.unmatched)
    return replace(append(before, history, newer.span[0], until), units_returned=n_returned)


def _is_part(newer: SalesHistory, span: tuple[date, date], data: PlanData) -> bool:
    """Whether the file is of the same items and leaves out some of the days in use."""
    known = set(data.history.keys)
    n_shared = sum(key in known for key in newer.keys)
    first = data.period.first_day(data.history.first_index)
    covers_all = span[0] <= first and span[1] >= (data.sales_until or data.as_of)
    fits = newer.period.days <= data.period.days
    return fits and not covers_all and n_shared >= _SHARED * len(newer.keys)


def _question(span: tuple[date, date], data: PlanData) -> Question:
    first = data.period.first_day(data.history.first_index)
    return Question(
        QUESTION,
        f"The sales in use ({data.sources['history']}) begin on {first}; this file covers "
        f"{span[0]} to {span[1]}. What is it?",
        {
            "add": "a newer part: add it to the sales in use",
            "replace": "all the sales there are: it takes their place",
        },
        "add",
    )


def _findings(found: Appended, newer: SalesHistory, file: str) -> list[Finding]:
    """Tell the differences, and nothing else."""
    unit = found.history.period.value
    told = [
        Finding(
            "info",
            "added",
            f"It adds {found.n_new} {unit}s with {found.units_added:,.10g} units; the sales then "
            f"hold {plural(len(found.history.keys), 'item')}",
            file,
            remedy=f"{plural(len(found.new_items), 'new item')}"
            + (f": {_list(found.new_items)}." if found.new_items else "."),
        )
    ]
    if found.changes:
        shown = tuple(
            f"{c.key.label}, {c.day}: {c.before:g} before, {c.now:g} now"
            for c in found.changes[:_SHOWN]
        )
        what = f"{len(found.changes):,} numbers of before differ; the newer file counts"
        told.append(Finding("warning", "changed", what, file, remedy=_LATE, examples=shown))
    if found.units_returned:
        what = f"{found.units_returned:,.10g} returned units are taken off the sales in use"
        told.append(Finding("info", "returned", what, file, remedy=_SOLD_BEFORE))
    if found.silent_items:
        what = f"{len(found.silent_items):,} items in use have no sale in it"
        told.append(Finding("info", "silent", what, file, remedy=_list(found.silent_items) + "."))
    if found.n_missing:
        what = f"{found.n_missing} {unit}s between the two are in neither; they count as not known"
        told.append(Finding("warning", "hole", what, file, remedy="Export those days as well."))
    if found.cut_period:
        what = f"It begins within the {unit} of {found.cut_period}"
        told.append(Finding("warning", "cut", what, file, remedy=_CUT))
    return told


_SOLD_BEFORE = "They were sold before this file begins, which leaves them out itself."
_LATE = "Right for late bookings and corrections; else see whether it is the same export."
_CUT = (
    "That period is added up where the sales in use end before it, and else stays as it was. "
    "Better export from the first day of a period."
)


def _list(keys: tuple[object, ...]) -> str:
    return ", ".join(map(str, keys[:_SHOWN])) + (", ..." if len(keys) > _SHOWN else "")
