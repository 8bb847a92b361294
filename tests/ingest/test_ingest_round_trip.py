"""The same sales, written in every mix of styles that planners use, read back as the same sales."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core.ingest import ReadOptions, Source, read_history

N_FILES = 150
Sales = dict[tuple[str, date], float]

DATES: dict[str, tuple[Callable[[date], str], str]] = {
    "iso": (date.isoformat, ""),
    "compact": (lambda d: d.strftime("%Y%m%d"), ""),
    "dots": (lambda d: d.strftime("%d.%m.%Y"), ""),
    "short dots": (lambda d: f"{d.day}.{d.month}.{d:%y}", ""),
    "slashes": (lambda d: d.strftime("%d/%m/%Y"), "day_first"),
    "dashes": (lambda d: d.strftime("%d-%m-%Y"), "day_first"),
    "American": (lambda d: f"{d.month}/{d.day}/{d.year}", "month_first"),
    "American, short": (lambda d: f"{d.month}/{d.day}/{d:%y}", "month_first"),
    "American with time": (lambda d: f"{d:%m/%d/%Y} 12:00:00 AM", "month_first"),
    "named": (lambda d: d.strftime("%d-%b-%y"), ""),
    "named first": (lambda d: d.strftime("%B %d, %Y"), ""),
    "zoned": (lambda d: f"{d}T23:59:59+02:00", ""),
    "serial": (lambda d: str((d - date(1899, 12, 30)).days), ""),
}
# Thousands, decimals, minus.
NUMBERS = (
    ("", ".", "-{}"),
    (",", ".", "({})"),
    (".", ",", "{}-"),
    (" ", ",", "−{}"),
    ("'", ".", "-{}"),
    ("\u00a0", ",", "- {}"),
    ("", ",", "-{}"),
)
HEADERS = (
    ("date", "item", "quantity"),
    ("Buchungsdatum", "Artikelnummer", "Menge (Stk)"),
    ("Fecha", "Código", "Cantidad"),
    ("Date de vente", "Référence", "Quantité"),
    ("verkoopdatum", "Artikelcode", "Aantal"),
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac-roman", "cp850")
CODES = (
    *("00123", "1E5", "NA", "0", "2024-01-02"),
    *("Größe 8", 'Rød "6"', "a;b", "x,y", "tab", "thé|crème"),
)


def sales_of(chance: random.Random) -> Sales:
    """Draw sales of a few items on days in a row; some fractions, some returns."""
    first = date(2023, 1, 1) + timedelta(days=chance.randrange(600))
    n_days = chance.choice((3, 9, 40))
    whole = chance.random() < 0.4
    sold: Sales = {}
    for item in chance.sample(CODES, 3):
        for k in range(n_days):
            units = chance.choice((1, 7, 12, 850, 1234, 20500))
            part = 0 if whole else chance.choice((0, 0.5, 0.25, 0.125))
            sold[item, first + timedelta(days=k)] = units + part
    return sold


def number(units: float, style: tuple[str, str, str]) -> str:
    """Write a quantity."""
    group, decimal, minus = style
    text = f"{abs(units):,.3f}".rstrip("0").rstrip(".")
    text = text.translate({ord(","): group or None, ord("."): decimal})
    return minus.format(text) if units < 0 else text


def written(sold: Sales, chance: random.Random) -> tuple[bytes, ReadOptions, str]:
    """Write sales as a file in a style drawn by chance; return what a planner would answer."""
    day, order = DATES[name := chance.choice(list(DATES))]
    style = chance.choice(NUMBERS)
    delimiter, newline = chance.choice(",;\t|"), chance.choice(("\n", "\r\n", "\r"))
    header, encoding = chance.choice(HEADERS), chance.choice(ENCODINGS)
    if style[0] == "\u00a0" and not encoding.startswith("utf"):
        encoding = "cp1252"  # older systems wrote a plain blank
    always = chance.random() < 0.3

    def cell(text: str) -> str:
        odd = always or any(sign in text for sign in (delimiter, '"', "\n"))
        return '"' + text.replace('"', '""') + '"' if odd else text

    rows = [(day(when), item, number(units, style)) for (item, when), units in sold.items()]
    chance.shuffle(rows)
    columns = chance.sample(range(3), 3)
    lines = [delimiter.join(cell(row[k]) for k in columns) for row in (header, *rows)]
    if chance.random() < 0.3:
        lines = ["Report of sales", "", *lines]
    if chance.random() < 0.3:
        lines += [delimiter.join(("", "Total", "1")[k] for k in columns)]
    data = newline.join([*lines, ""]).encode(encoding, "replace")
    truth = ReadOptions(answers={"decimal": style[1], "date_order": order or "day_first"})
    return data, truth, f"{name}, {style}, {delimiter!r}, {newline!r}, {header}, {encoding}"


@pytest.mark.parametrize("seed", range(N_FILES))
def test_sales_read_back_in_every_style(seed: int) -> None:
    """What is not asked is right; what is asked is right once it is answered."""
    chance = random.Random(seed)
    sold = sales_of(chance)
    data, truth, style = written(sold, chance)
    source = Source("sales.csv", data)
    result = read_history(source)
    open_ids = {asked.question.id for asked in result.questions if asked.is_open}
    assert open_ids <= {"decimal", "date_order"}, style
    if open_ids:
        answers = {k: v for k, v in truth.answers.items() if k in open_ids}
        result = read_history(source, options=replace(truth, answers=answers))
    history = result.value
    found = {
        (key.item, history.starts[k].item()): float(history.quantity[i, k])
        for i, key in enumerate(history.keys)
        for k in np.flatnonzero(history.quantity[i])
    }
    assert found == sold, style
