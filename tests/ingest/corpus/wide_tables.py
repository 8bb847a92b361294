"""Tables with a column for each period or each item."""

from __future__ import annotations

from datetime import date, timedelta

from tests.ingest.corpus.case import bad, good

AB = {"A": {"2024-01-01": 5, "2024-02-01": 7}, "B": {"2024-01-01": 1, "2024-02-01": 2}}
DAYS = {"A": {"2024-04-13": 5, "2024-04-14": 7}, "B": {"2024-04-13": 1, "2024-04-14": 2}}
WEEKS = {"A": {"2024-01-29": 5, "2024-02-05": 7}, "B": {"2024-01-29": 1, "2024-02-05": 2}}
TWENTY_WEEKS = {"A": {(date(2024, 1, 1) + timedelta(weeks=k)).isoformat(): 1.0 for k in range(20)}}

CASES = (
    good("wide by month", "item,2024-01,2024-02\nA,5,7\nB,1,2\n", AB),
    good("wide by month, named in German", "Artikel;Jan 24;Feb 24\nA;5;7\nB;1;2\n", AB),
    good("wide by month, French", "Article;janv. 2024;févr. 2024\nA;5;7\nB;1;2\n", AB),
    good("wide, newest first", "item,2024-02,2024-01\nA,7,5\nB,2,1\n", AB),
    good("wide by day", "item,13.04.2024,14.04.2024\nA,5,7\nB,1,2\n", DAYS),
    good("wide by week", "item,2024-W05,2024-W06\nA,5,7\nB,1,2\n", WEEKS),
    good("wide with a total beside", "item,2024-01,2024-02,Total\nA,5,7,12\nB,1,2,3\n", AB),
    good(
        "wide with totals below",
        "item,2024-01,2024-02\nA,5,7\nB,1,2\nTotal,6,9\n",
        AB,
        tells="total_row",
    ),
    good(
        "wide with subtotals in between",
        "item,2024-01,2024-02\nA,5,7\nA Total,5,7\nB,1,2\nB Total,1,2\nGrand Total,6,9\n",
        AB,
        tells="total_row",
    ),
    good(
        "wide with the names repeated",
        "item,2024-01,2024-02\nA,5,7\nitem,2024-01,2024-02\nB,1,2\n",
        AB,
        tells="repeated_header",
    ),
    good(
        "wide with margins beside, whose names look like months",
        "item,2024-01,2024-02,Margin 2023\nA,5,7,100\nB,1,2,100\n",
        AB,
    ),
    good("one column per item", "date,A,B\n2024-04-13,5,1\n2024-04-14,7,2\n", DAYS),
    good("one column per item, newest first", "date,A,B\n2024-04-14,7,2\n2024-04-13,5,1\n", DAYS),
    good(
        "one column per item, with totals",
        "date,A,B,Total\n2024-04-13,5,1,6\n2024-04-14,7,2,9\nTotal,12,3,15\n",
        DAYS,
        tells="total_row columns_left_out",
    ),
    good(
        "wide with blank cells",
        "item,2024-01,2024-02,2024-03\nA,5,,7\nB,1,2,\n",
        {"A": {"2024-01-01": 5, "2024-03-01": 7}, "B": {"2024-01-01": 1, "2024-02-01": 2}},
        opens="blank_cells",
    ),
    good(
        "wide and dates that can be both",
        "item,03/04/2024,04/04/2024\nA,5,7\nB,1,2\n",
        {"A": {"2024-04-03": 5, "2024-04-04": 7}, "B": {"2024-04-03": 1, "2024-04-04": 2}},
        opens="date_order",
    ),
    good(
        "wide with decimals that can be both",
        "item;2024-01;2024-02\nA;1.234;7\nB;1;2\n",
        {"A": {"2024-01-01": 1234, "2024-02-01": 7}, "B": {"2024-01-01": 1, "2024-02-01": 2}},
        opens="decimal",
    ),
    good(
        "wide by week in six digits, of which most could be months",
        "item," + ",".join(str(202401 + k) for k in range(20)) + "\nA" + ",1" * 20 + "\n",
        TWENTY_WEEKS,
    ),
    good(
        "wide by week, year and number with a dash",
        "item," + ",".join(f"2024-{k:02d}" for k in range(1, 21)) + "\nA" + ",1" * 20 + "\n",
        TWENTY_WEEKS,
    ),
    bad(
        "wide by week in six digits, newest first",
        "item," + ",".join(str(202420 - k) for k in range(20)) + "\nA" + ",1" * 20 + "\n",
        "wide_table",
        "2024-04-14",
    ),
    bad(
        "wide with text in a cell",
        "item,2024-01,2024-02\nA,5,many\nB,1,2\n",
        "not_a_number",
        "row 2",
        "'many'",
    ),
    bad(
        "wide with numbered columns of no known kind",
        "code," + ",".join(f"x{k}" for k in range(24)) + "\n" + "A" + ",3" * 24 + "\n",
        "wide_table",
    ),
    good(
        "one column per item, with a price and a year beside",
        "date,year,A,B,price\n2024-04-13,2024,5,1,9.5\n2024-04-14,2024,7,2,9.5\n",
        DAYS,
        tells="columns_left_out",
    ),
    good(
        "a spreadsheet's pivot table",
        "Sum of Qty,Column Labels,,\nRow Labels,2024-01,2024-02,Grand Total\n"
        "A,5,7,12\nB,1,2,3\nGrand Total,6,9,15\n",
        AB,
        tells="total_row",
    ),
    good(
        "a German spreadsheet's pivot table",
        "Zeilenbeschriftungen;Jan 24;Feb 24;Gesamtergebnis\n"
        "A;5;7;12\nB;1;2;3\nGesamtergebnis;6;9;15\n",
        AB,
        tells="total_row",
    ),
    bad(
        "one column per item, every row with a cell too many",
        "date;A;B\n2024-04-13;5;1;9\n2024-04-14;7;2;9\n",
        "missing_column",
        "'item'",
    ),
)
