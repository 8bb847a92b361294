"""An item that is named by two columns together, such as product and size: asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from core.ingest.findings import MAX_EXAMPLES
from core.ingest.layout import is_number
from core.ingest.names import names, words
from core.ingest.questions import Ask, Question
from core.ingest.text_table import TextColumn, TextTable

_VARIANTS = frozenset(
    names(
        "variant,variants,variante,variantes,variation,varianten,size,sizes,größe,groesse,grösse,taille,"
        "talla,tamaño,maat,colour,color,farbe,couleur,kleur,flavour,flavor,geschmack,sorte,sabor,"
        "smaak,goût,gout,ausführung,déclinaison,pointure,lengte,länge"
    )
)
# What names a single variant already: a code.
_CODES = frozenset(names("sku,id,code,nr,no,number,nummer,ean,gtin,upc,price,preis,prix"))


def with_variants(table: TextTable, columns: Mapping[str, str], ask: Ask) -> TextTable:
    """Return the table with items told apart by their variants, where the planner wants that.

    Args:
        table: A sales file.
        columns: What is taken for what, by attribute.
        ask: The planner.
    """
    if "item" not in columns or not table.n_rows:
        return table
    item = table.column(columns["item"])
    taken = set(columns.values())
    found = [
        table.column(name)
        for name in table.columns
        if name not in taken and not _CODES & set(words(name)) and _VARIANTS & set(words(name))
    ]
    apart = [column for column in found if _names_kinds(column) and _tells_apart(item, column)]
    if not apart or ask(_question(item, apart)) != "together":
        return table
    return _together(table, item, apart)


def _names_kinds(column: TextColumn) -> bool:
    """Whether a column names kinds: numbers are sizes, unless its name says more: Order size."""
    return len(words(column.name)) == 1 or not all(map(is_number, filter(None, column.texts)))


def _tells_apart(item: TextColumn, column: TextColumn) -> bool:
    """Whether an item comes in several variants of this column."""
    pairs = np.unique(item.codes * len(column.texts) + column.codes)
    return len(pairs) > len(np.unique(item.codes))


def _question(item: TextColumn, apart: list[TextColumn]) -> Question:
    listed = " and ".join(repr(column.name) for column in apart)
    is_full = not any((column.where(lambda text: not text)).any() for column in apart)
    shown = dict.fromkeys(
        _label(item.texts[codes[0]], [c.texts[k] for c, k in zip(apart, codes[1:], strict=True)])
        for codes in zip(item.codes[:200], *(c.codes[:200] for c in apart), strict=True)
    )
    return Question(
        "variants",
        f"{item.name!r} comes in several kinds under {listed}. What do you order?",
        {
            "together": "each kind by itself: the columns together name the item",
            "item": f"the product as a whole: {item.name!r} alone names it",
        },
        "together" if is_full else "item",
        tuple(shown)[:MAX_EXAMPLES],
    )


def _together(table: TextTable, item: TextColumn, apart: list[TextColumn]) -> TextTable:
    """Write the variant behind each item."""
    key = item.codes
    for column in apart:
        key = key * len(column.texts) + column.codes
    codes, _ = pd.factorize(key)
    _, first = np.unique(codes, return_index=True)
    texts = [
        _label(item.texts[item.codes[row]], [c.texts[c.codes[row]] for c in apart])
        for row in first.tolist()
    ]
    renumber, unique = pd.factorize(np.array(texts, dtype=object))
    cells = pd.Categorical.from_codes(
        renumber[codes],  # type: ignore[arg-type]
        categories=pd.Index(unique),
    )
    return replace(table, frame=table.frame.assign(**{item.name: cells}))


def _label(item: str, variants: list[str]) -> str:
    return " / ".join(filter(None, [item, *variants])) if item else ""
