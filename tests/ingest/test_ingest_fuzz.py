"""Good files with bytes flipped, cut out, put in and swapped: a result or an error in words."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import date

import pytest

from core.domain import InputFileError
from core.ingest import ReadOptions, Source, read_history
from core.ingest.csv_table import read_csv
from core.ingest.findings import Finding
from tests.ingest.corpus.case import HEAD
from tests.ingest.corpus.parts import D1, D2, HEADER, book, packed, parts_of, row_of, sheet_of
from tests.ingest.corpus.web_pages import PAGE

N_EACH = 60
PLAIN = HEAD + "".join(f"2024-04-{day:02d},A{day % 3},{day}.5\n" for day in range(1, 29))
GERMAN = (
    "Bericht\n\nArtikel;Datum;Menge;Größe\n"
    '00123;03.04.2024;1.234,5;"a;b"\n00123;13.04.2024;(12);x\nSumme;;5;\n'
)
WIDE = "item,2024-01,2024-02,2024-03,Total\nA,5,,7,12\nB,1,2,3,6\n"
SHEET = sheet_of(
    row_of(*HEADER) + row_of("2024-04-13", "A", 5.25) + row_of("2024-04-14", "B", 7)
).encode()


def repacked(sheet: bytes) -> bytes:
    """Put a damaged sheet into a sound package."""
    return packed(parts_of(sheet))


GOOD: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "text": (PLAIN.encode(), bytes),
    "German text": (GERMAN.encode("cp1252"), bytes),
    "UTF-16": (GERMAN.encode("utf-16"), bytes),
    "wide": (WIDE.encode(), bytes),
    "page": (PAGE.encode(), bytes),
    "workbook": (book(HEADER, (D1, "A", 5), (D2, "B", 7)), bytes),
    "sheet of a workbook": (SHEET, repacked),
}


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Flip, cut out, put in or repeat a few bytes."""
    work = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(work) + 1)
        to = min(len(work), at + chance.randint(1, 12))
        some = bytes(chance.choice(b',;"\n\r\t\0<>&=-.() 019AZ\xe4\xff') for _ in range(3))
        work[at:to] = chance.choice(
            (b"", some, some + work[at:to], work[at:to] * 3, bytes(b ^ 32 for b in work[at:to]))
        )
    return bytes(work)


@pytest.mark.parametrize("name", GOOD)
def test_a_damaged_file_gives_a_history_or_an_error_in_words(name: str) -> None:
    """Whatever the damage; and what is read adds up."""
    data, wrapped = GOOD[name]
    chance = random.Random(name)
    for _ in range(N_EACH):
        work = wrapped(damaged(data, chance))
        try:
            result = read_history(Source("sales", work), as_of=date(2030, 1, 1))
        except InputFileError as error:
            told = [f for f in error.findings if isinstance(f, Finding)]
            assert told and error.remedy and "sales" in str(error), work
        else:
            counts = result.counts
            assert counts.rows_used + counts.rows_rejected <= counts.rows_read, work
            assert (result.value.quantity >= 0).all(), work


def test_cells_are_cut_as_the_standard_reader_cuts_them() -> None:
    """Quotes, line breaks and short rows anywhere: the same cells, on the same lines."""
    chance = random.Random(7)
    pieces = ("A", "b c", '"x,y"', '"6"" pipe"', '"two\nlines"', "", " ", '5" wide', "ü", "'")
    for _ in range(N_EACH):
        rows = [
            ",".join(chance.choice(pieces) for _ in range(chance.randint(2, 4))) for _ in range(9)
        ]
        text = "date,item,quantity,note\n" + "\n".join(rows) + "\nx,y,z,end\n"
        table = read_csv(
            Source("s", text.encode()), ReadOptions(delimiter=",", header_row=1), frozenset()
        )
        expected = [
            (row + [""] * 4)[:4]
            for row in list(csv.reader(io.StringIO(text)))[1:]
            if any(cell.strip() for cell in row)
        ]
        found = table.frame.astype(str).to_numpy().tolist()
        assert found == expected, text
