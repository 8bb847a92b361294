"""What stands above, below and between the rows; columns and their names; item codes."""

from __future__ import annotations

from tests.ingest.corpus.case import HEAD, ROWS, Case, bad, days, good

TWO = {**days("A", 5, 7), **days("B", 1, 2)}
TWO_ROWS = "2024-04-13,A,5\n2024-04-14,A,7\n2024-04-13,B,1\n2024-04-14,B,2\n"
LANGUAGES = {
    "English": "Order Date,SKU,Units Sold",
    "German": "Datum,Artikel-Nr.,Menge",
    "German of an ERP": "Buchungsdatum,Materialnummer,Absatzmenge",
    "French": "Jour,Référence,Quantité",
    "Spanish": "Fecha,Código,Cantidad",
    "Dutch": "DATUM,artikelnummer,Aantal",
    "with units in brackets": "Date (UTC),Item [code],Quantity (pcs)",
    "in snake case": "sales_date,item_id,qty",
    "in capitals, run together": "ORDERDATE,ITEMCODE,QTY",
}
CODES = (
    "00123",
    "1E5",
    "NA",
    "NULL",
    "TRUE",
    "2024-01-01",
    "12,5",
    "-",
    "nan",
    "0",
    "1.0",
    "#N/A",
    "A" * 300,
    "🍓",
    "ß",
    "<b>A</b>",
    "=A1",
    "O'Neil",
    "A/B\\C",
    "100 %",
    "$ 5",
)


def _code(code: str) -> Case:
    data = HEAD.replace(",", "|") + f"2024-04-13|{code}|5\n2024-04-14|{code}|7\n"
    return good(f"code {code[:12]!r}", data, days(code, 5, 7))


CASES = (
    good("title above", "Sales report 2024\n\n" + HEAD + ROWS),
    good(
        "several title lines with commas", "Sales, all shops\nprinted, 15.04.2024\n\n" + HEAD + ROWS
    ),
    good(
        "title above with many cells",
        "Report,,\nfrom,2024-04-13,\nto,2024-04-14,\n\n" + HEAD + ROWS,
    ),
    good("totals below", HEAD + ROWS + "Total,,12\n", tells="total_row"),
    good("totals below in German", HEAD + ROWS + ",Gesamtergebnis,12\n", tells="total_row"),
    good("totals below in French", HEAD + ROWS + "Total général,,12\n", tells="total_row"),
    good("total with a colon below", HEAD + ROWS + "Summe:,,12\n", tells="total_row"),
    good("notes below", HEAD + ROWS + "\nSource: ERP\nprinted by Ann\n", tells="note_row"),
    good(
        "total of each item in between",
        HEAD + ROWS + "Total,,12\n2024-04-13,B,1\n2024-04-14,B,2\nTotal,,3\nGrand total,,15\n",
        TWO,
        tells="total_row",
    ),
    good(
        "total of each day in between",
        HEAD + "2024-04-13,A,5\n2024-04-13,B,1\n2024-04-13,Total,6\n"
        "2024-04-14,A,7\n2024-04-14,B,2\n2024-04-14,Total,9\n",
        TWO,
        tells="total_row",
    ),
    good(
        "a spreadsheet's subtotals by item",
        HEAD + ROWS + ",A Total,12\n2024-04-13,B,1\n2024-04-14,B,2\n,B Total,3\n,Grand Total,15\n",
        TWO,
        tells="total_row",
    ),
    good(
        "a German spreadsheet's subtotals",
        "Artikel;Datum;Menge\nA;13.04.2024;5\nA;14.04.2024;7\nA Ergebnis;;12\n"
        "B;13.04.2024;1\nB;14.04.2024;2\nB Ergebnis;;3\nGesamtergebnis;;15\n",
        TWO,
        tells="total_row",
    ),
    good(
        "an item that is called Total Wine",
        HEAD + "2024-04-13,Total Wine,5\n2024-04-14,Total Wine,7\n",
        days("Total Wine", 5, 7),
    ),
    good(
        "names repeated at each page",
        HEAD + ROWS + HEAD + TWO_ROWS[30:],
        TWO,
        tells="repeated_header",
    ),
    good(
        "two files glued together",
        HEAD + ROWS + "\ufeff" + HEAD + TWO_ROWS[30:],
        TWO,
        tells="repeated_header",
    ),
    good(
        "page numbers in between",
        HEAD + ROWS + "Page 2,,\n" + TWO_ROWS[30:],
        TWO,
        tells="page_line",
    ),
    bad(
        "item named once per block",
        HEAD + "2024-04-13,A,5\n2024-04-14,,7\n2024-04-15,,7\n",
        "empty_cell",
        "row 3",
    ),
    good("column without a name", "date,,item,quantity\n2024-04-13,x,A,5\n2024-04-14,y,A,7\n"),
    good(
        "columns with nothing in them",
        "date,,item,empty,quantity,,\n2024-04-13,,A,,5,,\n2024-04-14,,A,,7,,\n",
    ),
    good(
        "quantity named twice",
        "date,item,quantity,quantity\n2024-04-13,A,5,50\n2024-04-14,A,7,70\n",
        opens="column_quantity",
    ),
    good(
        "quantity named twice, the second one empty",
        "date,item,quantity,quantity\n2024-04-13,A,5,\n2024-04-14,A,7,\n",
    ),
    good(
        "date named twice",
        "date,date,item,quantity\n2024-04-13,2024-05-01,A,5\n2024-04-14,2024-05-02,A,7\n",
        opens="column_date",
    ),
    good(
        "name beside the code",
        "date,item,item name,quantity\n2024-04-13,A,Mug,5\n2024-04-14,A,Mug,7\n",
    ),
    good(
        "ordered and delivered quantity",
        "date,item,order quantity,quantity\n2024-04-13,A,6,5\n2024-04-14,A,8,7\n",
    ),
    bad("no names", ROWS, "no_header", "row 1", "Add a first row"),
    bad("names only", HEAD, "no_rows", "row 1", "date, item, quantity"),
    bad("names and blank lines", HEAD + "\n , , \n,,\n", "no_rows", "row 1"),
    bad("nothing", b"", "empty_file", "0 bytes"),
    bad("only blanks", " \n\t\n \r\n", "empty_file"),
    bad("only separators", ",,,\n,,,\n", "wrong_delimiter"),
    bad("one word", "hello", "no_rows"),
    bad(
        "prose",
        "Dear Ann,\nplease find the sales attached, as agreed.\nBest, Bob\n",
        "missing_column",
    ),
    bad(
        "no item column", "date,quantity\n2024-04-13,5\n2024-04-14,7\n", "missing_column", "'item'"
    ),
    *(good(f"names in {name}", f"{head}\n" + ROWS) for name, head in LANGUAGES.items()),
    *(_code(code) for code in CODES),
    good("codes with blanks behind", HEAD + "2024-04-13,A ,5\n2024-04-14,A\u00a0,7\n"),
    good(
        "code protected by a formula",
        HEAD + '2024-04-13,"=""00123""",5\n2024-04-14,="00123",7\n',
        days("00123", 5, 7),
    ),
    good(
        "code protected by an apostrophe",
        HEAD + "2024-04-13,'00123,5\n2024-04-14,'00123,7\n",
        days("00123", 5, 7),
    ),
    good(
        "twins that differ by capitals",
        HEAD + "2024-04-13,a,5\n2024-04-14,A,7\n",
        days("A", 5, 7),
        opens="spelling",
        tells="one_spelling",
    ),
    bad("empty code", HEAD + "2024-04-13,A,5\n2024-04-14,,7\n", "empty_cell", "row 3"),
    good(
        "codes that look the same in two kinds of letters",
        HEAD + "2024-04-13,Größe,5\n2024-04-14,Gro\u0308ße,7\n",
        days("Größe", 5, 7),
    ),
    good(
        "codes rounded by a spreadsheet",
        HEAD + "2024-04-13,4.00638E+12,5\n2024-04-14,4.00638E+12,7\n",
        days("4.00638E+12", 5, 7),
        tells="rounded_code",
    ),
    good(
        "a column that says total in every row",
        "date,item,quantity,scope\n2024-04-13,A,5,Total\n2024-04-14,A,7,Total\n",
    ),
    bad(
        "the first row is bad",
        HEAD + "2024-04-12,A,abc\n" + ROWS + ROWS.replace("A", "B"),
        "not_a_number",
        "row 2",
        "'abc'",
    ),
    bad(
        "the first row has no quantity",
        HEAD + "2024-04-12,A,n/a\n" + ROWS + ROWS.replace("A", "B"),
        "not_a_number",
        "row 2",
    ),
    bad(
        "the first row has no date",
        HEAD + "unknown,A,5\n" + ROWS + ROWS.replace("A", "B"),
        "not_a_date",
        "row 2",
    ),
    good(
        "year and month in two columns",
        "year,month,item,quantity\n2024,1,A,5\n2024,2,A,7\n",
        {"A": {"2024-01-01": 5, "2024-02-01": 7}},
    ),
    bad(
        "seconds since 1970",
        HEAD + "1712966400,A,5\n1713052800,A,7\n",
        "not_a_date",
        "row 2",
    ),
    good(
        "note in a small column above",
        "Filter:;A\n\nDatum;Artikel;Menge\n13.04.2024;A;5\n14.04.2024;A;7\n",
    ),
    good(
        "shop beside the item",
        "date,store,item,quantity\n2024-04-13,Köln,A,5\n2024-04-14,Köln,A,7\n",
    ),
    good(
        "codes with a mark that nobody sees, or a blank that looks like another",
        HEAD + "2024-04-13,A\u200b B,5\n2024-04-14,A\u00a0B,7\n",
        days("A B", 5, 7),
    ),
    good(
        "list printed by an ERP, with drawn lines",
        "-" * 33 + "\n|Material|Buch.dat.  |     Menge|\n" + "-" * 33 + "\n"
        "|A       |13.04.2024 |         5|\n|A       |14.04.2024 |         7|\n" + "-" * 33 + "\n",
        file="sales.txt",
    ),
    good(
        "ERP export with the minus behind and three decimals",
        "Materialnr\tBudat\tFakturierte Menge\tME\n00123\t13.04.2024\t1.005,000\tST\n"
        "00123\t14.04.2024\t7,000\tST\n00123\t14.04.2024\t2,000-\tST\n",
        days("00123", 1005, 5),
        opens="negatives",
        file="sales.txt",
    ),
    good(
        "quantity in thousands",
        "date,item,quantity (x1000)\n" + ROWS,
        tells="in_thousands",
    ),
    good(
        "quantity in Tsd.",
        "Datum;Artikel;Menge (Tsd.)\n" + ROWS.replace(",", ";"),
        tells="in_thousands",
    ),
    good(
        "quantity named twice, in capitals",
        "date,item,Qty,QTY\n2024-04-13,A,5,50\n2024-04-14,A,7,70\n",
        opens="column_quantity",
    ),
    good(
        "a product whose name is that of another with total behind",
        HEAD + "2024-04-13,Colgate,5\n2024-04-14,Colgate,7\n2024-04-14,Colgate Total,2\n",
        {**days("Colgate", 5, 7), "Colgate Total": {"2024-04-14": 2}},
    ),
)
