"""A column of dates, converted; the planner is asked where its order of day and month is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from core.ingest.convert import BY_PLANNER, Converted, convert_dates
from core.ingest.date_text import DayMonthOrder
from core.ingest.doubts import order_question
from core.ingest.likely_order import likely_order
from core.ingest.questions import Questions
from core.ingest.source import DateOrder
from core.ingest.text_table import TextColumn, TextTable
from core.ingest.turned_dates import turned_back


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question about a column is asked with.

    Args:
        table: The file.
        kind: history, items, stock, ...
        questions: Those of the file.
        label: What the column is, in words.
    """

    table: TextTable
    kind: str
    questions: Questions
    label: str


def asked_dates(
    column: TextColumn, asking: Asking, beside: Sequence[str], may_be_empty: bool
) -> tuple[Converted, DayMonthOrder | None]:
    """Convert a column of dates, by the order that it proves or the planner tells.

    Args:
        column: Text.
        asking: Whom to ask.
        beside: Texts of the table's other dates.
        may_be_empty: Whether noughts mean an empty cell.
    """
    column = turned_back(column, asking.label, asking.questions.ask)
    told = asking.table.options.date_order
    found, order = convert_dates(column, told, beside, may_be_empty)
    if order is None or order.open_text is None:
        return found, order
    order = likely_order(order, column, asking.table, asking.kind)
    question = order_question(asking.label, order)
    answer = cast(DateOrder, asking.questions.ask(question))
    if asking.questions.asked[question.id].by_planner:
        order = DayMonthOrder(answer, BY_PLANNER)
    return convert_dates(column, order.order, beside, may_be_empty)[0], order
