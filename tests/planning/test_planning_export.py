"""The order file: every column, both styles, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from core.domain import ItemKey
from core.planning import (
    CsvStyle,
    guarded,
    orders_csv,
    orders_csv_bytes,
    orders_excel,
    propose,
    unplannable_proposal,
)
from tests.planning.planning_parts import item_of, request_of, stock_of


@pytest.fixture
def proposals():
    item = item_of("00123", key=ItemKey("00123", "=cmd|'/c calc'!A1"))
    (found,) = propose(request_of((item, stock_of(item, -2.5))))
    other = unplannable_proposal(ItemKey('Müller; Öl, "extra"'), "Too short.")
    return [replace(found, reason="+1 day"), other]


def test_the_columns_that_the_command_line_promises(proposals):
    rows = list(csv.DictReader(io.StringIO(orders_csv(proposals))))
    assert {"item", "location", "order_quantity", "s_S_quantity", "policy"} <= set(rows[0])
    assert rows[0]["item"] == "00123" and rows[0]["policy"] == "s_S"
    assert (rows[0]["order_quantity"], rows[0]["raw_quantity"]) == ("132", "122.5")
    assert rows[0]["on_hand"] == "-2.5" and rows[0]["agent_quantity"] == ""
    assert rows[1]["item"] == 'Müller; Öl, "extra"'
    assert rows[1]["status"] == "Data problem" and rows[1]["cover_after"] == ""


def test_german_spreadsheets_get_semicolons_decimal_commas_and_a_mark(proposals):
    data = orders_csv_bytes(proposals, CsvStyle.SEMICOLON)
    assert data.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(io.BytesIO(data), sep=";", decimal=",", dtype={"item": str})
    assert table["item"].tolist() == ["00123", 'Müller; Öl, "extra"']
    assert table["raw_quantity"].tolist() == [122.5, 0.0]


def test_no_text_cell_starts_a_formula(proposals):
    for style in CsvStyle:
        separator = ";" if style is CsvStyle.SEMICOLON else ","
        for row in csv.reader(io.StringIO(orders_csv(proposals, style)), delimiter=separator):
            assert not any(cell.startswith(("=", "+", "@")) for cell in row)
    assert guarded("-2+3") == "'-2+3" and guarded("\t=1") == "'\t=1"
    assert guarded("-12") == "-12" and guarded("+49,5") == "+49,5"
    assert guarded("A-1") == "A-1"


def test_excel_holds_orders_and_their_contract(proposals):
    data = orders_excel(proposals, {"policy": "s_S", "formula": "=1+1"})
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Orders", "Notes"]
    orders, notes = book["Orders"], book["Notes"]
    header = [cell.value for cell in orders[1]]
    first = dict(zip(header, orders[2], strict=True))
    assert first["item"].value == "00123" and first["item"].data_type == "s"
    assert first["order_quantity"].value == 132 and first["order_quantity"].data_type == "n"
    assert first["location"].value.startswith("=cmd") and first["location"].data_type == "s"
    assert first["location"].quotePrefix
    assert all(cell.font.bold for cell in orders[1])
    assert orders.column_dimensions["A"].width > 10
    assert [[cell.value for cell in row] for row in notes.iter_rows(min_row=2)] == [
        ["policy", "s_S"],
        ["formula", "=1+1"],
    ]
    assert notes["B3"].data_type == "s"


def test_what_is_unknown_is_left_empty(proposals):
    unknown = replace(proposals[0], cover_after=math.inf, reorder_point=math.nan)
    (row,) = csv.DictReader(io.StringIO(orders_csv([unknown])))
    assert row["cover_after"] == row["reorder_point"] == ""
    book = openpyxl.load_workbook(io.BytesIO(orders_excel([unknown], {})))
    names = [cell.value for cell in book["Orders"][1]]
    assert book["Orders"].cell(2, names.index("cover_after") + 1).value is None


def test_characters_that_excel_cannot_hold_do_not_break_the_file(proposals):
    odd = replace(proposals[0], notes=("bell\x07 and null\x00",))
    book = openpyxl.load_workbook(io.BytesIO(orders_excel([odd], {})))
    assert "bell and null" in [cell.value for cell in book["Orders"][2]]
