"""Which column of the file is which attribute: guessed by name, the planner has the last word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.domain import Attribute, attributes
from core.ingest.findings import Finding
from core.ingest.names import is_money, is_no_sale, plain, synonyms, weak_synonyms, words
from core.ingest.spoiled import spoiled
from core.ingest.text_table import TextTable

SURE = 0.8
ONE_ITEM = "(one item)"
"""What the planner answers where the file names no item: it is about one, or a shop's total."""
# Names such as hourly_stockout: a flag that is overlooked makes stock-outs count as no demand.
_BY_ENDING = frozenset({"out_of_stock"})


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """The column taken for an attribute.

    Args:
        attribute: Name in the template.
        column: As the file calls it; empty where there is none.
        confidence: 1 the template's own name or the planner's word, 0.9 a known synonym,
            0.6 a name that ends in one or that two columns have, 0.4 a name that often means
            something else.
    """

    attribute: str
    column: str
    confidence: float


def guess_columns(
    columns: Sequence[str], table: str, chosen: Mapping[str, str] | None = None
) -> dict[str, ColumnGuess]:
    """Find the column of each attribute of a template, in any order and language.

    Args:
        columns: Names in the file.
        table: history, items, stock or open_orders.
        chosen: Attribute -> column, where the planner said so; an empty text means none.
    """
    chosen = {} if chosen is None else chosen
    found = {
        name: ColumnGuess(name, column, 1.0)
        for name, column in chosen.items()
        if not column or column in columns
    }
    for confidence, match in _MATCHES:
        for attribute in attributes(table):
            if attribute.name in found:
                continue
            taken = {guess.column for guess in found.values()}
            column = match([c for c in columns if c not in taken], attribute)
            if column is not None:
                found[attribute.name] = ColumnGuess(attribute.name, column, confidence)
    return {
        name: _in_doubt(guess, columns) if name not in chosen else guess
        for name, guess in found.items()
        if guess.column
    }


def _in_doubt(guess: ColumnGuess, columns: Sequence[str]) -> ColumnGuess:
    """Lower the confidence where another column has the same name."""
    alike = [name for name in columns if plain(name) == plain(guess.column)]
    if len(alike) == 1 and f"{guess.column} (2)" not in columns:
        return guess
    return replace(guess, confidence=min(guess.confidence, SURE - 0.2))


def _own_name(columns: Sequence[str], attribute: Attribute) -> str | None:
    own = {plain(attribute.name), plain(attribute.label)}
    return next((column for column in columns if plain(column) in own), None)


def _synonym(columns: Sequence[str], attribute: Attribute) -> str | None:
    """The column with the most telling synonym, brackets aside: 'PRICE (£)' is a price."""
    names = {plain(column): column for column in reversed(columns)}
    names |= {"".join(words(column)): column for column in reversed(columns)} | names
    return next((names[s] for s in synonyms(attribute.table, attribute.name) if s in names), None)


def _ending(columns: Sequence[str], attribute: Attribute) -> str | None:
    """The only column whose name ends in a synonym, for what a reading cannot do without."""
    if not attribute.required and attribute.name not in _BY_ENDING:
        return None
    known = {s for s in synonyms(attribute.table, attribute.name) if len(s) > 2}
    # "Bestand 01.11.2025" ends in what it is, its date aside.
    ends = {c: [word for word in words(c) if not word.isdigit()][-1:] for c in columns}
    fitting = [column for column, end in ends.items() if end and end[0] in known]
    if (attribute.table, attribute.name) == ("history", "quantity"):
        # "Stock quantity" ends in quantity as well.
        fitting = [column for column in fitting if not is_no_sale(column)]
    return fitting[0] if len(fitting) == 1 else None


def _weak(columns: Sequence[str], attribute: Attribute) -> str | None:
    names = {"".join(words(column)): column for column in reversed(columns)}
    names |= {plain(column): column for column in reversed(columns)}
    return next((names[s] for s in weak_synonyms(attribute.name) if s in names), None)


_MATCHES = ((1.0, _own_name), (0.9, _synonym), (SURE - 0.2, _ending), (SURE - 0.4, _weak))


def other_dates(
    table: TextTable, kind: str, columns: Mapping[str, ColumnGuess], name: str
) -> list[str]:
    """Return the texts of a table's columns of dates, one of them aside."""
    dates = [a.name for a in attributes(kind) if a.kind == "date" and a.name != name]
    found = [table.column(columns[date].column) for date in dates if date in columns]
    return [text for column in found for text in column.texts]


def column_findings(table: TextTable, kind: str, found: Mapping[str, ColumnGuess]) -> list[Finding]:
    """Say which columns are missing, which the planner named are not there, which are unsure."""
    if len(table.columns) == 1 and len([a for a in attributes(kind) if a.required]) > 1:
        return [_one_column(table)]
    seen = ", ".join(table.columns[:12]) + (", ..." if len(table.columns) > 12 else "")
    wrong = [
        Finding(
            "error",
            "unknown_column",
            f"There is no such column for {name}",
            table.name,
            value=column,
            row=table.header_line,
            column=column,
            remedy=f"The file's columns are: {seen}.",
        )
        for name, column in table.options.chosen.items()
        if column and column not in table.columns
    ]
    missing = [
        Finding(
            "error",
            "missing_column",
            f"The column {a.name} ({a.label}) is missing{_why(table, a)}",
            table.name,
            row=table.header_line,
            column=a.name,
            remedy=f"Columns found: {seen}. Rename the right one to {a.name!r}, or choose it "
            f"under Columns on the Data page{_or_one_item(a)}.",
        )
        for a in attributes(kind)
        if a.required and a.name not in found and not table.options.chosen.get(a.name)
    ]
    wide = [_wide(table)] if missing and kind == "history" and _looks_wide(table) else []
    return (
        wrong
        + wide
        + missing
        + _unsure(table, found)
        + _money(table, kind, found)
        + spoiled(table, {name: g.column for name, g in found.items()})
    )


def _or_one_item(missing: Attribute) -> str:
    is_item = (missing.table, missing.name) == ("history", "item")
    return f"; for sales of one item, or of a whole shop, choose {ONE_ITEM!r}" if is_item else ""


def _why(table: TextTable, missing: Attribute) -> str:
    """Say that money is no number of units, where a sales file has only that."""
    money = next(filter(is_money, table.columns), None)
    if (missing.table, missing.name) != ("history", "quantity") or money is None:
        return ""
    return f": {money!r} is money, and units sold are needed"


# A sales table in rows has a dozen columns; one with a column per period or item has far more.
_MANY_COLUMNS = 20


def _looks_wide(table: TextTable) -> bool:
    """Whether most columns hold nothing but numbers, and there are many of them."""
    if len(table.columns) < _MANY_COLUMNS:
        return False
    head = table.frame.head(20)
    numbers = [head[c].str.fullmatch(r"\s*-?[\d.,]*\s*|NA").all() for c in head.columns]
    return sum(map(bool, numbers)) > 0.7 * len(numbers)


def _wide(table: TextTable) -> Finding:
    return Finding(
        "error",
        "wide_table",
        "The table seems to have one column per period or per item",
        table.name,
        value=f"{len(table.columns)} columns",
        row=table.header_line,
        remedy="Name the columns by their dates (2024-04-14), by numbered periods (W1, W2, ...), "
        "or by items beside a column of dates.",
    )


def _unsure(table: TextTable, found: Mapping[str, ColumnGuess]) -> list[Finding]:
    return [
        Finding(
            "warning",
            "unsure_column",
            f"The column {guess.column!r} is taken for {name}, which its name does not prove",
            table.name,
            row=table.header_line,
            column=guess.column,
            remedy="Check it, or choose another column under Columns on the Data page.",
        )
        for name, guess in found.items()
        if guess.confidence < SURE
    ]


def _money(table: TextTable, kind: str, found: Mapping[str, ColumnGuess]) -> list[Finding]:
    """Warn where a column of money is read as units."""
    quantity = found.get("quantity")
    if kind != "history" or quantity is None or not is_money(quantity.column):
        return []
    return [
        Finding(
            "warning",
            "money_as_units",
            "The quantity's name speaks of money; its numbers are read as units sold",
            table.name,
            value=quantity.column,
            row=table.header_line,
            column=quantity.column,
            remedy="Choose the column with the units; orders cannot be planned in money.",
        )
    ]


def _one_column(table: TextTable) -> Finding:
    return Finding(
        "error",
        "wrong_delimiter",
        "The file reads as a single column",
        table.name,
        value=table.columns[0][:60],
        row=table.header_line,
        column=table.columns[0][:60],
        remedy="Choose the delimiter that stands between the columns (comma, semicolon, tab or "
        "bar), or save the file again as CSV.",
    )
