"""Workbooks: types of cells, several sheets, formulas, hidden parts, macros, HTML named .xls."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.ingest.corpus.case import BASE, Case, bad, days, good
from tests.ingest.corpus.parts import (
    D1,
    D2,
    HEADER,
    ROWS,
    book,
    new_book,
    raw,
    saved,
    serial,
)

S1, S2 = serial(date(2024, 4, 13)), serial(date(2024, 4, 14))
TABLE = (
    "<table border=1><tr><th>date<th>item<th>quantity<tr><td>2024-04-13<td>A<td>5"
    "<tr><td>2024-04-14</td><td>A</td><td>7</td></tr></table>"
)
PAGE = f"<html><head><meta charset=utf-8><title>Report</title></head><body>{TABLE}</body></html>"


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


def _page(name: str, html: str, series: object = BASE, **more: str) -> Case:
    return good(name, html, series, file="sales.xls", **more)  # type: ignore[arg-type]


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
    good("page named .xls", PAGE, file="sales.xls"),
    good("table alone named .xls", TABLE, file="sales.xls"),
    good("page in UTF-16", PAGE.replace("utf-8", "utf-16").encode("utf-16"), file="sales.xls"),
    _page("page with a mark and blanks in front", "\ufeff \n<!DOCTYPE html>\n" + PAGE),
    _page(
        "page with a title row across",
        PAGE.replace("<tr><th>date", "<tr><td colspan=3>Sales report<tr><th>date"),
    ),
    _page(
        "page with cells across rows",
        "<table><tr><td>item<td>date<td>quantity<tr><td rowspan=2>A"
        "<td>2024-04-13<td>5<tr><td>2024-04-14<td>7</table>",
    ),
    _page(
        "page with letters as entities",
        TABLE.replace("quantity", "Quantit&eacute;").replace("<td>A", "<td>A&amp;B&nbsp;"),
        days("A&B", 5, 7),
    ),
    _page(
        "page with scripts and styles",
        PAGE.replace(
            "<body>", "<body><script>var a='<table><tr><td>1'</script><style>td{}</style>"
        ),
    ),
    _page(
        "page with a small table in front",
        PAGE.replace("<body>", "<body><table><tr><td>Report</td></tr></table>"),
    ),
    bad(
        "page without a table",
        "<html><body><p>Session expired</p></body></html>",
        "no_table",
        "Save it as",
        file="sales.xls",
    ),
    bad(
        "page with tables alike",
        PAGE.replace("</body>", TABLE + "</body>"),
        "several_tables",
        "Save",
        file="sales.xls",
    ),
)
