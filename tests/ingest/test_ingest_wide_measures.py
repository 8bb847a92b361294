"""Wide tables that count several things per period, stand below each other, or name no sign."""

from __future__ import annotations

import pytest

from core.domain import InputFileError
from core.ingest import ReadOptions, Result, Source, read_history


def read(text: str, **answers: str) -> Result:  # type: ignore[type-arg]
    options = ReadOptions(answers=answers)
    return read_history(Source("wide.csv", text.encode()), options=options)


def series(result: Result) -> dict[str, list[float]]:  # type: ignore[type-arg]
    keys = [key.item for key in result.value.keys]
    return dict(zip(keys, result.value.quantity.tolist(), strict=True))


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


HEADS = {
    "year, month, measure": ",2026,,,\n,Jan,,Feb,\nItem,Qty,Rev,Qty,Rev\n",
    "item on top": "Item,2026,,,\n,Jan,,Feb,\n,Qty,Rev,Qty,Rev\n",
    "pivot": "Row Labels,2026-01,,2026-02,\n,Sum of Qty,Sum of Revenue,Sum of Qty,Sum of Revenue\n",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_names_in_three_rows_and_of_pivots(head: str) -> None:
    result = read(head + "A,3,30.5,0,0\nB,5,50.5,7,70.5\n")
    assert series(result) == SOLD


SOLD = {"A": [3, 0], "B": [5, 7]}
SIDE_BY_SIDE = {
    "one row": "Item,Qty Jan 2026,Amt Jan 2026,Qty Feb 2026,Amt Feb 2026\n",
    "groups": "Item,Jan 2026,,Feb 2026,\n,Units,$,Units,$\n",
    "German": "Artikel,01.2026 Menge,01.2026 Umsatz,02.2026 Menge,02.2026 Umsatz\n",
    "running": "SKU,Jan-26,Jan-26 YTD,Feb-26,Feb-26 YTD\n",
    "last year": "SKU,Jan-26,Jan-26 Vorjahr,Feb-26,Feb-26 Vorjahr\n",
    "French": "Article,janv. 2026 Qté,janv. 2026 CA montant,févr. 2026 Qté,févr. 2026 CA montant\n",
}


@pytest.mark.parametrize("head", SIDE_BY_SIDE.values(), ids=SIDE_BY_SIDE.keys())
def test_only_one_thing_that_is_counted_can_be_the_sales(head: str) -> None:
    result = read(head + "A,3,30.5,0,0\nB,5,50.5,7,70.5\n")
    assert (series(result), asked(result)) == (SOLD, {})
    (told,) = [f for f in result.findings if f.code == "measure_left_out"]
    assert told.count == 2


def test_months_of_plans_beside_months_of_sales() -> None:
    head = ",Actual 2026,,Budget 2026,\nItem,Jan,Feb,Jan,Feb\n"
    result = read(head + "A,3,0,9,9\nB,5,7,9,9\n")
    assert series(result) == SOLD
    assert next(g for g in result.guesses if g.name == "measure").value == "Actual"


def test_what_could_be_the_sales_is_asked_for() -> None:
    text = (
        "Item,Jan 2026 Sales,Jan 2026 Units,Feb 2026 Sales,Feb 2026 Units\nA,30,3,0,0\nB,5,5,6,7\n"
    )
    result = read(text)
    assert (asked(result), series(result)) == ({"measure": "Units"}, SOLD)
    assert series(read(text, measure="Sales")) == {"A": [30, 0], "B": [5, 6]}
    assert series(read(text, measure="(all)")) == {"A": [33, 0], "B": [10, 13]}


def test_a_word_that_says_nothing_beside_money_is_asked_for() -> None:
    result = read("Item,Jan 2026 DB,Jan 2026 EUR,Feb 2026 DB,Feb 2026 EUR\nA,3,9,0,9\nB,5,9,7,9\n")
    assert (asked(result), series(result)) == ({"measure": "DB"}, SOLD)


def test_money_alone_is_refused() -> None:
    with pytest.raises(InputFileError, match="count no units sold") as caught:
        read("Item,Jan 2026 Umsatz,Feb 2026 Umsatz,Mar 2026 Umsatz\nA,30,0,1\nB,5,7,1\n")
    assert caught.value.findings[0].value == "Umsatz"


def test_a_word_beside_every_period_is_cut_off() -> None:
    result = read("Item,Units 2026-01,Units 2026-02\nA,3,0\nB,5,7\n")
    assert (series(result), asked(result)) == (SOLD, {})


def test_names_that_say_nothing_of_what_is_counted_are_left_alone() -> None:
    plain = read("Item,Price,Stock,2026-01,2026-02,2026-03\nA,2,9,3,0,1\nB,3,9,5,7,1\n")
    assert series(plain) == {"A": [3, 0, 1], "B": [5, 7, 1]}
    assert not [g for g in plain.guesses if g.name == "measure"]
    with pytest.raises(InputFileError):
        read("Item,Berlin 2026-01,Paris 2026-01,Berlin 2026-02,Paris 2026-02\nA,1,2,3,4\n")


BLOCKS = "{0},,\nItem,Jan,Feb\nA,1,2\nB,3,4\n,,\n{1},,\nItem,Jan,Feb\nB,5,6\nC,7,8\n"
BOTH = [1, 2, *[0] * 12], [3, 4, *[0] * 10, 5, 6], [*[0] * 12, 7, 8]


@pytest.mark.parametrize("titles", [("2025", "2026"), ("Sales 2025", "Sales 2026")])
def test_tables_below_each_other_follow_each_other(titles: tuple[str, str]) -> None:
    text = BLOCKS.format(*titles).replace("Jan,Feb", ",".join(MONTHS))
    text = text.replace(",2\n", ",2" + ",0" * 10 + "\n").replace(",4\n", ",4" + ",0" * 10 + "\n")
    text = text.replace(",6\n", ",6" + "," * 10 + "\n").replace(",8\n", ",8" + "," * 10 + "\n")
    result = read(text)
    assert series(result) == dict(zip("ABC", map(list, BOTH), strict=True))
    assert asked(result) == {}
    assert next(g for g in result.guesses if g.name == "tables").value.startswith("2,")


def test_a_second_table_with_full_dates_follows_the_first() -> None:
    text = "Artikel;01.2025;02.2025\nA;1;2\nB;3;4\n;;\nArtikel;03.2025;04.2025\nA;5;6\nB;7;8\n"
    assert series(read(text)) == {"A": [1, 2, 5, 6], "B": [3, 4, 7, 8]}
    # Without the name of the item above it, this is an item with two odd quantities.
    as_item = read(text.replace("\nArtikel;03", "\nC;03"), decimal=".")
    assert series(as_item)["C"] == [3.2025, 4.2025]


MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def test_names_repeated_on_every_page_are_no_second_table() -> None:
    result = read("Item,2026-01,2026-02\nA,3,0\nItem,2026-01,2026-02\nB,5,7\n")
    assert series(result) == SOLD
    assert not [g for g in result.guesses if g.name == "tables"]


SHOPS = (
    "Zeilenbeschriftungen;01.2026;02.2026\nBolt;5;7\nBerlin;2;3\nParis;3;4\n"
    "Nut;4;0\nBerlin;4;0\nParis;0;0\nWasher;0;9\nParis;0;9\n"
)


def test_items_above_their_shops_are_asked_about() -> None:
    result = read(SHOPS)
    assert asked(result) == {"nested_rows": "locations"}
    keys = [(key.item, key.location) for key in result.value.keys]
    pairs = [("Bolt", "Berlin"), ("Bolt", "Paris"), ("Nut", "Berlin"), ("Nut", "Paris")]
    assert keys == [*pairs, ("Washer", "Paris")]
    assert result.value.quantity.tolist() == [[2, 3], [3, 4], [4, 0], [0, 0], [0, 9]]
    turned = read(SHOPS, nested_rows="items")
    assert [(key.item, key.location) for key in turned.value.keys][:2] == [
        ("Berlin", "Bolt"),
        ("Berlin", "Nut"),
    ]
    answers = {"nested_rows": "details", "column_item": "Zeilenbeschriftungen"}
    assert series(read(SHOPS, **answers)) == {"Bolt": [5, 7], "Nut": [4, 0], "Washer": [0, 9]}


def test_a_number_in_a_sum_that_is_left_out_raises_the_question_of_the_sign() -> None:
    rows = (
        "A;3.000;4.100\nX;1.000;2.000\nY;2.000;2.100\nC;2.000;2.000\nX;1.000;1.500\nY;1.000;500\n"
    )
    result = read("Artikel;01.2026;02.2026\n" + rows)
    assert asked(result) == {"nested_rows": "locations", "decimal": ","}
    assert result.value.quantity.tolist() == [[1000, 2000], [2000, 2100], [1000, 1500], [1000, 500]]


def test_rows_that_do_not_add_up_to_the_one_above_are_items() -> None:
    result = read(SHOPS.replace("Bolt;5;7", "Bolt;5;8"), column_item="Zeilenbeschriftungen")
    assert "nested_rows" not in asked(result)
    assert result.value.quantity.sum() > 25


THOUSANDS = "Artikel\tJan 2026\tFeb 2026\tMrz 2026\nA\t1.423\t2.962\t789\nB\t2.067\t1.793\t2.187\n"


def test_numbers_with_three_digits_after_every_sign_are_proposed_as_thousands() -> None:
    result = read(THOUSANDS)
    assert asked(result) == {"decimal": ","}
    assert series(result) == {"A": [1423, 2962, 789], "B": [2067, 1793, 2187]}
    assert series(read(THOUSANDS, decimal="."))["B"] == [2.067, 1.793, 2.187]
    rows = "".join(f"2026-01-{d:02d}\tA\t1.{d * 37:03d}\n" for d in range(1, 9))
    assert read("date\titem\tquantity\n" + rows).value.quantity[0, 0] == 1037


@pytest.mark.parametrize(("last", "first"), [("789", 1037), ("1.999", 1.037)])
def test_a_comma_between_cells_speaks_for_points_but_for_small_whole_numbers(
    last: str, first: float
) -> None:
    rows = "".join(f"2026-01-{d:02d},A,1.{d * 37:03d}\n" for d in range(1, 9))
    result = read(f"date,item,quantity\n{rows}2026-01-09,A,{last}\n")
    assert "decimal" in asked(result)
    assert result.value.quantity[0, 0] == pytest.approx(first)


@pytest.mark.parametrize("beside", ["1423", "0.500", "12.25"])
def test_other_numbers_of_the_column_speak_against_thousands(beside: str) -> None:
    rows = "".join(f"2026-01-{d:02d},A,1.{d * 37:03d}\n" for d in range(1, 9))
    result = read(f"date,item,quantity\n{rows}2026-01-09,A,{beside}\n")
    assert result.value.quantity[0, 0] == pytest.approx(1.037)


def test_a_comma_in_a_file_with_semicolons_is_no_sign_of_thousands() -> None:
    rows = "".join(f"2026-01-{d:02d};A;1,{d * 37:03d}\n" for d in range(1, 9))
    result = read("date;item;quantity\n" + rows)
    assert asked(result) == {"decimal": ","}
    assert result.value.quantity[0, 0] == pytest.approx(1.037)


def test_whole_numbers_with_noughts_behind_are_no_thousands() -> None:
    rows = "".join(f"2026-01-{d:02d},A,{d}.000\n" for d in range(1, 9))
    assert read("date,item,quantity\n" + rows).value.quantity[0].tolist() == list(range(1, 9))
