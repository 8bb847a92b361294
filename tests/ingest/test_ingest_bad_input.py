"""Every bad input of the import gets an error that names file, row, column, value and remedy."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import InputFileError, ItemKey
from core.ingest import (
    Finding,
    ReadOptions,
    Source,
    read_history,
    read_items,
    read_open_orders,
    read_stock,
)

HEAD = "date,item,quantity\n"
ITEM_HEAD = "item,lead_time,holding_cost,stockout_cost\n"


def source(text: str | bytes, name: str = "sales.csv") -> Source:
    return Source(name, text.encode() if isinstance(text, str) else text)


def refused(text: str | bytes, **options: object) -> InputFileError:
    with pytest.raises(InputFileError) as caught:
        read_history(source(text), as_of=date(2024, 6, 1), **options)  # type: ignore[arg-type]
    return caught.value


HISTORY_CASES = {
    "empty": (b"", "empty_file", ["sales.csv", "0 bytes", "template"]),
    "only blanks": ("\n \n", "empty_file", ["sales.csv", "Export it again"]),
    "header only": (HEAD, "no_rows", ["row 1", "date, item, quantity", "Export it again"]),
    "no header": (
        "2024-01-01,A,5\n2024-01-02,A,6\n",
        "no_header",
        ["row 1", "2024-01-01, A, 5", "Add a first row"],
    ),
    "unknown delimiter": (
        "date:item:quantity\n2024-01-01:A:5\n",
        "wrong_delimiter",
        ["row 1", "date:item:quantity", "Choose the delimiter"],
    ),
    "missing column": (
        "date,qty\n2024-01-01,5\n",
        "missing_column",
        ["row 1", "'item'", "Columns found: date, qty", "Rename"],
    ),
    "text in quantity": (
        HEAD + "2024-01-01,A,5\n2024-01-02,A,abc\n",
        "not_a_number",
        ["row 3", "item A", "'quantity'", "'abc'", "Correct these cells"],
    ),
    "empty quantity": (
        HEAD + "2024-01-01,A,5\n2024-01-02,A,\n",
        "empty_cell",
        ["row 3", "'quantity'", "Fill in"],
    ),
    "absurd quantity": (
        HEAD + "2024-01-01,A,5\n2024-01-02,A,9999999999999\n",
        "out_of_bounds",
        ["row 3", "'quantity'", "9999999999999", "between -1e+07 and 1e+07"],
    ),
    "no such day": (
        HEAD + "2024-02-29,A,5\n2024-02-30,A,5\n",
        "not_a_date",
        ["row 3", "'date'", "2024-02-30", "Write it as"],
    ),
    "future date": (
        HEAD + "2024-01-01,A,5\n2025-01-02,A,5\n",
        "future_date",
        ["row 3", "'date'", "2025-01-02", "2024-06-01"],
    ),
    "one day": (
        HEAD + "2024-01-01,A,5\n2024-01-01,B,5\n",
        "one_period",
        ["row 2", "'date'", "2024-01-01", "at least two periods"],
    ),
    "all zeros": (
        HEAD + "2024-01-01,A,0\n2024-01-02,A,0\n",
        "all_zeros",
        ["row 2", "'quantity'", "right column"],
    ),
    "flag": (
        "date,item,quantity,in_stock\n2024-01-01,A,1,maybe\n2024-01-02,A,1,no\n",
        "not_a_flag",
        ["row 2", "'in_stock'", "'maybe'", "Write yes or no"],
    ),
    "decimal comma cut in two": (
        HEAD + "2024-01-01,A,1,5\n2024-01-02,A,2\n",
        "misfit_row",
        ["row 2", "'quantity'", "2024-01-01,A,1,5", "quotation marks"],
    ),
    "open quotation mark": (
        HEAD + '2024-01-01,"A,5\n2024-01-02,A,5\n',
        "line_break",
        ["row 2", "'item'", "never closed"],
    ),
    "both orders of day and month": (
        HEAD + "13/01/2024,A,5\n01/14/2024,A,5\n",
        "mixed_dates",
        ["row 3", "'date'", "01/14/2024", "choose the order"],
    ),
    "binary": (b"\x00\x01\xfe" * 99, "not_a_table", ["sales.csv", "Save it as CSV"]),
    "broken workbook": (b"PK\x03\x04 no zip", "damaged", ["sales.csv", "save it again"]),
    "old workbook": (b"\xd0\xcf\x11\xe0" * 9, "old_excel", ["sales.csv", "Save it as .xlsx"]),
}


@pytest.mark.parametrize("case", HISTORY_CASES)
def test_bad_history_says_what_where_and_how_to_mend(case: str) -> None:
    text, code, parts = HISTORY_CASES[case]
    error = refused(text)
    assert code in {finding.code for finding in error.findings if isinstance(finding, Finding)}
    for part in ["sales.csv", *parts]:
        assert part in str(error), (part, str(error))


def test_all_problems_are_told_at_once() -> None:
    error = refused(HEAD + "2024-01-01,A,x\nnever,B,5\n2024-01-03,,y\n")
    found = {(f.code, f.column): f for f in error.findings if isinstance(f, Finding)}
    assert set(found) == {
        ("not_a_number", "quantity"),
        ("not_a_date", "date"),
        ("empty_cell", "item"),
    }
    numbers = found["not_a_number", "quantity"]
    assert (numbers.count, numbers.row, numbers.value) == (2, 2, "x")
    assert numbers.examples == ("row 2: 'x'", "row 4: 'y'")


def test_delimiter_forced_wrong_is_told() -> None:
    error = refused("date;item;quantity\n2024-01-01;A;5\n", options=ReadOptions(delimiter=","))
    assert "single column" in str(error)


def test_column_chosen_that_is_not_there_is_told() -> None:
    options = ReadOptions(columns={"quantity": "Menge"})
    error = refused(HEAD + "2024-01-01,A,5\n", options=options)
    assert "'Menge'" in str(error) and "date, item, quantity" in str(error)


def test_encoding_forced_wrong_is_told() -> None:
    error = refused("date,item,quantity\n2024-01-01,ü,5\n", options=ReadOptions(encoding="ascii"))
    assert "ascii" in str(error)


def test_bad_rows_are_rejected_listed_and_counted_only_on_request() -> None:
    text = HEAD + "2024-01-01,A,5\n2024-01-02,A,abc\n2024-01-03,A,7\n2024-01-04,A,1,9\n"
    refused(text)
    result = read_history(source(text), reject_bad_rows=True)
    assert result.value.quantity.tolist() == [[5.0, 0.0, 7.0]]
    counts = result.counts
    assert (counts.rows_read, counts.rows_used, counts.rows_rejected) == (4, 2, 2)
    assert result.rejected["row"].tolist() == [3, 5]
    assert result.rejected["reason"].tolist()[0] == "Quantity sold is not a number"
    assert {f.severity for f in result.findings} == {"warning"}


def test_contradicting_dates_are_refused_even_where_bad_rows_may_go() -> None:
    text = HEAD + "13/01/2024,A,5\n01/14/2024,A,5\n14/01/2024,A,5\n"
    assert "two orders" in str(refused(text, reject_bad_rows=True))


def test_file_that_is_not_there_is_told() -> None:
    with pytest.raises(InputFileError, match="no_such_file"):
        Source.from_path("no_such_file.csv")


ITEM_CASES = {
    "zero cost": ("A,2,0,5\n", "cost_not_above_zero", ["row 2", "item A", "holding_cost", "'0'"]),
    "negative cost": ("A,2,1,-3\n", "out_of_bounds", ["row 2", "item A", "stockout_cost", "'-3'"]),
    "text": ("A,soon,1,5\n", "not_a_number", ["row 2", "lead_time", "'soon'"]),
    "absurd lead time": ("A,900,1,5\n", "out_of_bounds", ["row 2", "lead_time", "365"]),
    "two rows": ("A,2,1,5\nA,3,1,5\n", "duplicate_item", ["row 3", "item A", "Keep one row"]),
    "unknown": ("X,2,1,5\n", "unknown_item", ["row 2", "'X'", "'A'"]),
}


@pytest.mark.parametrize("case", ITEM_CASES)
def test_bad_item_master_names_item_and_place(case: str) -> None:
    rows, code, parts = ITEM_CASES[case]
    with pytest.raises(InputFileError) as caught:
        read_items(source(ITEM_HEAD + rows, "items.csv"), known={ItemKey("A")})
    codes = {f.code for f in caught.value.findings if isinstance(f, Finding)}
    assert code in codes
    for part in ["items.csv", *parts]:
        assert part in str(caught.value), (part, str(caught.value))


def test_rules_that_contradict_each_other_name_the_row() -> None:
    text = "item,lead_time,holding_cost,stockout_cost,min_order,max_order\nA,1,1,5,50,20\n"
    with pytest.raises(InputFileError, match=r"items\.csv, row 2, item A.*'min_order'"):
        read_items(source(text, "items.csv"))


def test_shortage_must_be_a_known_word_or_a_share() -> None:
    text = "item,lead_time,holding_cost,stockout_cost,shortage\nA,1,1,5,sometimes\n"
    with pytest.raises(InputFileError, match="lost, backorder"):
        read_items(source(text, "items.csv"))


def test_some_unknown_items_are_a_warning_that_lists_them() -> None:
    result = read_stock(
        source("item,on_hand\n123,4\nB,5\n"), known=[ItemKey("00123"), ItemKey("B")]
    )
    told = {f.code: f for f in result.findings}
    assert "123" in told["unknown_item"].what
    assert "'00123'" in told["unknown_item"].remedy
    assert told["no_stock"].what.startswith("1 items") and "00123" in told["no_stock"].what


def test_negative_open_order_is_refused() -> None:
    text = "item,quantity,due\nA,-5,2024-01-05\n"
    with pytest.raises(InputFileError, match=r"row 2, item A, column 'quantity'"):
        read_open_orders(source(text, "po.csv"))


GOOD = "date,item,quantity\n2024-01-01,A,5\n2024-01-02,B,7\n03.01.2024,C,-1\n"


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=60)
    | st.text(alphabet='AB12.-;,|\t"\n\r \x00é', max_size=80).map(str.encode)
    | st.tuples(st.integers(0, len(GOOD)), st.text(alphabet=',;"\n1Ax.', max_size=6)).map(
        lambda cut: (GOOD[: cut[0]] + cut[1] + GOOD[cut[0] :]).encode()
    ),
    st.booleans(),
)
def test_whatever_the_bytes_the_planner_gets_a_history_or_an_error_in_words(
    data: bytes, reject: bool
) -> None:
    try:
        result = read_history(source(data), reject_bad_rows=reject)
    except InputFileError as error:
        assert error.findings and error.remedy and "sales.csv" in str(error)
    else:
        counts = result.counts
        assert counts.rows_used + counts.rows_rejected == counts.rows_read
        assert len(result.rejected) == counts.rows_rejected


def test_a_wide_table_is_named_as_such():
    """Where no name says which column is which period, "missing column" alone would not help."""
    weeks = [f"{chr(97 + week % 26)}{week}" for week in range(30)]
    lines = ["code," + ",".join(weeks), *(f"A{n}," + ",".join(["3"] * 30) for n in range(4))]
    with pytest.raises(InputFileError) as caught:
        read_history(Source("wide.csv", "\n".join(lines).encode()))
    assert caught.value.findings[0].code == "wide_table"
    assert "31 columns" in caught.value.message
