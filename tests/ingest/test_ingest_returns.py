"""Returns: taken off where the goods were sold; credit notes, documents and lines of orders."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain import Period
from core.ingest import ReadOptions, Result, Source, read_history
from core.ingest.bucketing import carry_back
from core.ingest.status_words import meaning


def read(text: str, **answers: str) -> Result:  # type: ignore[type-arg]
    options = ReadOptions(answers=answers)
    return read_history(Source("sales.csv", text.encode()), options=options, period=Period.DAY)


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


def told(result: Result, code: str) -> list[str]:  # type: ignore[type-arg]
    return [f.what for f in result.findings if f.code == code]


def test_a_return_is_taken_off_the_last_sales_before_it() -> None:
    net = np.array([[5.0, 3, -2, 0, -4], [1, -3, 5, -1, 0], [2, 2, 2, 2, 2], [0, 0, -7, 9, 0]])
    sold, returned = carry_back(net.copy())
    assert sold.tolist() == [[2, 0, 0, 0, 0], [0, 0, 4, 0, 0], [2, 2, 2, 2, 2], [0, 0, 0, 9, 0]]
    assert returned.carried.tolist() == [6, 2, 0, 0]
    assert returned.unmatched.tolist() == [0, 2, 0, 7]
    # What is taken off and what is left out is all that was below 0.
    assert sold.sum() - returned.unmatched.sum() == net.sum()


def test_only_fractions_that_are_there_are_taken_off() -> None:
    sold, returned = carry_back(np.array([[0.1, 0.2, 0.3, -0.3]]))
    assert sold.tolist() == [[0.1, 0.2, 0.0, 0.0]]
    assert returned.unmatched.tolist() == [0.0]


def test_units_carried_back_and_left_out_are_told_with_the_items() -> None:
    rows = "2026-01-01,A,9\n2026-01-02,A,-2\n2026-01-01,B,-1\n2026-01-02,B,4\n2026-01-03,C,6\n"
    result = read("date,item,quantity\n" + rows)
    assert result.value.quantity.tolist() == [[7, 0, 0], [0, 4, 0], [0, 0, 6]]
    (carried,) = told(result, "returns_carried_back")
    assert carried.startswith("Returns of 2 units") and carried.endswith("A 2")
    (left,) = told(result, "returns_exceed_sales")
    assert left.startswith("Returns of 1 unit exceed all") and left.endswith("B 1")


def test_where_nothing_comes_back_nothing_is_told() -> None:
    result = read("date,item,quantity\n2026-01-01,A,9\n2026-01-02,A,0\n2026-01-03,A,4\n")
    assert result.value.quantity.tolist() == [[9, 0, 4]]
    assert not told(result, "returns_carried_back") + told(result, "returns_exceed_sales")


@pytest.mark.parametrize(
    ("name", "sale", "back"),
    [
        ("Type", "Sales invoice", "Sales credit note"),
        ("Soort", "Factuur", "Creditnota"),
        ("Type de pièce", "Facture", "Avoir"),
        ("Belegart", "RE", "GS"),
        ("Vorgang", "Verkaufsrechnung", "Verkaufsgutschrift"),
        ("Clase", "Factura", "Abono"),
        ("Transaction", "Sale", "Return"),
        ("BwA", "601", "602"),
        ("Belegtyp", "Rechnung", "Stornorechnung"),
    ],
)
def test_a_kind_of_document_that_comes_back_is_subtracted(name: str, sale: str, back: str) -> None:
    rows = f"2026-01-01,A,9,{sale}\n2026-01-02,A,2,{back}\n2026-01-03,A,5,{sale}\n"
    text = f"date,item,quantity,{name}\n{rows}"
    assert asked(read(text))["returns"] == "subtract"
    assert read(text).value.quantity.tolist() == [[7, 0, 5]]
    assert read(text, returns="ignore").value.quantity.sum() == 14
    assert read(text, returns="add").value.quantity.sum() == 16


def test_a_status_and_a_kind_of_document_both_tell() -> None:
    rows = (
        "2026-01-01,A,9,Paid,Sales invoice\n2026-01-02,A,2,Paid,Sales credit note\n"
        "2026-01-03,A,5,Voided,Sales invoice\n2026-01-04,A,6,Paid,Sales invoice\n"
    )
    text = "date,item,quantity,Status,Kind\n" + rows
    assert asked(read(text)) == {"status": "Voided", "returns": "subtract"}
    assert read(text).value.quantity.tolist() == [[7, 0, 0, 6]]


def test_moves_under_any_heading_that_are_no_sale_are_asked_about() -> None:
    rows = "2026-01-01,A,9,Verkauf\n2026-01-02,A,50,Einkauf\n2026-01-03,A,5,Verkauf\n"
    text = "date,item,quantity,Postenart 2\n" + rows
    assert asked(read(text)) == {"document_type": "Einkauf"}
    assert read(text).value.quantity.tolist() == [[9, 0, 5]]
    assert read(text, document_type="(none)").value.quantity.sum() == 64


@pytest.mark.parametrize(
    ("first", "second"),
    [("Invoice", "Credit card"), ("Paypal", "Return"), ("S", "M"), ("601", "602")],
)
def test_other_columns_of_two_words_are_no_kinds_of_document(first: str, second: str) -> None:
    rows = f"2026-01-01,A,9,{first}\n2026-01-02,A,2,{second}\n2026-01-03,A,5,{first}\n"
    result = read("date,item,quantity,Payment\n" + rows)
    assert asked(result) == {}
    assert result.value.quantity.tolist() == [[9, 2, 5]]


def test_a_sale_that_was_refunded_is_left_out_and_not_taken_off_twice() -> None:
    rows = "2026-01-01,A,9,paid\n2026-01-02,A,2,refunded\n2026-01-03,A,5,paid\n"
    text = "date,item,quantity,Financial Status\n" + rows
    assert asked(read(text)) == {"status": "refunded"}
    assert read(text).value.quantity.tolist() == [[9, 0, 5]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sales Receipt", "demand"),
        ("Goods receipt", "no_demand"),
        ("Return receipt", "return"),
        ("partially_refunded", "unknown"),
        ("Remboursé", "no_demand"),
        ("Remboursement", "return"),
        ("Auftragsbestätigung", "demand"),
        ("Credit card", "unknown"),
    ],
)
def test_words_mean_what_planners_mean(text: str, said: str) -> None:
    assert meaning(text) == said


CHAIN = "".join(
    f"2026-01-{day:02d},{item},{3 * day + k},{kind}\n"
    for day in range(1, 9)
    for k, item in enumerate("AB")
    for kind in ("Angebot", "Auftrag", "Lieferschein", "Rechnung")
)


def test_a_sale_that_stands_there_as_several_documents_counts_once() -> None:
    text = "date,item,quantity,Belegart\n" + CHAIN
    assert asked(read(text)) == {"documents": "Auftrag"}
    once = [[3.0 * day + k for day in range(1, 9)] for k in range(2)]
    assert read(text).value.quantity.tolist() == once
    assert read(text, documents="Rechnung").value.quantity.tolist() == once
    assert read(text, documents="(all)", status="(none)").value.quantity.sum() == 4 * np.sum(once)


def test_a_delivery_that_follows_days_after_its_order_is_the_same_sale() -> None:
    rows = "".join(
        f"2026-01-{day + late:02d},{item},{7 * day + k},{kind}\n"
        for day in range(1, 12)
        for k, item in enumerate("AB")
        for kind, late in (("Order", 0), ("Delivery note", 2))
    )
    result = read("date,item,quantity,Document\n" + rows)
    assert asked(result)["documents"] == "Order"
    assert result.value.quantity.sum() == sum(7 * d + k for d in range(1, 12) for k in range(2))


def test_orders_and_invoices_of_different_sales_all_count() -> None:
    rows = "".join(
        f"2026-01-{day:02d},A,{2 * day + k},{kind}\n"
        for day in range(1, 12)
        for k, kind in enumerate(("Order", "Invoice"))
    )
    result = read("date,item,quantity,status\n" + rows)
    assert asked(result) == {}
    assert result.value.quantity.sum() == sum(4 * day + 1 for day in range(1, 12))


SHOP = (
    "Name,Financial Status,date,quantity,item,Cancelled at\n"
    "#1,paid,2026-01-01,9,A,\n#1,,2026-01-01,4,B,\n#2,voided,2026-01-02,3,A,2026-01-03\n"
    "#2,,2026-01-02,6,B,\n#2,,2026-01-02,1,C,\n#3,paid,2026-01-03,2,C,\n"
)


def test_further_lines_of_an_order_have_the_status_of_its_first_line() -> None:
    result = read(SHOP)
    assert result.value.quantity.tolist() == [[9, 0, 0], [4, 0, 0], [0, 0, 2]]
    lines = [g for g in result.guesses if g.name.startswith("lines of an order")]
    assert [g.value[0] for g in lines] == ["2", "3"]


def test_a_blank_status_is_no_further_line_where_the_order_is_another() -> None:
    rows = "2026-01-01,A,9,paid,DE\n2026-01-02,A,3,voided,DE\n2026-01-03,A,5,,DE\n"
    result = read("date,item,quantity,status,Country\n" + rows)
    assert result.value.quantity.tolist() == [[9, 0, 5]]
