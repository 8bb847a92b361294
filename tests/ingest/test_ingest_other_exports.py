"""Exports of other programs: totals by sum, cancellations, credit notes, names of measures."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain import InputFileError, Period
from core.ingest import ReadOptions, Result, Source, read_history
from core.ingest.subtotals import subtotal_rows


def read(text: str, **answers: str) -> Result:  # type: ignore[type-arg]
    options = ReadOptions(answers=answers)
    return read_history(Source("sales.csv", text.encode()), options=options)


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


GROUPS = (
    "Item,2026-01,2026-02,2026-03\nStove,3,4,5\nMug,1,0,2\nGroup A,4,4,7\n"
    "Tent,9,8,7\nRope,0,1,1\nGroup B,9,9,8\n"
)


def test_rows_that_add_up_those_above_are_asked_about_and_left_out() -> None:
    result = read(GROUPS)
    assert asked(result) == {"subtotals": "totals"}
    assert [key.item for key in result.value.keys] == ["Mug", "Rope", "Stove", "Tent"]
    assert result.value.quantity.sum() == 41
    assert (result.counts.rows_read, result.counts.rows_used) == (6, 4)
    (told,) = [f for f in result.findings if f.code == "subtotal_row"]
    assert told.examples == ("row 4: 'Group A'", "row 7: 'Group B'")
    assert read(GROUPS, subtotals="items").value.quantity.sum() == 82


def test_rows_that_add_up_those_below_are_found_too() -> None:
    values = np.array([[4, 4, 7], [3, 4, 5], [1, 0, 2], [9, 9, 8], [9, 8, 7], [0, 1, 1]])
    assert subtotal_rows(values.astype(float)).tolist() == [True, False, False, True, False, False]


def test_sums_by_chance_and_copies_are_no_totals() -> None:
    rng = np.random.default_rng(0)
    assert not subtotal_rows(rng.poisson(3.0, (3000, 12)).astype(float)).any()
    same = np.array([[1.0, 2, 3], [0, 0, 0], [1, 2, 3]])
    assert not subtotal_rows(same).any()


@pytest.mark.parametrize(
    ("name", "mark"), [("Storno", "X"), ("Cancelled", "TRUE"), ("Annulé", "Oui"), ("Void?", "1")]
)
def test_rows_marked_as_cancelled_are_asked_about_and_left_out(name: str, mark: str) -> None:
    empty = {"TRUE": "FALSE", "1": "0"}.get(mark, "")
    rows = f"2026-01-01,A,3,{mark}\n2026-01-02,A,5,{empty}\n2026-01-03,A,7,{empty}\n"
    text = f"date,item,quantity,{name}\n{rows}"
    assert asked(read(text)) == {"cancelled": "ignore"}
    assert read(text).value.quantity.tolist() == [[5, 7]]
    assert read(text, cancelled="keep").value.quantity.sum() == 15


def test_credit_notes_without_a_minus_are_asked_about_and_subtracted() -> None:
    rows = "2026-01-01,A,9,Invoice\n2026-01-01,A,2,Credit note\n2026-01-02,A,5,Invoice\n"
    text = "date,item,quantity,type\n" + rows
    assert asked(read(text)) == {"returns": "subtract"}
    assert read(text).value.quantity.tolist() == [[7, 5]]
    assert read(text, returns="add").value.quantity.tolist() == [[11, 5]]


def test_a_type_of_item_is_no_status() -> None:
    rows = "".join(f"2026-01-{d:02d},A,9,{'Tool' if d % 2 else 'Tent'}\n" for d in range(1, 29))
    assert asked(read("date,item,quantity,type\n" + rows)) == {}


def test_movement_types_of_stock_are_asked_about() -> None:
    rows = "".join(
        f"{d:02d}.03.2026;0815;{sign}{q};{kind}\n"
        for d in range(1, 29)
        for sign, q, kind in (("-", 4, "601"), ("", 50, "101"))
    )
    result = read("BuchDatum;Material;Menge;BwA\n" + rows)
    assert asked(result)["status"] == "101"
    assert asked(result)["negatives"] == "turned"
    assert result.value.quantity.sum() == 28 * 4


def test_the_columns_beside_propose_the_decimal_sign() -> None:
    rows = "".join(f"{d:02d}.03.2026\tA\t9,500\t450,50\n" for d in range(1, 29))
    result = read("Datum\tArtikel\tMenge\tUmsatz\n" + rows)
    assert asked(result) == {"decimal": ","}
    assert result.value.quantity.sum() == 28 * 9.5


def test_measures_beside_a_date_are_no_items() -> None:
    rows = "".join(f"2026-03-{d:02d},{d},{d * 2.5}\n" for d in range(1, 29))
    with pytest.raises(InputFileError, match="item"):
        read("Date,Units shipped,Revenue\n" + rows)


def test_a_reference_of_the_order_is_not_taken_for_the_item() -> None:
    rows = "".join(f"2026-03-{d:02d},CMD{d:03d},F{d % 3},2\n" for d in range(1, 29))
    result = read_history(
        Source("s.csv", ("Date,Référence,Code article,Quantité\n" + rows).encode()),
        period=Period.DAY,
    )
    assert len(result.value.keys) == 3


@pytest.mark.parametrize(
    ("names", "default"),
    [(("Actual", "Forecast", "Budget"), "Actual"), (("Menge", "Umsatz", "Rohertrag"), "Menge")],
)
def test_rows_of_forecasts_budgets_and_money_are_asked_about(
    names: tuple[str, ...], default: str
) -> None:
    rows = "".join(
        f"{item},{name},{n * (k + 1)},{n + k}\n"
        for item, n in (("A", 5), ("B", 8))
        for k, name in enumerate(names)
    )
    text = "Item,What,2026-01,2026-02\n" + rows
    assert asked(read(text)) == {"measure": default}
    assert read(text).value.quantity.tolist() == [[5, 5], [8, 8]]
    assert read(text, measure="(all)").value.quantity.sum() == 123


def test_a_shop_written_once_above_its_rows_is_asked_about_and_filled_down() -> None:
    rows = "".join(
        f"{shop if k == 0 else ''};I{k};{k + 1};{k + 2}\n"
        for shop in ("Berlin", "Köln")
        for k in range(4)
    )
    text = "Filiale;Artikel;2026-01;2026-02\n" + rows
    assert asked(read(text)) == {"fill_down": "fill"}
    keys = read(text).value.keys
    assert [key.label for key in keys][:2] == ["I0 @ Berlin", "I0 @ Köln"] and len(keys) == 8
    assert {key.location for key in read(text, fill_down="blank").value.keys} == {
        "",
        "Berlin",
        "Köln",
    }


def test_items_as_headings_with_totals_below_are_read_with_their_rows() -> None:
    rows = "".join(
        f"{item},,\n"
        + "".join(f",2026-01-{d:02d},{d}\n" for d in range(1, 6))
        + f"Total {item},,15\n"
        for item in ("Stove", "Mug")
    )
    result = read("Item,Date,Qty\n" + rows)
    assert asked(result) == {}
    assert asked(read("Item,Date,Qty\n" + rows.replace(",15", ",16"))) == {"fill_down": "fill"}
    assert [key.item for key in result.value.keys] == ["Mug", "Stove"]
    assert result.value.quantity.sum() == 30
