"""Quantities as planners and their systems write them."""

from __future__ import annotations

from tests.ingest.corpus.case import Case, bad, days, good, quantities

READ: dict[str, tuple[tuple[str, ...], tuple[float, ...]]] = {
    "decimal comma": (("5,5", "7,25"), (5.5, 7.25)),
    "decimal point": (("5.5", "7.25"), (5.5, 7.25)),
    "German thousands": (("1.234,5", "7"), (1234.5, 7)),
    "English thousands": (("1,234.5", "7"), (1234.5, 7)),
    "point proved by another cell": (("1.234", "0.5"), (1.234, 0.5)),
    "comma as thousands proved by a point": (("1,234", "0.5"), (1234, 0.5)),
    "comma proved, point as thousands": (("1.234", "0,5"), (1234, 0.5)),
    "millions with points": (("1.234.567", "7"), (1234567, 7)),
    "millions with commas": (("1,234,567", "7"), (1234567, 7)),
    "plain space": (("1 234,5", "7"), (1234.5, 7)),
    "no-break space": (("1\u00a0234,5", "7"), (1234.5, 7)),
    "narrow no-break space": (("1\u202f234,5", "7"), (1234.5, 7)),
    "thin space": (("1\u2009234,5", "7"), (1234.5, 7)),
    "figure space": (("1\u2007234,5", "7"), (1234.5, 7)),
    "Swiss apostrophe": (("1'234.50", "7"), (1234.5, 7)),
    "curly apostrophe": (("1’234.50", "7"), (1234.5, 7)),
    "four digits before the point": (("1234.567", "7"), (1234.567, 7)),
    "nought before the point": (("0.123", "7"), (0.123, 7)),
    "three decimals below 1, with others open": (("0,125", "1,250"), (0.125, 1.25)),
    "plus sign": (("+5", "+7"), (5, 7)),
    "currency": (("$ 1,200", "$5.50"), (1200, 5.5)),
    "currency behind": (("1.200,00 €", "5,50 EUR"), (1200, 5.5)),
    "dash for no cents": (("5,-", "7,-"), (5, 7)),
    "two dashes for no cents": (("5,--", "1.200,--"), (5, 1200)),
    "Swiss dash for no cents": (("5.-", "7.–"), (5, 7)),
    "exponent": (("1e3", "7"), (1000, 7)),
    "exponent as a spreadsheet writes it": (("1,5E+03", "7"), (1500, 7)),
    "float noise": (("0.30000000000000004", "7"), (0.30000000000000004, 7)),
    "protected by a formula": (('="5"', '="7"'), (5, 7)),
    "leading apostrophe": (("'5", "'7"), (5, 7)),
    "leading noughts": (("0005", "007"), (5, 7)),
    "wide digits": (("５", "７"), (5, 7)),
}
NEGATIVE: dict[str, tuple[str, str]] = {
    "in brackets": ("(2)", "( 3 )"),
    "minus behind": ("2-", "3 -"),
    "minus": ("-2", "- 3"),
    "true minus sign": ("−2", "−3"),
    "en dash": ("–2", "–3"),
    "in brackets with currency": ("($2)", "(€ 3)"),
    "minus before the currency": ("-$2", "$-3"),
}
REFUSED: dict[str, str] = {
    "text": "abc",
    "unit behind": "12 Stk",
    "unit behind without a blank": "12pcs",
    "percent": "12%",
    "not available": "#N/A",
    "broken reference": "#REF!",
    "division by nought": "#DIV/0!",
    "too narrow column": "####",
    "NaN": "NaN",
    "null": "null",
    "n slash a": "n/a",
    "infinity": "inf",
    "dash": "-",
    "two numbers": "5 7",
    "a range": "5-7",
    "a fraction": "5/7",
    "a sum": "=5+7",
    "two minus signs": "--5",
    "minus in brackets": "(-5)",
    "bracket never closed": "(5",
    "underscores": "1_000",
    "hexadecimal": "0x10",
    "groups of two": "12 34",
    "mixed groups": "1.234'567,5",
    "superscript": "5²",
    "date": "13.04.2024",
    "time": "12:30",
    "yes": "yes",
    "letter O": "1O",
}


def _refused(name: str, text: str) -> Case:
    return bad(f"refused: {name}", quantities("5", text, "7"), "not_a_number", "row 3", repr(text))


CASES = (
    *(good(name, quantities(*texts), days("A", *units)) for name, (texts, units) in READ.items()),
    *(
        good(
            f"negative {name}",
            quantities("9", *texts, "9"),
            days("A", 4, 0, 0, 9),
            opens="negatives",
            tells="returns returns_carried_back",
        )
        for name, texts in NEGATIVE.items()
    ),
    *(_refused(name, text) for name, text in REFUSED.items()),
    bad("empty quantity", quantities("5", "", "7"), "empty_cell", "row 3", "Fill in"),
    bad("blank of a rare kind", quantities("5", "\u3000", "7"), "empty_cell", "row 3"),
    good(
        "point that can be both",
        quantities("1.234", "7"),
        days("A", 1.234, 7),
        opens="decimal",
        tells="ambiguous_number",
    ),
    good(
        "comma that can be both",
        quantities("1,234", "7"),
        days("A", 1234, 7),
        opens="decimal",
        tells="ambiguous_number",
    ),
    good(
        "comma that can be both, beside semicolons",
        "Datum;Artikel;Menge\n13.04.2024;A;1,234\n14.04.2024;A;7\n",
        days("A", 1.234, 7),
        opens="decimal",
        tells="ambiguous_number",
    ),
    bad("both signs proved", quantities("1,5", "1.234", "2.5"), "not_a_number"),
    bad("both signs proved, evenly", quantities("1,5", "2.5"), "not_a_number"),
    bad("both signs proved, comma usual", quantities("1,5", "2,5", "2.5"), "not_a_number"),
    good("noughts are quantities", quantities("5", "0", "0,00", "7"), days("A", 5, 0, 0, 7)),
    bad(
        "quantity beyond all reason", quantities("5", "99999999999", "7"), "out_of_bounds", "row 3"
    ),
    good("nearly all negative", quantities("-5", "-7"), days("A", 5, 7), opens="negatives"),
    good(
        "the smallest float",
        quantities("5e-324", "7"),
        {"A": {"2024-04-13": 5e-324, "2024-04-14": 7}},
    ),
    bad("lakh and crore", quantities("1,23,456", "7"), "not_a_number", "row 2"),
    bad("an exponent beyond all reason", quantities("5", "1e999"), "out_of_bounds", "row 3"),
)
