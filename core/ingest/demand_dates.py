"""Which of several dates counts: demand arises on the day of the order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.ingest.columns import SURE, ColumnGuess
from core.ingest.date_parts import holds_dates
from core.ingest.names import names, words
from core.ingest.questions import Ask, Question
from core.ingest.text_table import TextTable

_ORDERED = names(
    "order date,ordered on,date ordered,order placed,purchase date,auftragsdatum,bestelldatum,"
    "date de commande,date commande,fecha de pedido,fecha pedido,fecha del pedido,besteldatum,"
    "orderdatum"
)
_LATER = names(
    "invoice date,date invoiced,billing date,rechnungsdatum,fakturadatum,date de facture,"
    "date facture,date facturation,fecha factura,fecha de factura,factuurdatum,delivery date,"
    "date delivered,delivered on,shipping date,ship date,date shipped,dispatch date,lieferdatum,"
    "versanddatum,warenausgangsdatum,date de livraison,date livraison,date d'expédition,"
    "date expédition,fecha de entrega,fecha entrega,fecha de envío,fecha envío,leverdatum,"
    "leveringsdatum,verzenddatum,requested date,requested delivery date,wunschliefertermin,"
    "wunschlieferdatum"
)


def with_demand_date(
    table: TextTable, columns: Mapping[str, ColumnGuess], ask: Ask
) -> Mapping[str, ColumnGuess]:
    """Ask by which date the sales are counted, where a file has those of several steps.

    Args:
        table: A sales file.
        columns: What was taken for what.
        ask: The planner.

    Returns:
        The columns; the date is that of the order until she says otherwise.
    """
    found = [name for name in table.columns if _plain(name) in (*_ORDERED, *_LATER)]
    if "date" not in columns or table.options.chosen.get("date") or len(found) < 2:
        return columns
    found = [name for name in found if holds_dates(table.column(name))]
    if len(found) < 2 or _are_the_same(table, found):
        return columns
    taken = columns["date"].column
    ordered = [name for name in found if _plain(name) in _ORDERED]
    default = next(iter(ordered), taken)
    answer = ask(
        Question(
            "column_date",
            f"The file has several dates: {', '.join(found)}. By which are the sales counted?",
            {name: name for name in dict.fromkeys((default, taken, *found))},
            default,
        )
    )
    return {**columns, "date": ColumnGuess("date", answer, max(SURE, columns["date"].confidence))}


def _plain(name: str) -> str:
    return "".join(words(name))


def _are_the_same(table: TextTable, found: list[str]) -> bool:
    """Whether the dates are equal in every row."""
    place: dict[str, int] = {}
    days = []
    for column in map(table.column, found):
        own = np.array([place.setdefault(text, len(place)) for text in column.texts])
        days.append(own[column.codes])
    return all(np.array_equal(days[0], other) for other in days[1:])
