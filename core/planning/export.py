"""Today's orders as files: CSV that every spreadsheet reads, and Excel with its contract."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from core.domain import OrderProposal

Value = str | float | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the order file."""

    name: str
    read: Callable[[OrderProposal], Value]
    width: int = 14


COLUMNS: tuple[Column, ...] = (
    Column("item", lambda p: p.key.item, 18),
    Column("location", lambda p: p.key.location),
    Column("order_quantity", lambda p: p.order_quantity),
    Column("s_S_quantity", lambda p: p.baseline_quantity),
    Column("policy", lambda p: p.policy, 18),
    Column("agent_quantity", lambda p: p.agent_quantity),
    Column("raw_quantity", lambda p: p.raw_quantity),
    Column("s_S_raw_quantity", lambda p: p.baseline_raw_quantity, 18),
    Column("agent_raw_quantity", lambda p: p.agent_raw_quantity, 18),
    Column("reorder_point", lambda p: p.reorder_point),
    Column("order_up_to_level", lambda p: p.order_up_to_level, 18),
    Column("on_hand", lambda p: p.on_hand),
    Column("on_order", lambda p: p.on_order),
    Column("demand_mean", lambda p: p.demand_mean),
    Column("value", lambda p: p.value),
    Column("cover_after", lambda p: p.cover_after),
    Column("runs_out", lambda p: p.runs_out),
    Column("status", lambda p: p.status.value, 30),
    Column("why_this_policy", lambda p: p.reason, 50),
    Column("notes", lambda p: " ".join(p.notes), 50),
)

# What a spreadsheet would run as a formula; plain numbers with a sign are harmless.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
# Characters that an Excel file cannot hold.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class CsvStyle(StrEnum):
    """How a CSV file separates values and decimals."""

    COMMA = "comma"
    SEMICOLON = "semicolon and decimal comma"


def orders_csv(
    proposals: Sequence[OrderProposal],
    style: CsvStyle = CsvStyle.COMMA,
    columns: Sequence[Column] = COLUMNS,
) -> str:
    """Write the orders as CSV text, one row per item.

    Args:
        proposals: Today's.
        style: Comma and decimal point, or semicolon and decimal comma.
        columns: What to write of each.
    """
    text = io.StringIO()
    is_semicolon = style is CsvStyle.SEMICOLON
    writer = csv.writer(text, delimiter=";" if is_semicolon else ",", lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    for proposal in proposals:
        cells = (_csv_cell(column.read(proposal), is_semicolon) for column in columns)
        writer.writerow(list(cells))
    return text.getvalue()


def orders_csv_bytes(
    proposals: Sequence[OrderProposal],
    style: CsvStyle = CsvStyle.COMMA,
    columns: Sequence[Column] = COLUMNS,
) -> bytes:
    """Write the CSV as UTF-8 with the mark (BOM) by which Excel knows it."""
    return orders_csv(proposals, style, columns).encode("utf-8-sig")


def orders_excel(
    proposals: Sequence[OrderProposal],
    contract: Mapping[str, str],
    columns: Sequence[Column] = COLUMNS,
) -> bytes:
    """Write the orders as an Excel file: a sheet Orders, and a sheet Notes with the contract.

    Args:
        proposals: Today's.
        contract: What the orders rest on, name to value: data, policy, costs, seed, version.
        columns: What to write of each order.
    """
    # Imported here: most pages never need it.
    import openpyxl

    book = openpyxl.Workbook()
    orders = book.active
    assert orders is not None
    orders.title = "Orders"
    _fill_orders(orders, proposals, columns)
    notes = book.create_sheet("Notes")
    _fill_notes(notes, contract)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe goes before one."""
    is_formula = text.startswith(_FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def _csv_cell(value: Value, decimal_comma: bool) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, date):
        return value.isoformat()
    number = _number_text(value)
    return number.replace(".", ",") if decimal_comma else number


def _number_text(value: float) -> str:
    """Write a number in full, to four decimals, without trailing zeros."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _fill_orders(sheet: Any, proposals: Sequence[OrderProposal], columns: Sequence[Column]) -> None:
    _write_header(sheet, [column.name for column in columns])
    for row, proposal in enumerate(proposals, start=2):
        for place, column in enumerate(columns, start=1):
            _write(sheet.cell(row, place), column.read(proposal))
    for place, column in enumerate(columns):
        sheet.column_dimensions[_letter(place + 1)].width = column.width
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{_letter(len(columns))}{len(proposals) + 1}"


def _fill_notes(sheet: Any, contract: Mapping[str, str]) -> None:
    _write_header(sheet, ["what", "value"])
    for row, (name, value) in enumerate(contract.items(), start=2):
        _write(sheet.cell(row, 1), name)
        _write(sheet.cell(row, 2), value)
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = 90


def _write_header(sheet: Any, names: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for place, name in enumerate(names, start=1):
        cell = sheet.cell(1, place, name)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E79")
        cell.alignment = Alignment(wrap_text=True, vertical="center")


def _write(cell: Any, value: Value) -> None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return
    if not isinstance(value, str):
        cell.value = round(value, 4) if isinstance(value, float) else value
        cell.number_format = "yyyy-mm-dd" if isinstance(value, date) else "#,##0.##"
        return
    cell.value = _UNPRINTABLE.sub("", value)
    # Kept as text: Excel neither computes it nor drops leading zeros.
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(_FORMULA_STARTS)
    cell.number_format = "@"


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place))
