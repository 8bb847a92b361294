"""Days, weeks and months as planners and their systems write them."""

from __future__ import annotations

from tests.ingest.corpus.case import Case, bad, dates, good, on

DAYS = ("2024-04-13", "2024-04-14")
# Name: how two days in a row are written.
READ: dict[str, tuple[str, str]] = {
    "year first": ("2024-04-13", "2024-04-14"),
    "year first with slashes": ("2024/4/13", "2024/4/14"),
    "year first with points": ("2024.04.13", "2024.04.14"),
    "year, month and day in one": ("20240413", "20240414"),
    "13/04 proves day first": ("13/04/2024", "14/04/2024"),
    "04/13 proves month first": ("04/13/2024", "04/14/2024"),
    "two-digit years": ("13.04.24", "14.04.24"),
    "two-digit years, month first": ("4/13/24", "4/14/24"),
    "dashes": ("13-04-2024", "14-04-2024"),
    "blanks after the points": ("13. 4. 2024", "14. 4. 2024"),
    "time of day": ("2024-04-13 10:30", "2024-04-14 23:59:59.999"),
    "time zone": ("2024-04-13T23:30:00Z", "2024-04-14T00:30:00+02:00"),
    "AM and PM": ("4/13/2024 12:00:00 AM", "4/14/2024 11:59 PM"),
    "zone in brackets": ("2024-04-13 10:00 (CEST)", "2024-04-14 10:00 (CEST)"),
    "English": ("13 April 2024", "Apr 14, 2024"),
    "English with endings": ("13th April 2024", "April 14th, 2024"),
    "German": ("13. April 2024", "14. Apr. 2024"),
    "French": ("13 avril 2024", "14 avr. 2024"),
    "Spanish": ("13 abril 2024", "14 abr. 2024"),
    "Spanish with de": ("13 de abril de 2024", "14 de abril de 2024"),
    "Dutch": ("13 april 2024", "14 apr 2024"),
    "spreadsheet's short form": ("13-Apr-24", "14-Apr-24"),
    "in capitals": ("13APR2024", "14APR2024"),
    "year first with the name": ("2024-Apr-13", "2024 April 14"),
    "weekday before it": ("Sat 13/04/2024", "Sonntag, 14.04.2024"),
    "day numbers of a spreadsheet": ("45395", "45396"),
    "day numbers with the time": ("45395.4375", "45396.9999"),
    "protected by a formula": ('="2024-04-13"', '="2024-04-14"'),
    "leading apostrophe": ("'2024-04-13", "'2024-04-14"),
    "different signs between": ("13.04.2024", "14/04/2024"),
}
# Name: how months are written, and the first of each.
MONTHS: dict[str, tuple[str, ...]] = {
    "2024-01-01 2024-02-01 2024-03-01": (
        "2024-01|2024-02|2024-03",
        "202401|202402|202403",
        "01/2024|02/2024|03/2024",
        "1.2024|2.2024|3.2024",
        "2024M01|2024M02|2024M03",
        "Jan 2024|Feb 2024|Mar 2024",
        "Januar 2024|Februar 2024|März 2024",
        "Jän 24|Feb 24|Mrz 24",
        "janv. 2024|févr. 2024|mars 2024",
        "ene-24|feb-24|mar-24",
        "enero 2024|febrero 2024|marzo de 2024",
        "jan 2024|feb 2024|mrt 2024",
        "januari 2024|februari 2024|maart 2024",
        "2024 Jan|2024 Feb|2024 Mar",
        "JAN24|FEB24|MAR24",
    ),
    "2024-10-01 2024-11-01 2024-12-01": (
        "Okt 2024|Nov 2024|Dez 2024",
        "oct. 2024|nov. 2024|déc. 2024",
        "oct-24|nov-24|dic-24",
        "okt 2024|nov 2024|dec 2024",
        "octubre 2024|noviembre 2024|diciembre 2024",
    ),
    "2024-06-01 2024-07-01 2024-08-01": (
        "juin 2024|juil. 2024|août 2024",
        "Juni 2024|Juli 2024|Aug. 2024",
        "junio 2024|julio 2024|agosto 2024",
        "juni 2024|juli 2024|augustus 2024",
    ),
}
# How weeks are written; the first days are 29 January and 5 February 2024.
WEEKS = (
    "2024-W05|2024-W06",
    "2024W05|2024W06",
    "2024-KW05|2024-KW06",
    "KW 5 2024|KW 6 2024",
    "KW05/2024|KW06/2024",
    "W05 2024|W06 2024",
    "2024 week 5|2024 week 6",
    "29/01/2024|05/02/2024",
)
REFUSED: dict[str, str] = {
    "no such day": "31.02.2024",
    "no such month": "2024-13-01",
    "no such leap day": "2023-02-29",
    "no such week": "2024-W54",
    "a quarter": "2024-Q1",
    "a quarter before the year": "Q1 2024",
    "before 1970": "1969-12-31",
    "before spreadsheets": "1850-01-01",
    "after 2100": "9999-12-31",
    "placeholder of noughts": "0000-00-00",
    "text": "unknown",
    "day without a year": "13. April",
    "month without a year": "April",
    "year only": "2024",
    "no such month name": "13 Margin 2024",
    "time only": "10:30",
    "a span": "2024-04-13 to 2024-04-14",
    "day, month and year in one": "13042024",
    "point and one digit": "2024.1",
}


def _refused(name: str, text: str) -> Case:
    return bad(
        f"refused date: {name}",
        dates("2024-04-12", text, "2024-04-15"),
        "not_a_date",
        "row 3",
        repr(text),
        "2024-04-14",
    )


CASES = (
    *(good(f"date: {name}", dates(*texts), on(*DAYS)) for name, texts in READ.items()),
    *(
        good(f"months: {texts}", dates(*texts.split("|"), head="Monat"), on(*firsts.split()))
        for firsts, written in MONTHS.items()
        for texts in written
    ),
    *(
        good(
            f"weeks: {texts}",
            dates(*texts.split("|"), head="Woche"),
            on("2024-01-29", "2024-02-05"),
        )
        for texts in WEEKS
    ),
    *(_refused(name, text) for name, text in REFUSED.items()),
    good(
        "03/04 can be both",
        dates("03/04/2024", "05/04/2024"),
        on("2024-04-03", "2024-04-05"),
        opens="date_order",
        tells="ambiguous_date",
    ),
    good(
        "03-04-24 can be both",
        dates("03-04-24", "04-04-24"),
        on("2024-04-03", "2024-04-04"),
        opens="date_order",
        tells="ambiguous_date",
    ),
    good(
        "points put the day first",
        dates("03.04.2024", "04.04.2024"),
        on("2024-04-03", "2024-04-04"),
    ),
    good(
        "three days of January or three months",
        dates("1/1/2024", "2/1/2024", "3/1/2024"),
        on("2024-01-01", "2024-02-01", "2024-03-01"),
        opens="date_order",
    ),
    good(
        "first of each month over years",
        dates(*(f"{m:02d}/01/{y}" for y in (2022, 2023) for m in (1, 2, 3, 4, 5))),
        on(*(f"{y}-{m:02d}-01" for y in (2022, 2023) for m in (1, 2, 3, 4, 5))),
    ),
    bad(
        "both orders of day and month",
        dates("13/04/2024", "04/14/2024"),
        "mixed_dates",
        "row 3",
        "choose the order",
    ),
    good(
        "a year-first date beside one that can be both",
        dates("2024-04-13", "2024-04-14", "12/04/2024"),
        {"A": {"2024-04-13": 5, "2024-04-14": 6, "2024-04-12": 7}},
        opens="date_order",
    ),
    good(
        "two-digit years in front",
        dates("24/04/13", "24/04/14", "24/04/15"),
        on("2024-04-13", "2024-04-14", "2024-04-15"),
        opens="date_order",
    ),
    good(
        "two-digit years behind, few days and many years",
        dates("31.12.20", "31.12.21", "31.12.22"),
        on("2020-12-01", "2021-12-01", "2022-12-01"),
    ),
    good(
        "two-digit years, undecidable",
        dates("15/01/20", "15/02/21", "15/03/22"),
        on("2015-01-01", "2015-02-01", "2015-03-01"),
        opens="date_order",
        tells="ambiguous_date",
    ),
    bad(
        "day numbers beside written dates",
        dates("45395", "2024-04-14"),
        "not_a_date",
        "row 2",
        "'45395'",
    ),
    bad("quantities where the dates should be", dates("12", "15"), "not_a_date", "row 2"),
    bad(
        "sales of the day after tomorrow",
        dates("2024-04-13", "2062-04-14"),
        "future_date",
        "row 3",
        "'2062-04-14'",
    ),
    good(
        "weeks of a year in six digits",
        dates("202411", "202412", "202413", head="week"),
        on("2024-03-11", "2024-03-18", "2024-03-25"),
    ),
    good(
        "weeks in six digits, all up to 12",
        dates("202405", "202406", head="week"),
        on("2024-01-29", "2024-02-05"),
    ),
    bad(
        "months of a spreadsheet that lost a nought",
        dates("2024.08", "2024.09", "2024.1", "2024.11", head="month"),
        "not_a_date",
        "row 4",
        "'2024.1'",
    ),
    good("noughts and blanks around", dates(" 2024-04-13 ", "\u00a02024-04-14"), on(*DAYS)),
    good(
        "newest first", dates("2024-04-14", "2024-04-13"), {"A": {"2024-04-14": 5, "2024-04-13": 6}}
    ),
    good(
        "the same day in two forms",
        dates("2024-04-13", "13.04.2024", "2024-04-14"),
        {"A": {"2024-04-13": 11, "2024-04-14": 7}},
        tells="same_item_and_date",
    ),
    good(
        "year and week with a dash, named week",
        dates("2024-05", "2024-06", head="Woche"),
        on("2024-01-29", "2024-02-05"),
    ),
    good(
        "week and year with a slash, named week",
        dates("5/2024", "6/2024", head="Semana"),
        on("2024-01-29", "2024-02-05"),
    ),
    good(
        "year and week with a dash, one past December",
        dates("2024-11", "2024-12", "2024-13"),
        on("2024-03-11", "2024-03-18", "2024-03-25"),
    ),
)
