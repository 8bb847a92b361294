"""Quantities written with their unit (12 Stk., 1,5 kg): the unit is told, and dropped."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from core.ingest.findings import MAX_EXAMPLES, Finding
from core.ingest.layout import is_number
from core.ingest.measure_words import is_money
from core.ingest.names import plain
from core.ingest.questions import Ask, Question
from core.ingest.source import Guess
from core.ingest.text_table import Codes, Mask, TextTable, is_blank, tidy

# 12 Stk.  3 pcs  1,5 kg  12x
_WITH_UNIT = re.compile(r"([-+(]?\d[\d.,' \u00a0\u202f]*?-?)\s?([^\W\d_]{1,12}[²³23]?)\.?")
# Words of the same meaning in five languages, each group by its first.
_UNITS = {
    plain(word): group.split(",")[0]
    for group in (
        "pcs,pc,pce,piece,pieces,each,ea,unit,units,un,u,x,item,items,stk,st,stck,stück,stueck,"
        "stücke,einheit,einheiten,pièce,pièces,unité,unités,ud,uds,unid,unidad,unidades,pza,pzas,pieza,"
        "piezas,stuk,stuks,eenheid,eenheden",
        "kg,kilo,kilos,kgs,kilogramm,kilogram",
        "g,gr,gramm,gram,grams,gramme,grammes,gramo,gramos",
        "t,to,tonne,tonnen,tonnes,ton,tons,tonelada,toneladas",
        "l,ltr,lt,liter,litre,litres,litro,litros",
        "ml",
        "cl",
        "m,mtr,meter,metre,metres,metro,metros,lfm,lfdm",
        "cm",
        "mm",
        "m²,m2,qm,sqm",
        "m³,m3,cbm",
        "box,boxes,bx,karton,kartons,kar,krt,kt,ctn,carton,cartons,caja,cajas,cj,doos,kiste,"
        "kisten,case,cases,cs,colis",
        "pack,packs,pk,pkg,pck,packung,packungen,pak,paket,pakete,paquet,paquets,paquete,paquetes,"
        "pakken,ve,vpe",
        "pair,pairs,pr,paar,paare,paire,paires,par,pares,paren",
        "pallet,pallets,pal,palette,paletten,palettes,palé,palés",
        "set,sets,satz,kit,kits,juego,juegos",
        "bottle,bottles,btl,flasche,flaschen,fl,bouteille,bouteilles,botella,botellas,fles,flessen",
        "bag,bags,sack,säcke,beutel,sac,sacs,saco,sacos,bolsa,bolsas,zak,zakken",
        "roll,rolls,rolle,rollen,rouleau,rouleaux,rollo,rollos,rol",
        "can,cans,dose,dosen,boîte,boîtes,lata,latas,blik,blikken",
        "portion,portions,portionen,porción,porciones,portie,porties",
    )
    for word in group.split(",")
}
# Metres and tonnes only where they cannot be millions or thousands.
_LETTERS = frozenset({"m", "t"})
# Where fewer quantities have one, a unit is a slip.
_LEAST = 0.5
_NO_UNIT, _ADD = "no unit", "add"


def without_units(table: TextTable, quantity: str, item: str, ask: Ask) -> tuple[TextTable, Mask]:
    """Return the table with bare quantities, and the rows of another unit that do not count.

    Args:
        table: A sales file.
        quantity: Its column of quantities.
        item: Its column of items.
        ask: The planner.
    """
    column = table.column(quantity)
    nobody: Mask = np.zeros(table.n_rows, dtype=np.bool_)
    cut = [_cut(text) for text in column.texts]
    if not any(unit for _, unit in cut):
        return table, nobody
    units = column.spread([unit for _, unit in cut], object)
    counted = column.where(lambda text: not is_blank(text))
    if (units[counted] != "").mean() < _LEAST:
        return table, nobody
    texts, codes = np.unique(np.array([number for number, _ in cut], object), return_inverse=True)
    bare = pd.Categorical.from_codes(
        codes[column.codes],  # type: ignore[arg-type]
        categories=pd.Index(texts),
    )
    used = list(dict.fromkeys(units[counted].tolist()))
    shown = next(text for text, (_, unit) in zip(column.texts, cut, strict=True) if unit)
    guess = Guess("unit of quantity", ", ".join(u or _NO_UNIT for u in used), f"as in {shown!r}")
    table = replace(
        table,
        frame=table.frame.assign(**{quantity: bare}),
        guesses=(*table.guesses, guess),
    )
    mixed = _mixed(pd.Series(units), table.column(item).codes)
    if not mixed.any():
        return table, nobody
    at = np.flatnonzero(mixed)[:MAX_EXAMPLES].tolist()
    examples = tuple(f"row {table.lines[i]}: {column.texts[column.codes[i]]!r}" for i in at)
    found = pd.Series(units[mixed]).value_counts()
    answer = ask(_question(list(map(str, found.index)), int(mixed.sum()), examples))
    told = Finding(
        "warning",
        "mixed_units",
        "An item is counted in several units"
        + ("; all are added up" if answer == _ADD else f"; only {answer} counts"),
        table.name,
        row=int(table.lines[at[0]]),
        column=quantity,
        remedy="Export every item in one unit.",
        count=int(mixed.sum()),
        examples=examples,
    )
    return replace(table, findings=(*table.findings, told)), (
        nobody if answer == _ADD else mixed & (units != answer)
    )


def is_unit(text: str) -> bool:
    """Whether a text is a unit or a currency and nothing else: ST, kg, EUR."""
    return plain(text) in _UNITS or is_money(text)


def bare_cells(
    texts: tuple[str, ...], codes: Codes
) -> tuple[tuple[str, ...], Codes, tuple[Guess, ...]]:
    """Return the cells of a wide table without units, for each item counted in a single one.

    Args:
        texts: The different texts.
        codes: Which text each cell holds, shape [n_items, n_periods].

    Returns:
        The texts, which one each cell holds, and what was decided.
    """
    cut = [_cut(text) for text in texts]
    used = list(dict.fromkeys(unit for _, unit in cut if unit))
    if not used:
        return texts, codes, ()
    # No unit is 0, so that the largest number is the only one, or is none.
    numbered = np.array([used.index(unit) + 1 if unit else 0 for _, unit in cut])
    own, filled = numbered[codes], np.array([not is_blank(text) for text in texts])[codes]
    only = own.max(axis=1, keepdims=True)
    single = ((own == only) | (own == 0)).all(axis=1)
    often = (own > 0).sum(axis=1) >= _LEAST * filled.sum(axis=1)
    cells = (own > 0) & (single & often)[:, None]
    if not cells.any():
        return texts, codes, ()
    numbers = tuple(number for number, _ in cut)
    shown = texts[codes[cells][0]]
    named = ", ".join(used[i - 1] for i in np.unique(own[cells]).tolist())
    told = (Guess("unit of quantity", named, f"as in {shown!r}"),)
    return (*texts, *numbers), np.where(cells, codes + len(texts), codes), told


def _cut(text: str) -> tuple[str, str]:
    """Split a quantity into number and unit; the unit is empty where there is none that is known.

    Words for thousands and millions are none, so they stay and are no number; 12m may be one.
    """
    if is_number(text):
        return text, ""
    found = _WITH_UNIT.fullmatch(text)
    unit = _UNITS.get(plain(found[2])) if found else None
    if unit in _LETTERS and not text.endswith(f" {unit}"):
        return text, ""
    return (tidy(found[1]), unit) if found and unit else (text, "")


def _mixed(units: pd.Series, item: Codes) -> Mask:
    """Rows of items that are counted in several units, shape [n_rows]; a bare number fits any."""
    named = (units != "").to_numpy()
    several = units[named].groupby(item[named]).nunique()
    mask: Mask = np.isin(item, several.index[several > 1]) & named
    return mask


def _question(units: list[str], n: int, examples: tuple[str, ...]) -> Question:
    return Question(
        "mixed_units",
        f"{n:,} rows are of items that are counted in {' and '.join(units)}. Which count?",
        {_ADD: "all of them: add the numbers up"}
        | {unit: f"only those in {unit}: leave the others out" for unit in units},
        _ADD,
        examples,
    )
