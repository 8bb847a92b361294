"""Several dates in a file: the sales are counted by the order's, else the planner is asked."""

from __future__ import annotations

import pytest

from core.ingest import ReadOptions, Result, Source, read_history


def read(text: str, **answers: str) -> Result:  # type: ignore[type-arg]
    return read_history(Source("file.csv", text.encode()), options=ReadOptions(answers=answers))


def sold(result: Result) -> dict[str, float]:  # type: ignore[type-arg]
    history = result.value
    days, sums = map(str, history.starts), history.quantity[0].tolist()
    return {day: n for day, n in zip(days, sums, strict=True) if n}


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


HEADS = [
    ("Rechnungsdatum;Auftragsdatum;Lieferdatum;Artikel;Menge", "Auftragsdatum"),
    ("Invoice Date;Order Date;Ship Date;Item;Qty", "Order Date"),
    ("Date de facture;Date de commande;Date de livraison;Article;Quantité", "Date de commande"),
    ("Fecha factura;Fecha pedido;Fecha de entrega;Artículo;Cantidad", "Fecha pedido"),
    ("Factuurdatum;Besteldatum;Leverdatum;Artikel;Aantal", "Besteldatum"),
]
ROWS = "22.03.2024;13.03.2024;15.03.2024;A;3\n23.03.2024;14.03.2024;16.03.2024;A;4\n"


@pytest.mark.parametrize(("head", "ordered"), HEADS)
def test_the_date_of_the_order_is_taken_and_told(head: str, ordered: str) -> None:
    result = read(f"{head}\n{ROWS}")
    assert asked(result) == {}
    assert ordered in {g.value for g in result.guesses if g.name == "date"}
    assert sold(result) == {"2024-03-13": 3, "2024-03-14": 4}
    told = read(f"{head}\n{ROWS}", column_date=head.split(";")[0])
    assert sold(told) == {"2024-03-22": 3, "2024-03-23": 4}


def test_without_an_order_date_the_one_that_is_there_is_asked_about() -> None:
    rows = "22.03.2024;15.03.2024;A;3\n23.03.2024;16.03.2024;A;4\n"
    result = read(f"Rechnungsdatum;Lieferdatum;Artikel;Menge\n{rows}")
    assert asked(result) == {"column_date": "Rechnungsdatum"}
    assert sold(result) == {"2024-03-22": 3, "2024-03-23": 4}


def test_an_order_date_with_gaps_or_beside_a_plain_date_is_asked_about() -> None:
    gaps = "22.03.2024;13.03.2024;A;3\n23.03.2024;;A;4\n"
    assert "column_date" in asked(read(f"Rechnungsdatum;Auftragsdatum;Artikel;Menge\n{gaps}"))
    rows = "22.03.2024;13.03.2024;14.03.2024;A;3\n23.03.2024;14.03.2024;15.03.2024;A;4\n"
    result = read(f"Datum;Auftragsdatum;Lieferdatum;Artikel;Menge\n{rows}")
    assert asked(result) == {"column_date": "Auftragsdatum"}


@pytest.mark.parametrize("name", ["Besteldatum", "Fecha de envío", "Date de la commande"])
def test_a_date_of_any_step_alone_is_a_known_date(name: str) -> None:
    result = read(f"{name};SKU;Qty\n13.03.2024;A;3\n14.03.2024;A;4\n")
    assert asked(result) == {}
    assert sold(result) == {"2024-03-13": 3, "2024-03-14": 4}


def test_dates_that_are_the_same_or_empty_or_of_other_things_are_not_asked_about() -> None:
    same = "13.03.2024;13.03.2024;A;3\n14.03.2024;14.03.2024;A;4\n"
    assert asked(read(f"Auftragsdatum;Rechnungsdatum;Artikel;Menge\n{same}")) == {}
    empty = "13.03.2024;;A;3\n14.03.2024;;A;4\n"
    assert asked(read(f"Auftragsdatum;Lieferdatum;Artikel;Menge\n{empty}")) == {}
    birth = "13.03.2024;01.01.1990;A;3\n14.03.2024;02.01.1991;A;4\n"
    result = read(f"Datum;Geburtsdatum;Artikel;Menge\n{birth}")
    assert asked(result) == {}
    assert sold(result) == {"2024-03-13": 3, "2024-03-14": 4}
