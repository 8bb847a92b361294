"""What spreadsheets do to codes and quantities before they are exported: told, never mended."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from core.ingest.findings import Finding
from core.ingest.text_table import TextTable

# What a spreadsheet leaves where a code should be.
_SPOILED = (
    (
        "error_cell",
        re.compile(r"#(N/A|NV|REF!|BEZUG!|VALUE!|WERT!|VALEUR!|NAME\?|DIV/0!)"),
        "Item is an error of the spreadsheet, and is read as a code like others",
        "Mend the look-up in the spreadsheet and export again.",
    ),
    (
        "rounded_code",
        re.compile(r"\d[.,]\d+[eE]\+\d{2}"),
        "Item codes were rounded by a spreadsheet, so different items may have become one",
        "Format that column as text in the spreadsheet, look the codes up and export again.",
    ),
)
# Quantity (x1000), Menge in Tsd., units ('000)
_THOUSANDS = re.compile(
    r"\b[x×*]?\s?1[., ']?000\b|'?\b000'?s?\b|\btsd\b|\btausend|\bthousand|\bmilliers|\bduizend",
    re.IGNORECASE,
)


def spoiled(table: TextTable, columns: Mapping[str, str]) -> list[Finding]:
    """Warn of item codes that were lost in a spreadsheet, and of quantities in thousands.

    Args:
        table: The file.
        columns: Attribute -> column of the file.
    """
    return [
        *(_codes(table, columns["item"]) if "item" in columns else []),
        *(_scaled(table, columns["quantity"]) if "quantity" in columns else []),
    ]


def _codes(table: TextTable, name: str) -> list[Finding]:
    column = table.column(name)
    told = []
    for code, pattern, what, remedy in _SPOILED:
        fits = [bool(pattern.fullmatch(text)) for text in column.texts]
        at = np.flatnonzero(column.spread(fits, np.bool_))
        if at.size:
            told.append(
                Finding(
                    "warning",
                    code,
                    what,
                    table.name,
                    value=column.texts[column.codes[at[0]]],
                    row=int(table.lines[at[0]]),
                    column=name,
                    remedy=remedy,
                    count=int(at.size),
                )
            )
    return told


def _scaled(table: TextTable, name: str) -> list[Finding]:
    if not _THOUSANDS.search(name):
        return []
    return [
        Finding(
            "warning",
            "in_thousands",
            "The quantity's name speaks of thousands; its numbers are read as they stand",
            table.name,
            value=name,
            row=table.header_line,
            column=name,
            remedy="Export single units, or plan in thousands: then costs must be per thousand.",
        )
    ]
