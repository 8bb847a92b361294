"""Returns: taken off where the goods were sold; credit notes, documents and lines of orders."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain import InputFileError, Period
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


def test_what_came_back_is_known_by_period_beside_the_net_sales() -> None:
    rows = "2026-01-01,A,9\n2026-01-02,A,5\n2026-01-02,A,-2\n2026-01-03,A,-1\n"
    result = read("date,item,quantity\n" + rows)
    assert result.value.quantity.tolist() == [[9, 2, 0]]
    assert result.value.returned.tolist() == [[0, 2, 1]]
    assert read("date,item,quantity\n2026-01-01,A,9\n2026-01-02,A,1\n").value.returned is None


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
    ("name", "sale", "back"),
    [("Is return", "no", "yes"), ("Retoure", "", "X"), ("Remark", "", "Gutschrift")],
)
def test_rows_that_are_marked_as_returns_are_subtracted(name: str, sale: str, back: str) -> None:
    rows = f"2026-01-01,A,9,{sale}\n2026-01-02,A,2,{back}\n2026-01-03,A,5,{sale}\n"
    text = f"date,item,quantity,{name}\n{rows}"
    assert asked(read(text)) == {"returns": "subtract"}
    assert read(text).value.quantity.tolist() == [[7, 0, 5]]


@pytest.mark.parametrize(
    ("name", "sale", "back"),
    [("Returnable", "no", "no"), ("On credit", "no", "yes")],
)
def test_other_columns_on_returns_mark_none(name: str, sale: str, back: str) -> None:
    rows = f"2026-01-01,A,9,{sale}\n2026-01-02,A,2,{back}\n2026-01-03,A,5,{sale}\n"
    result = read(f"date,item,quantity,{name}\n{rows}")
    assert asked(result) == {}
    assert result.value.quantity.tolist() == [[9, 2, 5]]


def test_billing_types_are_asked_about() -> None:
    rows = "2026-01-01,A,9,F2\n2026-01-02,A,2,RE\n2026-01-03,A,5,F2\n2026-01-04,A,3,G2\n"
    result = read("date,item,quantity,Fakturaart\n" + rows)
    assert asked(result) == {"status": "(none)", "returns": "subtract"}


def test_every_column_that_tells_is_asked_about() -> None:
    rows = (
        "2026-01-01,A,9,open,Sale,Order\n2026-01-02,A,50,paid,Purchase,Order\n"
        "2026-01-03,A,5,paid,Sale,Quote\n2026-01-04,A,7,paid,Sale,Order\n"
    )
    result = read("date,item,quantity,Payment,Booking,Paper\n" + rows)
    assert asked(result) == {"document_type": "Purchase", "document_type_2": "Quote"}
    assert result.value.quantity.tolist() == [[9, 0, 0, 7]]


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


@pytest.mark.parametrize("name", ["Belegart", "Type", "Vorgang"])
def test_a_sale_that_stands_there_as_several_documents_counts_once(name: str) -> None:
    text = f"date,item,quantity,{name}\n{CHAIN}"
    assert asked(read(text)) == {"documents": "Auftrag"}
    once = [[3.0 * day + k for day in range(1, 9)] for k in range(2)]
    assert read(text).value.quantity.tolist() == once
    assert read(text, documents="Rechnung").value.quantity.tolist() == once
    assert read(
        text, documents="(all)", **{"status": "(none)", "document_type": "(none)"}
    ).value.quantity.sum() == 4 * np.sum(once)


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


def test_documents_that_may_be_alike_by_chance_are_asked_about_and_count() -> None:
    rows = "".join(
        f"2026-01-{day + late:02d},A,{1 + day % 2},{kind}\n"
        for day in range(1, 21)
        for kind, late in (("Order", 0), ("Delivery note", 1))
    )
    text = "date,item,quantity,Document\n" + rows
    assert asked(read(text))["documents"] == "(all)"
    assert read(text).value.quantity.sum() == 60
    assert read(text, documents="Order").value.quantity.sum() == 30


def test_a_few_open_orders_do_not_outweigh_the_invoices() -> None:
    rows = "".join(f"2026-01-{day:02d},A,{3 * day},Invoice\n" for day in range(1, 21))
    rows += "".join(f"2026-01-{day:02d},A,{3 * day},Order\n" for day in range(1, 6))
    result = read("date,item,quantity,Document\n" + rows)
    assert asked(result)["documents"] == "Invoice"
    assert result.value.quantity.sum() == sum(3 * day for day in range(1, 21))


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


CHARGES = (
    *("Versandkosten", "Rabatt 5 %", "Frais de port", "Gastos de envío", "Korting 10%", "Discount"),
    *("Shipping & Handling", "Pfand 0,25", "Rundungsdifferenz", "DHL Express Versand", "Tip"),
)
GOODS = ("Versandtasche", "Port wine", "Pen tip 0.5", "Deposit box", "POST")


@pytest.mark.parametrize("name", CHARGES)
def test_lines_that_are_no_goods_are_asked_about_and_left_out(name: str) -> None:
    rows = f"2026-01-01;A;9\n2026-01-01;{name};1\n2026-01-02;A;4\n2026-01-02;{name};1\n"
    text = "date;item;quantity\n" + rows
    result = read(text)
    assert asked(result)["no_goods"] == name
    assert result.value.quantity.tolist() == [[9, 4]]
    assert f"{name} 2 units" in told(result, "no_goods_left_out")[0]
    assert read(text, no_goods="(none)").value.quantity.sum() == 15


@pytest.mark.parametrize(
    "name", ["Versandtasche", "Port wine", "Pen tip 0.5", "Deposit box", "POST"]
)
def test_goods_with_such_a_word_in_their_name_stay(name: str) -> None:
    rows = f"2026-01-01;A;9\n2026-01-01;{name};1\n2026-01-02;A;4\n2026-01-02;{name};1\n"
    result = read("date;item;quantity\n" + rows)
    assert asked(result).get("no_goods") is None
    assert result.value.quantity.tolist() == [[9, 4], [1, 1]]


def test_what_a_line_is_may_stand_in_its_description() -> None:
    rows = "2026-01-01,1,Mug,9\n2026-01-01,6810,Freight,1\n2026-01-02,1,Mug,4\n"
    result = read("date,item,description,quantity\n" + rows)
    assert asked(result) == {"no_goods": "Freight"}
    assert result.value.quantity.tolist() == [[9, 4]]


def test_comments_between_the_lines_of_an_invoice_are_left_out() -> None:
    rows = "2026-01-01,A,9,Mug\n2026-01-01,,0,Shipment No. 7\n2026-01-02,A,4,Mug\n"
    result = read("date,item,quantity,text\n" + rows)
    assert result.value.quantity.tolist() == [[9, 4]]
    (told_,) = [f for f in result.findings if f.code == "comment_row"]
    assert (told_.row, told_.value, told_.count) == (3, "Shipment No. 7", 1)


def test_a_quantity_without_an_item_is_no_comment() -> None:
    with pytest.raises(InputFileError, match="Item is empty"):
        read("date,item,quantity\n2026-01-01,A,9\n2026-01-01,,3\n2026-01-02,A,4\n")


def test_dozens_and_pieces_of_an_item_are_counted_in_pieces() -> None:
    rows = "2026-01-01,A,2,DZ\n2026-01-02,A,3,EA\n2026-01-02,B,4,DZ\n2026-01-03,A,1,\n"
    text = "date,item,quantity,UoM\n" + rows
    assert asked(read(text)) == {"units": "convert"}
    # B is sold by the dozen only.
    assert read(text).value.quantity.tolist() == [[24, 3, 1], [0, 4, 0]]
    assert read(text, units="as_is").value.quantity.tolist() == [[2, 3, 1], [0, 4, 0]]


def test_kilograms_and_grams_of_an_item_are_counted_in_grams() -> None:
    rows = "01.01.2026;A;0,5;kg\n02.01.2026;A;250;g\n03.01.2026;B;13;St\n"
    result = read("Datum;Artikel;Menge;ME\n" + rows)
    assert asked(result)["units"] == "convert"
    assert result.value.quantity.tolist() == [[500, 250, 0], [0, 0, 13]]


def test_what_a_carton_holds_is_not_known_and_told() -> None:
    rows = "2026-01-01,A,2,KAR\n2026-01-02,A,3,ST\n2026-01-02,B,4,ST\n2026-01-03,B,1,Stk.\n"
    result = read("date,item,quantity,Einheit\n" + rows)
    assert asked(result) == {}
    assert result.value.quantity.tolist() == [[2, 3, 0], [0, 4, 1]]
    (found,) = [f for f in result.findings if f.code == "mixed_units"]
    assert (found.severity, found.count, found.item) == ("warning", 2, "A")


PACKS = "2026-01-01,A,2,KAR,24\n2026-01-02,A,3,ST,1\n2026-01-02,B,4,ST,1\n2026-01-03,A,1,KAR,{}\n"


def test_what_a_carton_holds_may_stand_beside_it() -> None:
    text = "date,item,quantity,Einheit,Menge pro Einheit\n" + PACKS.format(24)
    assert asked(read(text)) == {"units": "convert"}
    assert read(text).value.quantity.tolist() == [[48, 3, 24], [0, 4, 0]]
    assert read(text, units="as_is").value.quantity.tolist() == [[2, 3, 1], [0, 4, 0]]


def test_a_number_beside_that_says_different_things_of_a_carton_is_no_factor() -> None:
    text = "date,item,quantity,Einheit,Menge pro Einheit\n" + PACKS.format(7)
    result = read(text)
    assert result.value.quantity.tolist() == [[2, 3, 1], [0, 4, 0]]
    assert asked(result) == {} and told(result, "mixed_units")


def test_a_unit_that_is_not_known_is_another_unit() -> None:
    rows = "2026-01-01,A,2,Mischtray\n2026-01-02,A,3,ST\n2026-01-03,A,4,ST\n"
    assert told(read("date,item,quantity,ME\n" + rows), "mixed_units")


def test_sizes_are_no_units() -> None:
    rows = "2026-01-01,A,2,M\n2026-01-02,A,3,L\n2026-01-03,A,1,L\n"
    result = read("date,item,quantity,Size\n" + rows, variants="item")
    assert result.value.quantity.tolist() == [[2, 3, 1]]
    assert not told(result, "mixed_units") and asked(result) == {"variants": "item"}


def test_codes_that_differ_in_capitals_are_asked_about() -> None:
    rows = "2026-01-01,AB-1,2\n2026-01-02,ab-1 ,3\n2026-01-02,AB-2,4\n2026-01-03,AB-1,1\n"
    text = "date,item,quantity\n" + rows
    assert asked(read(text)) == {"spelling": "same"}
    assert [key.item for key in read(text).value.keys] == ["AB-1", "AB-2"]
    assert read(text).value.quantity.tolist() == [[2, 3, 1], [0, 4, 0]]
    apart = read(text, spelling="apart")
    assert [key.item for key in apart.value.keys] == ["AB-1", "AB-2", "ab-1"]
    assert told(apart, "case_twins")


def test_codes_with_blanks_at_their_ends_are_the_same_without_a_question() -> None:
    result = read('date,item,quantity\n2026-01-01,AB-1,2\n2026-01-02,"AB-1  ",3\n')
    assert asked(result) == {}
    assert result.value.quantity.tolist() == [[2, 3]]
