"""Workbooks: types of cells, several sheets, formulas, hidden parts, macros."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import partial

from tests.ingest.corpus.case import BASE, bad, days, good
from tests.ingest.corpus.parts import (
    D1,
    D2,
    HEADER,
    MAIN,
    ROWS,
    book,
    new_book,
    packed,
    parts_of,
    raw,
    row_of,
    saved,
    serial,
    sheet_of,
)

S1, S2 = serial(date(2024, 4, 13)), serial(date(2024, 4, 14))
DAY_CODES = (
    *("dd.mm.yyyy", "[$-407]d. mmmm yyyy", 'yyyy"年"m"月"d"日"', "[$-F800]dddd", "mmm yy"),
)
NUMBER_CODES = (
    *('0 "Stk"', "#,##0.00\\ [$€-407]", "0.00E+00", "[Red]-0;[Blue]0", "#,##0_);(#,##0)"),
)
TWO_ROWS = row_of(*HEADER) + row_of("2024-04-13", "A", 5) + row_of("2024-04-14", "A", 7)


def merged() -> bytes:
    """Cells of the title and of the header are merged."""
    made = new_book(
        ("Sales of all shops",),
        ("date", "item", "quantity", None),
        (D1, "A", 5, None),
        (D2, "A", 7, None),
    )
    made.active.merge_cells("A1:D1")
    made.active.merge_cells("C2:D2")
    return saved(made)


def formulas() -> bytes:
    """Quantities are formulas, never worked out."""
    return book(HEADER, (D1, "A", "=2+3"), (D2, "A", "=3+4"))


def worked_out() -> bytes:
    """Quantities are formulas with their results."""
    cell = "<c><f>2+3</f><v>5</v></c>", "<c><f>3+4</f><v>7</v></c>"
    return raw(HEADER, ("2024-04-13", "A", cell[0]), ("2024-04-14", "A", cell[1]))


def from_1904() -> bytes:
    """Days count from 1904, as on old Macintoshes."""
    made = new_book(*ROWS)
    made.epoch = datetime(1904, 1, 1)
    return saved(made)


def numbers_without_format_from_1904() -> bytes:
    """Days count from 1904 and are not marked as dates."""
    made = new_book(HEADER, (S1 - 1462, "A", 5), (S2 - 1462, "A", 7))
    made.epoch = datetime(1904, 1, 1)
    return saved(made)


def hidden_sheet() -> bytes:
    """The first sheet is hidden and holds old sales."""
    made = new_book(HEADER, (D1, "OLD", 1), (D2, "OLD", 1), New=ROWS)
    made.active.sheet_state = "hidden"
    made.active = 1
    return saved(made)


def hidden_rows() -> bytes:
    """A filter hides rows."""
    made = new_book(*ROWS, (D2, "B", 3))
    made.active.row_dimensions[4].hidden = True
    return saved(made)


def hidden_column() -> bytes:
    """A column in between is hidden."""
    made = new_book(("date", "note", "item", "quantity"), (D1, "x", "A", 5), (D2, "y", "A", 7))
    made.active.column_dimensions["B"].hidden = True
    return saved(made)


def shown_with_noughts() -> bytes:
    """Codes are numbers, shown with leading noughts."""
    made = new_book(HEADER, (D1, 123, 5), (D2, 123, 7))
    for row in (2, 3):
        made.active.cell(row, 2).number_format = "00000"
    return saved(made)


def prefixed() -> bytes:
    """Every element carries a prefix, as some systems write them."""
    sheet = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet_of(TWO_ROWS)).replace("xmlns=", "xmlns:x=")
    return packed(parts_of(sheet))


def strict() -> bytes:
    """The strict form of the standard, with names of its own."""
    old, new = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"
    parts = parts_of(sheet_of(TWO_ROWS))
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        parts[name] = str(parts[name]).replace(old, new)
    return packed(parts)


def shared_texts() -> bytes:
    """Texts in pieces of several fonts, one with its reading beside it."""
    texts = (
        "<si><r><t>da</t></r><r><t>te</t></r></si><si><t>item</t></si><si><t>quantity</t></si>"
        "<si><t>A</t><rPh><t>ah</t></rPh></si><si><t>2024-04-13</t></si><si><t>2024-04-14</t></si>"
    )
    cells = [[f'<c t="s"><v>{k}</v></c>' for k in row] for row in ((0, 1, 2), (4, 3), (5, 3))]
    rows = row_of(*cells[0]) + row_of(*cells[1], 5) + row_of(*cells[2], 7)
    return packed(parts_of(sheet_of(rows)) | {"xl/sharedStrings.xml": f"<sst {MAIN}>{texts}</sst>"})


def shown_as(code: str) -> bytes:
    """Days shown in a form of one's own."""
    made = new_book(*ROWS)
    for row in (2, 3):
        made.active.cell(row, 1).number_format = code
    return saved(made)


def raw_numbers(code: str) -> bytes:
    """Quantities shown in a form of one's own, which is no date."""
    made = new_book(*ROWS)
    for row in (2, 3):
        made.active.cell(row, 3).number_format = code
    return saved(made)


CASES = (
    good("workbook", lambda: book(*ROWS), file="sales.xlsx"),
    good("workbook named .csv", lambda: book(*ROWS)),
    good(
        "dates with the time",
        lambda: book(
            HEADER, (D1 + timedelta(hours=9), "A", 5), (D2 + timedelta(hours=23.99), "A", 7)
        ),
    ),
    good("day numbers without a format", lambda: book(HEADER, (S1, "A", 5), (S2, "A", 7))),
    good("day numbers as text", lambda: book(HEADER, (str(S1), "A", 5), (str(S2), "A", 7))),
    good("dates as text", lambda: book(HEADER, ("13.04.2024", "A", 5), ("14.04.2024", "A", 7))),
    good("dates and dates as text", lambda: book(HEADER, (D1, "A", 5), ("14.04.2024", "A", 7))),
    good("days count from 1904", from_1904),
    good("day numbers count from 1904", numbers_without_format_from_1904),
    good("numbers as text", lambda: book(HEADER, (D1, "A", "5"), (D2, "A", "7"))),
    good(
        "German numbers as text",
        lambda: book(HEADER, (D1, "A", "1.234,5"), (D2, "A", "7,0")),
        days("A", 1234.5, 7),
    ),
    good(
        "a true number needs no question",
        lambda: book(HEADER, (D1, "A", 1.234), (D2, "A", 7)),
        days("A", 1.234, 7),
    ),
    bad(
        "a true number beside a decimal comma as text",
        lambda: book(HEADER, (D1, "A", 1.234), (D2, "A", "0,5"), (D2, "A", "1,5")),
        "not_a_number",
    ),
    good("codes as numbers", lambda: book(HEADER, (D1, 123, 5), (D2, 123.0, 7)), days("123", 5, 7)),
    good(
        "codes as long numbers",
        lambda: book(HEADER, (D1, 4006381333931234, 5), (D2, 4006381333931234, 7)),
        days("4006381333931234", 5, 7),
    ),
    good("codes shown with leading noughts", shown_with_noughts, days("00123", 5, 7)),
    good(
        "codes as text with leading noughts",
        lambda: book(HEADER, (D1, "00123", 5), (D2, "00123", 7)),
        days("00123", 5, 7),
    ),
    good(
        "codes that are truth values",
        lambda: book(HEADER, (D1, True, 5), (D2, True, 7)),
        days("TRUE", 5, 7),
    ),
    bad(
        "truth value as quantity",
        lambda: book(HEADER, (D1, "A", True), (D2, "A", 7)),
        "not_a_number",
        "row 2",
    ),
    bad(
        "error cells",
        lambda: book(HEADER, (D1, "A", "#REF!"), (D2, "A", 7)),
        "not_a_number",
        "row 2",
        "#REF!",
    ),
    good(
        "error cell as code",
        lambda: raw(HEADER, ("2024-04-13", '<c t="e"><v>#N/A</v></c>', 5), ("2024-04-14", "A", 7)),
        {"#N/A": {"2024-04-13": 5}, "A": {"2024-04-14": 7}},
        tells="error_cell",
    ),
    good("formulas with results", worked_out),
    bad("formulas without results", formulas, "no_formula_results", "C2", "save it again"),
    good("merged header cells", merged),
    good(
        "title, blank rows and blank columns",
        lambda: book(
            ("Report",),
            (),
            (None, *HEADER),
            (),
            (None, D1, "A", 5),
            (None, D2, "A", 7),
            (),
            (None, "Total", None, 12),
        ),
        tells="total_row",
    ),
    good("hidden sheet in front", hidden_sheet),
    good("hidden rows", hidden_rows, {**BASE, "B": {"2024-04-14": 3}}, tells="hidden_rows"),
    good("hidden column", hidden_column),
    good("cover sheet in front", lambda: book(("Sales report",), ("by Ann",), Sales=ROWS)),
    good(
        "sheet of settings in front",
        lambda: book(("key", "value"), ("currency", "EUR"), ("year", 2024), Sales=ROWS),
    ),
    good("blank sheet in front", lambda: book(Sales=ROWS)),
    good(
        "one sheet per year",
        lambda: book(*ROWS, Older=(HEADER, (D1, "B", 1), (D2, "B", 1))),
        opens="sheet",
    ),
    good("items on a second sheet", lambda: book(*ROWS, Items=(("item", "name"), ("A", "Mug")))),
    good(
        "very long code",
        lambda: book(HEADER, (D1, "A" * 300, 5), (D2, "A" * 300, 7)),
        days("A" * 300, 5, 7),
    ),
    good("macro sheet", lambda: book(*ROWS), file="sales.xlsm"),
    good("wide workbook with dates as names", lambda: book(("item", D1, D2), ("A", 5, 7))),
    good("elements with a prefix", prefixed),
    good("the strict form of the standard", strict),
    good("texts in pieces, with readings", shared_texts),
    *(good(f"days shown as {code}", partial(shown_as, code)) for code in DAY_CODES),
    *(good(f"numbers shown as {code}", partial(raw_numbers, code)) for code in NUMBER_CODES),
    good(
        "days as texts of the standard",
        lambda: raw(
            HEADER,
            ('<c t="d"><v>2024-04-13T00:00:00</v></c>', "A", 5),
            ('<c t="d"><v>2024-04-14</v></c>', "A", 7),
        ),
    ),
    good(
        "times a moment before midnight",
        lambda: book(
            HEADER,
            (D1 + timedelta(hours=24, milliseconds=-3), "A", 5),
            (D2 + timedelta(hours=24, milliseconds=-3), "A", 7),
        ),
    ),
)
