"""Cutting lines into cells: separators, quotes, line ends, ragged rows."""

from __future__ import annotations

from tests.ingest.corpus.case import BASE, HEAD, ROWS, bad, days, good

SEMI = (HEAD + ROWS).replace(",", ";")
NOTED = {"A": {"2024-04-13": 5, "2024-04-14": 7}}

CASES = (
    good("comma", HEAD + ROWS),
    good("semicolon", SEMI),
    good("tab", (HEAD + ROWS).replace(",", "\t"), file="sales.tsv"),
    good("bar", (HEAD + ROWS).replace(",", "|"), file="sales.txt"),
    good("separator named in the first line", "sep=;\n" + SEMI),
    good(
        "comma named in the first line, semicolons in the texts",
        "sep=,\ndate,item,quantity,a;b;c;d\n2024-04-13,A,5,x;y;z;w\n2024-04-14,A,7,x;y;z;w\n",
    ),
    good("separator named in quotes", '"sep=;"\r\n' + SEMI.replace("\n", "\r\n")),
    bad(
        "aligned by blanks",
        "date        item  quantity\n2024-04-13  A     5\n2024-04-14  A     7\n",
        "wrong_delimiter",
        "Choose the delimiter",
    ),
    bad("colons", (HEAD + ROWS).replace(",", ":"), "wrong_delimiter", "Choose the delimiter"),
    good(
        "all cells in quotes",
        '"date","item","quantity"\n"2024-04-13","A","5"\n"2024-04-14","A","7"\n',
    ),
    good(
        "doubled quotes",
        HEAD + '2024-04-13,"6"" pipe",5\n2024-04-14,"6"" pipe",7\n',
        days('6" pipe', 5, 7),
    ),
    good(
        "a lone quote inside a text",
        HEAD + '2024-04-13,6" pipe,5\n2024-04-14,6" pipe,7\n',
        days('6" pipe', 5, 7),
    ),
    good(
        "separator inside quotes",
        HEAD + '2024-04-13,"A, red",5\n2024-04-14,"A, red",7\n',
        days("A, red", 5, 7),
    ),
    good(
        "line break inside quotes",
        'date,item,quantity,note\n2024-04-13,A,5,"two\nlines"\n2024-04-14,A,7,"a\r\nb"\n',
    ),
    good(
        "line break inside a quoted name",
        'date,item,"quantity\n(units)",note\n2024-04-13,A,5,x\n2024-04-14,A,7,y\n',
    ),
    bad(
        "line break inside a code",
        HEAD + '2024-04-13,"A\nB",5\n2024-04-14,A,7\n',
        "line_break",
        "row 2",
        "quotation mark",
    ),
    bad(
        "quote never closed",
        HEAD + '2024-04-13,"A,5\n2024-04-14,A,7\n',
        "line_break",
        "quotation mark",
    ),
    good(
        "single quotes are part of the text",
        HEAD + "2024-04-13,O'Neil,5\n2024-04-14,O'Neil,7\n",
        days("O'Neil", 5, 7),
    ),
    bad(
        "single quotes around all cells",
        HEAD + "'2024-04-13','A','5'\n'2024-04-14','A','7'\n",
        "not_a_date",
        "row 2",
    ),
    good("separator at the end of every line", (HEAD + ROWS).replace("\n", ",\n")),
    good("separator at the end of the rows only", HEAD + ROWS.replace("\n", ",\n")),
    good("many separators at the end", HEAD.replace("\n", ",,,,\n") + ROWS.replace("\n", ",,,,\n")),
    good("short rows", "date,item,quantity,note\n2024-04-13,A,5\n2024-04-14,A,7,late\n"),
    bad("row cut off before its quantity", HEAD + ROWS + "2024-04-15,A\n", "empty_cell", "row 4"),
    bad(
        "row with a cell too many",
        HEAD + "2024-04-13,A,1,5\n2024-04-14,A,7\n",
        "misfit_row",
        "row 2",
        "quotation marks",
    ),
    bad(
        "every row with a cell too many",
        HEAD + "2024-04-13,A,1,5\n2024-04-14,A,7,5\n",
        "misfit_row",
        "row 2",
        "quotation marks",
    ),
    good("carriage returns only", (HEAD + ROWS).replace("\n", "\r")),
    good("carriage return and line feed", (HEAD + ROWS).replace("\n", "\r\n")),
    good("doubled carriage returns", (HEAD + ROWS).replace("\n", "\r\r\n")),
    good("line ends of several kinds", "date,item,quantity\r2024-04-13,A,5\r\n2024-04-14,A,7\n"),
    good("no line end at the end", (HEAD + ROWS).rstrip("\n")),
    good("blank lines in between", "\n\n" + HEAD + "\n" + ROWS.replace("\n", "\n\n ,, \n")),
    good("end-of-file mark of old systems", HEAD + ROWS + "\x1a"),
    good(
        "blanks around every cell",
        "date , item , quantity\n 2024-04-13 , A , 5 \n 2024-04-14 , A , 7 \n",
    ),
    good(
        "blank before the quote",
        'date, "item", "quantity"\n2024-04-13, "A", "5"\n2024-04-14, "A", "7"\n',
    ),
    good(
        "semicolons with commas in the texts",
        "Datum;Artikel;Menge;Text\n13.04.2024;A;5;rot, grün, blau\n14.04.2024;A;7;a, b, c\n",
    ),
    good(
        "tabs with commas as decimals",
        "date\titem\tquantity\n2024-04-13\tA\t5,5\n2024-04-14\tA\t7,25\n",
        days("A", 5.5, 7.25),
        file="sales.txt",
    ),
    good(
        "commas with semicolons in the texts",
        "date,item,quantity,note\n2024-04-13,A,5,a;b;c;d;e\n2024-04-14,A,7,a;b;c;d;e\n",
    ),
    good(
        "unknown names, semicolon and decimal commas",
        "date;item;quantity;x;y\n2024-04-13;A;5,0;1,2;3,4\n2024-04-14;A;7,0;1,2;3,4\n",
        BASE,
    ),
    good(
        "a quote opened in a note and closed ten lines on",
        'date,item,quantity,note\n2024-04-13,A,5,"see\nbelow,\n\nend"\n2024-04-14,A,7,\n',
    ),
    bad(
        "backslash before quotes",
        HEAD + '2024-04-13,"A \\"x, y\\"",5\n2024-04-14,A,7\n',
        "misfit_row",
        "row 2",
    ),
)
