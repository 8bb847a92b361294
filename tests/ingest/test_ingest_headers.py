"""Column names that stand in several rows are joined; rows of data are never taken for names."""

from __future__ import annotations

import io

import numpy as np
import openpyxl
import pytest

from core.domain import ItemKey, Period
from core.ingest import ReadOptions, Source, read_history, read_table
from core.ingest.headers import join_header
from core.ingest.layout import Record
from core.ingest.names import known_names

DATA_ROWS = "\n".join(f"{i:05d};{i + 1};{i + 2};{i + 3};{i + 4}" for i in range(6))


def source(text: str) -> Source:
    return Source("sales.csv", text.encode())


def header(text: str) -> str:
    table = read_table(source(text), "history")
    return next(guess for guess in table.guesses if guess.name == "header row").value


@pytest.mark.parametrize(
    "names",
    [
        ";2024;;2025;\nArtikel;Nov;Dez;Jan;Feb\n",
        ";2024;2024;2025;2025\nArtikel;November;Dezember;Januar;Februar\n",
        "Artikel;Nov;Dez;Jan;Feb\n;2024;2024;2025;2025\n",
    ],
)
def test_years_and_months_in_two_rows_make_dates(names: str) -> None:
    result = read_history(source(names + DATA_ROWS))
    history = result.value
    assert (history.period, str(history.starts[0])) == (Period.MONTH, "2024-11-01")
    assert history.item(ItemKey("00002")).quantity.tolist() == [3, 4, 5, 6]
    assert not result.questions


def test_weeks_before_the_first_year_take_it_from_their_neighbours() -> None:
    text = "Artikel;Bedarf;;2025;2025\n;KW 51;KW 52;KW 1;KW 2\n"
    text = text.replace(";Bedarf;;", ";2024;;").replace("2024;;", ";2024;")
    history = read_history(source(text + DATA_ROWS)).value
    assert str(history.starts[0]) == "2024-12-16"
    assert str(history.starts[-1]) == "2025-01-06"


def test_groups_over_equal_names_tell_the_columns_apart() -> None:
    text = (
        "Article;;Sales;;Stock;\nNumber;Day;Units;Value;Units;Value\n"
        "A1;2024-01-01;5;50;9;90\nA1;2024-01-02;6;60;4;40\n"
    )
    table = read_table(source(text), "history")
    assert table.columns[2:] == ("Sales Units", "Sales Value", "Stock Units", "Stock Value")
    assert table.lines.tolist() == [3, 4]


def test_units_and_notes_below_the_names_are_no_rows_of_data() -> None:
    text = "Datum;Artikel;Menge\n(Tag);;(Stk)\n;;\n01.02.2024;00123;5\n14.02.2024;00123;7\n"
    result = read_history(source(text), period=Period.DAY)
    assert result.counts.rows_read == 2
    assert result.value.quantity.sum() == 12
    assert header(text) == "1 to 2"


def test_a_faulty_first_row_is_told_and_not_taken_for_names() -> None:
    text = "date;item;quantity\n2024-01-01;A;abc\n2024-01-02;A;5\n2024-01-03;A;6\n"
    result = read_history(source(text), reject_bad_rows=True)
    assert (result.counts.rows_read, result.counts.rows_rejected) == (3, 1)


def test_a_title_above_the_names_is_not_joined_to_them() -> None:
    text = "Report;from;2024\nDatum;Artikel;Menge\n01.02.2024;A;5\n14.02.2024;A;7\n"
    assert read_table(source(text), "history").columns == ("Datum", "Artikel", "Menge")


def test_a_planner_who_names_the_row_gets_that_row() -> None:
    text = "Datum;Artikel;Menge\n(Tag);(Nr);(Stk)\n01.02.2024;A;5\n14.02.2024;A;7\n"
    table = read_table(source(text), "history", ReadOptions(header_row=1))
    assert table.n_rows == 3


def test_merged_names_of_a_workbook_are_joined() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([None, 2024, None], ["Artikel", "Nov", "Dez"], ["007", 1, 2], ["008", 3, 4]):
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    out = io.BytesIO()
    book.save(out)
    history = read_history(Source("sales.xlsx", out.getvalue())).value
    assert history.starts.astype(str).tolist() == ["2024-11-01", "2024-12-01"]
    np.testing.assert_array_equal(history.quantity, [[1, 2], [3, 4]])


def test_words_throughout_a_table_are_data() -> None:
    rows = (("a", "b"), ("x", "y"), ("z", "w"))
    records = [Record(cells, i + 1, i + 1) for i, cells in enumerate(rows)]
    assert join_header(records, 0, known_names("history")).last == 0
