"""Lines that are no goods, units that came back in a column beside, channels that are no places."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain import InputFileError, Period
from core.ingest import ReadOptions, Result, Source, read_history


def read(text: str, **answers: str) -> Result:  # type: ignore[type-arg]
    options = ReadOptions(answers=answers)
    return read_history(Source("sales.csv", text.encode()), options=options, period=Period.DAY)


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


def series(result: Result) -> dict[str, list[float]]:  # type: ignore[type-arg]
    history = result.value
    names = [" ".join(filter(None, (k.location, k.item))) for k in history.keys]
    return dict(zip(names, history.quantity.tolist(), strict=True))


def test_a_column_that_numbers_lines_is_not_the_item() -> None:
    head = "Bestellung,Datum,Artikel #,Bezeichnung,EAN,Menge\n"
    rows = (
        "1,2025-01-01,1,Rot,40001,5\n1,2025-01-01,2,Blau,40002,3\n2,2025-01-02,1,Blau,40002,4\n"
        "3,2025-01-03,1,Rot,40001,2\n3,2025-01-03,2,Blau,40002,1\n"
    )
    assert series(read(head + rows)) == {"40001": [5, 0, 2], "40002": [3, 4, 1]}
    alone = "".join(row for row in rows.splitlines(True) if ",2,Blau" not in row)
    assert series(read(head + alone)) == {"40001": [5, 0, 2], "40002": [0, 4, 0]}


def test_items_that_are_called_1_2_3_stay_items() -> None:
    text = (
        "date,item,EAN,quantity\n2025-01-01,1,40001,5\n2025-01-01,2,40002,3\n"
        "2025-01-02,1,40001,4\n2025-01-02,2,40002,6\n"
    )
    assert series(read(text)) == {"1": [5, 4], "2": [3, 6]}
    one = "date,item,note,quantity\n2025-01-01,A,x,5\n2025-01-02,A,y,3\n2025-01-03,A,z,3\n"
    assert series(read(one)) == {"A": [5, 3, 3]}


@pytest.mark.parametrize(
    "name",
    [
        "Qty refunded",
        "Cancelled quantity",
        "Retouren Stück",
        "Menge storniert",
        "Quantité remboursée",
        "Uds devueltas",
        "Terugbetaald aantal",
        "Geannuleerd aantal",
    ],
)
def test_units_that_came_back_in_a_column_beside_are_subtracted(name: str) -> None:
    text = f"date,item,quantity,{name}\n2025-01-01,A,5,0\n2025-01-02,A,7,2\n2025-01-03,A,3,\n"
    result = read(text)
    assert asked(result) == {"taken_off": "subtract"}
    assert series(result) == {"A": [5, 5, 3]}
    (told,) = [f for f in result.findings if f.code == "taken_off"]
    assert told.what.startswith("2 units") and told.count == 1
    assert series(read(text, taken_off="keep")) == {"A": [5, 7, 3]}


def test_returned_units_of_a_cancelled_order_are_not_subtracted_twice() -> None:
    text = (
        "date,item,quantity,Returned quantity,status\n2025-01-01,A,5,0,shipped\n"
        "2025-01-01,A,7,7,cancelled\n2025-01-02,A,4,-1,shipped\n"
    )
    assert series(read(text)) == {"A": [5, 3]}


@pytest.mark.parametrize(
    "names", ["quantity,Refund amount", "Net quantity,Returned quantity", "quantity,Open returns"]
)
def test_money_and_net_quantities_are_read_as_they_stand(names: str) -> None:
    result = read(f"date,item,{names}\n2025-01-01,A,5,1\n2025-01-02,A,7,2\n")
    assert "taken_off" not in asked(result)
    assert series(result) == {"A": [5, 7]}


ORDERS = (
    "Datum;Positionstyp;Artikelnummer;Artikelname;Anzahl\n"
    "01.01.2025;Artikel;0010;Rot;5\n01.01.2025;{type};;{name};1\n"
    "02.01.2025;Artikel;0020;Blau;2\n02.01.2025;{type};;{name};1\n"
    "13.01.2025;Artikel;0010;Rot;1\n13.01.2025;{type};;{name};1\n"
    "14.01.2025;Artikel;0020;Blau;3\n14.01.2025;Artikel;0010;Rot;4\n"
)


def test_shipping_lines_without_a_number_are_no_units_of_the_item_above() -> None:
    text = ORDERS.format(type="Versandposition", name="DHL Paket bis 5 kg")
    result = read(text)
    assert asked(result)["no_goods"] == "Versandposition"
    assert "fill_down" not in asked(result)
    quantity = {name: sum(filter(None, units)) for name, units in series(result).items()}
    assert quantity == {"0010": 10, "0020": 5}
    assert read(text, fill_down="blank").value.quantity.shape[0] == 2


def test_goods_without_a_number_are_called_by_their_name() -> None:
    result = read(ORDERS.format(type="Artikel", name="Sonderbau"))
    quantity = {name: np.nansum(units) for name, units in series(result).items()}
    assert quantity == {"0010": 10, "0020": 5, "Sonderbau": 3}
    (told,) = [f for f in result.findings if f.code == "no_item_number"]
    assert (told.severity, told.count, told.value) == ("warning", 3, "Sonderbau")


def test_an_item_that_is_written_once_above_its_rows_is_still_filled_down() -> None:
    text = (
        "item,description,date,quantity\nA,Red,2025-01-01,5\n,Red,2025-01-02,3\n,Red,2025-01-03,1\n"
        "B,Blue,2025-01-01,2\n,Blue,2025-01-02,4\n,Blue,2025-01-03,6\n"
    )
    result = read(text)
    assert asked(result)["fill_down"] == "fill"
    assert series(result) == {"A": [5, 3, 1], "B": [2, 4, 6]}


def test_a_number_that_was_lost_is_still_a_fault() -> None:
    with pytest.raises(InputFileError, match="Item is empty"):
        read(ORDERS.format(type="Artikel", name="Rot"), fill_down="blank")


RECEIPTS = (
    "Date,Receipt,Line type,Product,Qty\n2025-01-01,900,Sale,3 X Red,3\n"
    "2025-01-01,900,Sale line,Red,3\n2025-01-01,901,Sale,Red + Blue,{head}\n"
    "2025-01-01,901,Sale line,Red,4\n2025-01-01,901,Sale line,Blue,3\n"
    "2025-01-02,902,Sale,1 X Blue,1\n2025-01-02,902,Sale line,Blue,1\n"
)


def test_heads_of_receipts_are_not_counted_beside_their_lines() -> None:
    result = read(RECEIPTS.format(head=7))
    assert series(result) == {"Red": [7, 0], "Blue": [3, 1]}
    (told,) = [f for f in result.findings if f.code == "receipt_head"]
    assert (told.count, told.value) == (3, "Sale")


def test_rows_that_are_no_sum_of_their_receipt_count() -> None:
    assert len(series(read(RECEIPTS.format(head=2)))) == 5


CHANNELS = (
    "Datum;Shop;SKU;Anzahl\n01.01.2025;{0};A;5\n01.01.2025;{1};A;2\n13.01.2025;{0};B;1\n"
    "13.01.2025;{1};A;4\n"
)


def test_sales_channels_share_one_stock_until_told_otherwise() -> None:
    text = CHANNELS.format("Etsy", "eBay")
    result = read(text)
    assert asked(result)["channels"] == "together"
    assert {name: np.nansum(q) for name, q in series(result).items()} == {"A": 11, "B": 1}
    assert len(series(read(text, channels="apart"))) == 3


def test_shops_in_towns_are_places() -> None:
    result = read(CHANNELS.format("Mitte", "Online"))
    assert "channels" not in asked(result)
    assert len(series(result)) == 3


def test_the_column_that_tells_sales_from_other_moves_decides() -> None:
    text = (
        "date,item,Entry Type,Document Type,quantity\n2025-01-01,A,Sale,Sales Shipment,-5\n"
        "2025-01-01,A,Purchase,Purchase Receipt,90\n2025-01-02,A,Negative Adjmt.,,-3\n"
        "2025-01-02,A,Sale,Sales Shipment,-4\n2025-01-03,A,Sale,Sales Return Receipt,1\n"
        + "2025-01-03,A,Sale,Sales Shipment,-2\n"
        * 1
    )
    result = read(text, negatives="turned")
    assert asked(result)["document_type"] == "Negative Adjmt."
    assert series(result) == {"A": [5, 4, 1]}


@pytest.mark.parametrize("word", ["Vervallen", "Mislukt", "Échouée", "Fehlgeschlagen", "Fallido"])
def test_orders_that_lapsed_or_failed_are_no_demand(word: str) -> None:
    rows = f"2025-01-01,A,5,Gefactureerd\n2025-01-01,A,2,{word}\n2025-01-02,A,1,Gefactureerd\n"
    result = read("date,item,quantity,Bestelstatus\n" + rows)
    assert asked(result) == {"status": word}
    assert series(result) == {"A": [5, 1]}
