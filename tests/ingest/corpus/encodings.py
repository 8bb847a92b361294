"""Letters: encodings, marks, bytes that fit none."""

from __future__ import annotations

from tests.ingest.corpus.case import HEAD, ROWS, bad, days, good

GERMAN = "Verkaufsdatum;Artikel;Menge in Stück\n13.04.2024;Größe 8;5\n14.04.2024;Größe 8;7\n"
GERMAN_UNITS = days("Größe 8", 5, 7)
FRENCH = "Date;Référence;Quantité\n13/04/2024;Crème brûlée;5\n14/04/2024;Crème brûlée;7\n"
FRENCH_UNITS = days("Crème brûlée", 5, 7)
POLISH = "date;item;quantity\n2024-04-13;Łyżka żółta;5\n2024-04-14;Łyżka żółta;7\n"
POLISH_UNITS = days("Łyżka żółta", 5, 7)

CASES = (
    good("utf-8", GERMAN, GERMAN_UNITS),
    good("utf-8 with mark", GERMAN.encode("utf-8-sig"), GERMAN_UNITS),
    good("mark before a quoted name", ("\ufeff" + '"date",item,quantity\n' + ROWS)),
    good("two marks", ("\ufeff\ufeff" + HEAD + ROWS)),
    good("utf-16 little with mark", b"\xff\xfe" + GERMAN.encode("utf-16-le"), GERMAN_UNITS),
    good("utf-16 big with mark", b"\xfe\xff" + GERMAN.encode("utf-16-be"), GERMAN_UNITS),
    good("utf-16 little without mark", GERMAN.encode("utf-16-le"), GERMAN_UNITS),
    good("utf-16 big without mark", GERMAN.encode("utf-16-be"), GERMAN_UNITS),
    good("utf-32 with mark", GERMAN.encode("utf-32"), GERMAN_UNITS),
    good(
        "spreadsheet's Unicode text",
        ("\ufeff" + GERMAN.replace(";", "\t")).encode("utf-16-le"),
        GERMAN_UNITS,
        file="sales.txt",
    ),
    bad(
        "utf-16 cut in the middle of a letter",
        ("\ufeff" + GERMAN).encode("utf-16-le")[:-1],
        "not_a_table",
        "Save it as CSV",
    ),
    good("windows-1252", GERMAN.encode("cp1252"), GERMAN_UNITS),
    good("windows-1252 in French", FRENCH.encode("cp1252"), FRENCH_UNITS),
    good(
        "windows-1252 with the euro sign",
        "date;item;quantity\n2024-04-13;A;€ 5\n2024-04-14;A;€ 7\n".encode("cp1252"),
    ),
    good("latin-1", FRENCH.encode("latin-1"), FRENCH_UNITS),
    good("windows-1250 in German", GERMAN.encode("cp1250"), GERMAN_UNITS),
    good("windows-1250 in Polish", POLISH.encode("cp1250"), POLISH_UNITS),
    good("old DOS letters in German", GERMAN.encode("cp850"), GERMAN_UNITS),
    good("old DOS letters in French", FRENCH.encode("cp850"), FRENCH_UNITS),
    good("old Macintosh letters in German", GERMAN.encode("mac-roman"), GERMAN_UNITS),
    good("old Macintosh letters in French", FRENCH.encode("mac-roman"), FRENCH_UNITS),
    good(
        "utf-8 with one stray byte",
        GERMAN.encode() + b"15.04.2024;M\xfctze;3\n",
        {**GERMAN_UNITS, "Mütze": {"2024-04-15": 3}},
    ),
    good(
        "emoji and Chinese",
        HEAD + "2024-04-13,🍓 草莓,5\n2024-04-14,🍓 草莓,7\n",
        days("🍓 草莓", 5, 7),
    ),
    good("letters written with a loose accent", HEAD.replace("quantity", "Quantite\u0301") + ROWS),
    bad(
        "nul bytes between",
        (HEAD + ROWS).encode() + b"2024-04-15,A\0B,3\n",
        "nul_bytes",
        "row 4",
        "Export it again",
    ),
    bad(
        "nul bytes as padding behind",
        (HEAD + ROWS).encode() + bytes(9000),
        "nul_bytes",
        "row 4",
        "Export it again",
    ),
    bad("only nul bytes", bytes(5000), "empty_file", "Export it again"),
    *(
        good(
            f"windows-1252 with {code!r}",
            f"date;item;quantity\n2024-04-13;{code};5\n2024-04-14;{code};7\n".encode("cp1252"),
            days(code, 5, 7),
        )
        for code in (
            *("Prix d’achat", "“Premium” box", "Neil’s", "Acme™", "et cetera…", "„Sonder“"),
            *("Nº 7", "¿Activo?", "Würfel 3 m³", "10–20 mm", "Ø 8 mm", "25 °C", "½ Liter", "São"),
        )
    ),
)
