"""Web pages with a table, as systems export them under the name .xls."""

from __future__ import annotations

from tests.ingest.corpus.case import BASE, Case, bad, days, good

TABLE = (
    "<table border=1><tr><th>date<th>item<th>quantity<tr><td>2024-04-13<td>A<td>5"
    "<tr><td>2024-04-14</td><td>A</td><td>7</td></tr></table>"
)
PAGE = f"<html><head><meta charset=utf-8><title>Report</title></head><body>{TABLE}</body></html>"

OPEN = "<html><table><tr><td>date<td>item<td>quantity"


def _page(name: str, html: str, series: object = BASE, **more: str) -> Case:
    return good(name, html, series, file="sales.xls", **more)  # type: ignore[arg-type]


CASES = (
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
    good(
        "page with a formula that holds a sign of more",
        PAGE.replace("<td>A", "<!-- a > b --><td class='x'>A"),
        file="sales.xls",
    ),
    *(
        bad(f"page that never ends: {name}", OPEN + piece * 100_000, code, file="sales.xls")
        for name, piece, code in (
            ("comments", "<!--", "no_rows"),
            ("tags", "<td ", "no_rows"),
            ("scripts", "<script>", "no_rows"),
            ("tables in tables", "<table>", "no_rows"),
            ("cells over many rows", "<tr><td rowspan=1000>a", "too_large"),
            ("cells over many columns", "<tr><td colspan=1000>a", "too_large"),
        )
    ),
)
