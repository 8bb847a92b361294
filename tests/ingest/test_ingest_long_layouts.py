"""Long files as programs print them: groups, units, comments, page lines, variants, many names."""

from __future__ import annotations

import pytest

from core.domain import InputFileError
from core.ingest import ReadOptions, Result, Source, read_history
from core.ingest.columns import ONE_ITEM
from core.ingest.names import is_money, is_no_sale


def read(text: str, **answers: str) -> Result:  # type: ignore[type-arg]
    options = ReadOptions(answers=answers)
    return read_history(Source("sales.csv", text.encode()), options=options)


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


def series(result: Result) -> dict[str, list[float]]:  # type: ignore[type-arg]
    found = result.value
    return {key.item: row.tolist() for key, row in zip(found.keys, found.quantity, strict=True)}


def codes(result: Result) -> set[str]:  # type: ignore[type-arg]
    return {finding.code for finding in result.findings}


def guess(result: Result, name: str) -> str:  # type: ignore[type-arg]
    return next(g.evidence for g in result.guesses if g.name == name)


QUICKBOOKS = (
    "Sales by Product Detail\n\n,Date,Num,Qty,Amount\nStove\n"
    ',3/1/2026,1,5.00,50\n,3/2/2026,2,"1,200",12000\nTotal for Stove,,,"1,205",12050\n'
    'Mug\n,3/1/2026,3,7,7\n,3/14/2026,4,1,1\nTotal for Mug,,,8,8\nTOTAL,,,"1,213",12058\n'
)


def test_an_item_above_its_rows_is_proved_by_the_totals_below_them() -> None:
    result = read(QUICKBOOKS)
    assert asked(result) == {}
    assert series(result)["Stove"][:3] == [5, 1200, 0]
    assert series(result)["Mug"] == [7, *[0] * 12, 1]
    assert guess(result, "groups") == "2 totals hold the sum of their rows"
    assert {"heading_row", "total_row"} <= codes(result)


def test_headings_that_nothing_proves_are_asked_about() -> None:
    text = ",Date,Qty\nStove\n,2026-03-01,5\n,2026-03-02,6\nMug\n,2026-03-01,7\n,2026-03-02,8\n"
    result = read(text)
    assert asked(result) == {"fill_down": "fill"}
    assert result.questions[0].question.examples == ("row 2: 'Stove'", "row 5: 'Mug'")
    assert series(result) == {"Stove": [5, 6], "Mug": [7, 8]}
    with pytest.raises(InputFileError, match="item"):
        read(text, fill_down="blank")


def test_headings_on_two_levels_name_the_item_and_the_one_above_where_it_takes_both() -> None:
    rows = (
        "Outdoor\n   Mug\n,2026-03-01,5\n   Total for Mug,,5\n   Stove\n,2026-03-02,1\n"
        "   Total for Stove,,1\nTotal for Outdoor,,6\n"
        "Kitchen\n   Mug\n,2026-03-02,7\n   Total for Mug,,7\n,2026-03-01,4\n"
        "Total for Kitchen,,11\n"
    )
    result = read(",Date,Qty\n" + rows)
    assert series(result) == {
        "Outdoor:Mug": [5, 0],
        "Stove": [0, 1],
        "Kitchen:Mug": [0, 7],
        "Kitchen": [4, 0],
    }
    assert asked(result) == {}


def test_totals_that_do_not_add_up_prove_nothing() -> None:
    result = read(QUICKBOOKS.replace('Total for Stove,,,"1,205"', 'Total for Stove,,,"1,000"'))
    assert asked(result) == {"fill_down": "fill"}


def test_groups_with_their_sums_beside_the_heading() -> None:
    text = (
        "Product / Order Date,Quantity,Subtotal\n[A1] Stove (2),12,120\n   2026-03-01,5,50\n"
        "   2026-03-02,7,70\n[B2] Mug (10) (1),3,9\n   2026-03-02,3,9\n"
    )
    result = read(text)
    assert series(result) == {"[A1] Stove": [5, 7], "[B2] Mug (10)": [0, 3]}
    assert asked(result) == {}
    with pytest.raises(InputFileError):
        read(text.replace(",12,120", ",13,120"))


def test_a_heading_may_say_that_it_is_the_item() -> None:
    text = (
        "Datum;Beleg;Menge\nArtikel: A0 Schraube;;\n03.03.2026;R1;5\n14.03.2026;R2;6\n"
        "Artikel: A1 Mutter;;\n03.03.2026;R3;7\n14.03.2026;R4;8\n"
    )
    result = read(text)
    assert asked(result) == {} and guess(result, "groups") == "'Artikel: A0 Schraube' says so"
    assert {item: sum(row) for item, row in series(result).items()} == {
        "A0 Schraube": 11,
        "A1 Mutter": 15,
    }


def test_a_date_above_the_rows_of_its_day() -> None:
    text = "Artikel;Menge\n13.03.2026;\nMutter;3\nDübel;4\n14.03.2026;\nMutter;5\n"
    result = read(text)
    assert series(result) == {"Mutter": [3, 5], "Dübel": [4, 0]}
    assert asked(result) == {}


def test_a_plain_file_without_an_item_has_no_groups() -> None:
    for bad in ("2026-03-01,5,x\nclosed,,\n2026-03-03,6,y\n", "closed,,\n2026-03-01,5,x\n"):
        with pytest.raises(InputFileError, match="item"):
            read("date,quantity,remark\n" + bad, fill_down="blank")


DAYS = [f"2026-03-{day:02d}" for day in range(2, 9)]


def rows(*cells: str) -> str:
    return "".join(f"{day};{cell}\n" for day, cell in zip(DAYS, cells, strict=False))


def test_the_unit_behind_a_quantity_is_told_and_dropped() -> None:
    result = read("Datum;Artikel;Menge\n" + rows("A;12 Stk.", "A;1.200 Stk.", "A;3 Stück", "A;4"))
    assert series(result) == {"A": [12, 1200, 3, 4]}
    assert [g.value for g in result.guesses if g.name == "unit of quantity"] == ["pcs, no unit"]


@pytest.mark.parametrize("unit", ["u.", "pcs", "kg", "Stuks", "unités", "Karton"])
def test_units_of_five_languages(unit: str) -> None:
    text = "Datum;Artikel;Menge\n" + rows(f"A;1,5 {unit}", f"A;2 {unit}", f"A;3,25{unit}")
    assert series(read(text)) == {"A": [1.5, 2, 3.25]}


def test_metres_with_a_blank_are_a_unit() -> None:
    assert series(read("Datum;Artikel;Menge\n" + rows("A;1,5 m", "A;2 m"))) == {"A": [1.5, 2]}


def test_different_items_may_have_different_units_and_one_item_may_not() -> None:
    head = "Datum;Artikel;Menge\n"
    fine = read(head + rows("A;1,5 kg", "B;2 Stk", "A;3 kg"))
    assert asked(fine) == {} and series(fine)["A"] == [1.5, 0, 3]
    text = head + rows("A;1 Stk", "A;2 Karton", "A;3 Stk")
    mixed = read(text)
    assert asked(mixed) == {"mixed_units": "add"} and "mixed_units" in codes(mixed)
    assert series(read(text, mixed_units="pcs")) == {"A": [1, 0, 3]}


@pytest.mark.parametrize(
    "cell", ["1.2k", "3 Mio", "12 %", "12 foo", "2 Dutzend", "2 dozen", "1.5m", "12 T"]
)
def test_what_multiplies_a_number_is_no_unit(cell: str) -> None:
    with pytest.raises(InputFileError, match="not a number"):
        read("Datum;Artikel;Menge\n" + rows(f"A;{cell}", f"A;{cell}", f"A;{cell}"))


def test_comments_are_left_out_and_other_blank_quantities_asked_about() -> None:
    lines = "".join(f"{d};A;5;sold\n{d};A;;fee\n" for d in DAYS)
    text = "date;item;quantity;note\n" + lines + "2026-03-03;;;Shipment 17\n2026-03-04;;0;Hello\n"
    result = read(text)
    assert asked(result) == {"blank_quantity": "leave_out"}
    assert series(result) == {"A": [5] * 7}
    assert {f.code: f.count for f in result.findings if f.code != "stale"} == {
        "comment_row": 2,
        "blank_quantity": 7,
    }
    assert (result.counts.rows_read, result.counts.rows_used) == (16, 7)
    assert result.counts.rows_rejected == 0


def test_blank_quantities_may_be_noughts() -> None:
    text = "date;item;quantity\n" + rows("A;5", "A;", "A;", "A;", "A;6")
    assert series(read(text, blank_quantity="zero")) == {"A": [5, 0, 0, 0, 6]}


def test_a_comment_with_units_is_no_comment() -> None:
    text = "date;item;quantity;note\n" + rows("A;5;", "A;6;", ";7;lost label", "A;8;")
    with pytest.raises(InputFileError, match="Item is empty"):
        read(text)


def test_the_sum_at_the_end_needs_no_word() -> None:
    text = "date;item;quantity;note\n" + rows("A;5;", "A;6;", "A;7;", "B;8;")
    result = read(text + ";;26;x\n")
    assert series(result)["A"] == [5, 6, 7, 0] and "total_row" in codes(result)
    with pytest.raises(InputFileError, match="empty"):
        read(text + ";;25;x\n")


def test_lines_that_number_the_pages_are_left_out() -> None:
    head = "Datum;Artikel;Menge;Wert\n"
    first = rows("A;39,000;163,80", "A;10,000;42,00")
    text = "Absatzliste Seite 1\n" + head + first + "Absatzliste Seite 2 von 7\n" + head
    result = read(text + "2026-03-04;A;7,000;29,40\n")
    assert series(result) == {"A": [39, 10, 7]}
    assert asked(result) == {} and {"page_line", "repeated_header"} <= codes(result)


def test_items_that_are_called_page_are_no_page_lines() -> None:
    text = "date;item;quantity\n" + rows("Page 1;5", "Page 2;6")
    assert series(read(text)) == {"Page 1": [5, 0], "Page 2": [0, 6]}


def test_a_line_of_settings_above_the_names_is_no_header() -> None:
    settings = '"EXTF";700;21;"Buchungsstapel";9;2026;;"RE";"";"";1001;10001;4;1;"";1;0;"EUR"\n'
    text = settings + 'Belegdatum;Beleg;Artikelnummer;Menge\n13.03.2026;"R1";"4711";3099,00\n'
    text += '14.03.2026;"R2";"4711";1,00\n'
    assert series(read(text)) == {"4711": [3099, 1]}


@pytest.mark.parametrize(
    "head",
    [
        "Datum,Erzeugnis,Abgang,Bestand",
        "Datum,Leistung,Verkaufte Einheiten,Erlös",
        "Fecha,Denominación,Salidas,Existencias",
        "Date,Titre,Vendus,CA",
        "Datum,Naam,Verkopen,Omzet",
        "Date,Dish,Portions,Turnover",
        "Stock on hand,Interval,SKU,Ordered Quantity",
    ],
)
def test_names_of_many_programs(head: str) -> None:
    names = head.split(",")
    stock_first = names[0].startswith("Stock")
    cells = [(99, "2026-03-02", "A1", 3) if stock_first else ("2026-03-02", "A1", 3, 99)]
    cells.append((98, "2026-03-03", "A1", 4) if stock_first else ("2026-03-03", "A1", 4, 98))
    text = head + "\n" + "".join(",".join(map(str, row)) + "\n" for row in cells)
    result = read(text)
    assert series(result) == {"A1": [3, 4]} and asked(result) == {}


@pytest.mark.parametrize("name", ["Umsatz", "CA", "Omzet", "Turnover", "Takings", "Importe"])
def test_money_is_never_taken_for_units(name: str) -> None:
    assert is_money(name)
    with pytest.raises(InputFileError, match=f"{name}' is money"):
        read(f"date,item,{name}\n2026-03-02,A,7.50\n2026-03-03,A,9\n")


@pytest.mark.parametrize("name", ["Bestand", "Existencias", "Voorraad", "Stock quantity"])
def test_stock_is_never_taken_for_units(name: str) -> None:
    assert is_no_sale(name)
    with pytest.raises(InputFileError, match="quantity"):
        read(f"date,item,{name}\n2026-03-02,A,7\n2026-03-03,A,9\n")


def test_a_file_without_an_item_may_be_about_one() -> None:
    text = "Date,Units Ordered,Sessions\n2026-03-02,3,100\n2026-03-03,4,101\n"
    with pytest.raises(InputFileError, match="item"):
        read(text)
    assert series(read(text, column_item=ONE_ITEM)) == {"All sales": [3, 4]}


VARIANTS = (
    "date,product,variant,qty\n2026-03-02,Mug,Blue,3\n2026-03-02,Mug,Red,4\n2026-03-03,Pot,{},5\n"
)


def test_product_and_variant_together_name_the_item_where_both_are_filled() -> None:
    result = read(VARIANTS.format("Red"))
    assert asked(result) == {"variants": "together"}
    assert series(result) == {"Mug / Blue": [3, 0], "Mug / Red": [4, 0], "Pot / Red": [0, 5]}
    assert series(read(VARIANTS.format("Red"), variants="item")) == {"Mug": [7, 0], "Pot": [0, 5]}


def test_products_without_a_variant_stay_whole_unless_told_otherwise() -> None:
    result = read(VARIANTS.format(""))
    assert asked(result)["variants"] == "item"
    told = read(VARIANTS.format(""), variants="together")
    assert series(told) == {"Mug / Blue": [3, 0], "Mug / Red": [4, 0], "Pot": [0, 5]}


def test_a_code_of_its_own_for_each_variant_needs_no_question() -> None:
    text = "date,sku,size,qty\n2026-03-02,M1,S,3\n2026-03-03,M2,L,4\n2026-03-04,M1,S,5\n"
    assert asked(read(text)) == {}
    assert series(read(text)) == {"M1": [3, 0, 5], "M2": [0, 4, 0]}


def test_the_size_of_an_order_is_no_variant() -> None:
    text = "date,item,order size,qty\n2026-03-02,A,10,3\n2026-03-03,A,20,4\n"
    assert asked(read(text)) == {}
    assert asked(read(text.replace("order size", "size"))) == {"variants": "together"}


def test_lines_of_accounts_are_no_demand_and_sales_on_account_are() -> None:
    text = "date,item,qty,type\n" + "".join(f"{d},A,5,Item\n{d},6810,1,{{}}\n" for d in DAYS)
    assert asked(read(text.format(*["G/L Account"] * 7))) == {"status": "G/L Account"}
    assert asked(read(text.format(*["Account"] * 7))) == {}


def test_a_question_for_a_column_shows_its_cells() -> None:
    text = "date,item,sales,orders\n2026-03-02,A,3,1\n2026-03-03,A,4,2\n2026-03-04,A,5,2\n"
    (found,) = read(text).questions
    assert found.question.id == "column_quantity" and found.answer == "sales"
    assert found.question.choices["sales"] == "sales: 3; 4; 5"
    assert "orders: 1; 2" in found.question.examples


def test_headings_under_a_name_of_their_own_are_proved_by_totals_too() -> None:
    text = QUICKBOOKS.replace("\n,Date", "\nProduct/Service,Date").replace(
        ",3/14/2026,4,1", ",3/14/2026,4,1"
    )
    result = read(text.replace("Product/Service", "Product"))
    assert asked(result) == {} and sum(series(result)["Mug"]) == 8


def test_headings_above_rows_that_begin_with_a_number_of_a_document() -> None:
    text = (
        "Beleg;Datum;Menge\nArtikel: A0;;\nR1;13.03.2026;5\nR2;14.03.2026;6\n"
        "Artikel: A1;;\nR3;13.03.2026;7\n"
    )
    assert series(read(text)) == {"A0": [5, 6], "A1": [7, 0]}


def test_sales_with_two_decimals_may_be_money_and_are_asked_about() -> None:
    text = "date,item,sales\n2026-03-02,A,3.50\n2026-03-03,A,7.25\n"
    assert asked(read(text)) == {"column_quantity": "sales"}
    assert asked(read(text.replace(".50", "").replace(".25", ""))) == {}
    told = read(text.replace("sales", "revenue"), column_quantity="revenue")
    assert "money_as_units" in codes(told)


def test_the_sums_of_customers_prove_no_items() -> None:
    text = QUICKBOOKS.replace("\n,Date", "\nCustomer,Date")
    result = read(text)
    assert asked(result) == {"fill_down": "fill"}
    assert "name the item" in result.questions[0].question.text


def test_headings_above_whole_rows_may_name_the_shop() -> None:
    text = (
        "Artikel;Datum;Menge\nNord;;\nA;13.03.2026;5\nB;14.03.2026;6\n"
        "Süd;;\nA;13.03.2026;7\nB;14.03.2026;8\n"
    )
    result = read(text)
    assert asked(result) == {"headings": "location"}
    assert {
        key.label: row.tolist()
        for key, row in zip(result.value.keys, result.value.quantity, strict=True)
    } == {"A @ Nord": [5, 0], "A @ Süd": [7, 0], "B @ Nord": [0, 6], "B @ Süd": [0, 8]}
    assert series(read(text, headings="note")) == {"A": [12, 0], "B": [0, 14]}
    said = read(text.replace("Nord;", "Filiale: Nord;").replace("Süd;", "Filiale: Süd;"))
    assert asked(said) == {} and {key.location for key in said.value.keys} == {"Nord", "Süd"}


def test_headings_of_kinds_of_items_are_left_out_by_default() -> None:
    text = "Artikel;Datum;Menge\nSchrauben;;\nA;13.03.2026;5\nDübel;;\nB;14.03.2026;6\n"
    result = read(text)
    assert asked(result) == {"headings": "note"}
    assert series(result) == {"A": [5, 0], "B": [0, 6]}


def test_an_item_without_a_date_and_a_quantity_is_no_heading() -> None:
    with pytest.raises(InputFileError, match="is empty"):
        read("Artikel;Datum;Menge\nA;;\nA;13.03.2026;5\nB;;\nB;14.03.2026;6\n")


def test_rows_that_lack_more_than_a_quantity_are_faulty() -> None:
    text = "date;item;quantity\n" + rows("A;5", ";", ";", ";", "A;6")
    with pytest.raises(InputFileError, match="Item is empty"):
        read(text)
