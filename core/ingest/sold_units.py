"""One item that is sold in several units, pieces and dozens: counted in one where that is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from core.ingest.checks import Checks
from core.ingest.findings import MAX_EXAMPLES
from core.ingest.names import names, plain
from core.ingest.questions import Question
from core.ingest.text_table import Codes, Mask, TextColumn
from core.ingest.unit_factors import factors_beside

Floats = npt.NDArray[np.float64]

_NAMES = frozenset(
    names(
        "unit,uom,unit of measure,unit of measure code,sales unit,base unit,units of measure,me,"
        "einheit,einheiten,mengeneinheit,basismengeneinheit,verkaufseinheit,vk einheit,"
        "erfassme,bme,vme,meins,vrkme,eenheid,verkoopeenheid,unité,unité de mesure,unité de vente,"
        "um,unidad,unidad de medida,unidad de venta,udm,basiseinheit,meinh"
    )
)
# What is measured -> unit -> how many of the first one it is, and how planners write it.
_MEASURES: Mapping[str, Mapping[float, str]] = {
    "pieces": {
        1: "st,stk,stck,stück,stueck,ea,each,pc,pce,pcs,piece,pieces,pièce,pièces,unit,units,"
        "unité,unités,ud,uds,unidad,unidades,pza,pieza,piezas,stuk,stuks,c62,pz",
        12: "dz,dzn,doz,dtz,dozen,dutzend,douzaine,docena,dozijn",
        144: "gros,gross,gro,grosse",
    },
    "weight": {1: "g,gr,grm,gramm,gram,gramme", 1000: "kg,kgm,kilo,kilogramm,kilogram,kilogramme"},
    "volume": {1: "ml,mlt", 10: "cl,clt", 1000: "l,lt,ltr,liter,litre,litro", 1e5: "hl,hlt"},
    "length": {1: "mm,mmt", 10: "cm,cmt", 1000: "m,mtr,meter,metre,metro"},
}
# Packs: what is in them differs from item to item.
_PACKS = (
    "kar,krt,karton,ctn,carton,car,crt,kart,doos,caja,cajas",
    "box,bx,boxes,schachtel",
    "case,cs,kiste,kist,kis,caisse",
    "pack,pk,pkg,pck,pak,paket,packung,pac,paquete,paquet,pkt",
    "pal,pallet,palette,palet,pll",
    "rol,rolle,roll,rouleau,rollo",
    "set,satz,kit,jeu,juego",
    "paar,pr,pair,paire,par",
    "bag,sack,sac,saco,zak,beutel",
    "btl,fl,flasche,bottle,bouteille,botella,fles",
    "bund,bundle,bd,gebinde,vpe,display,tray,colli,collo,colis",
)
_FACTOR: dict[str, tuple[str, float]] = {
    name: (measure, factor)
    for measure, units in _MEASURES.items()
    for factor, listed in units.items()
    for name in names(listed)
} | {name: (listed, 1.0) for listed in _PACKS for name in names(listed)}


def in_one_unit(checks: Checks, item: Codes, quantity: Floats) -> Floats:
    """Return the quantities, those of an item in one unit where it is known what a unit holds.

    A dozen is 12 pieces and a kilogram 1,000 grams: asked. What a carton holds is not known: told.

    Args:
        checks: The file.
        item: Which item each row is of, shape [n_rows].
        quantity: Units of each row, same shape.
    """
    column = _column(checks)
    if column is None:
        return quantity
    known = [_kind(text) for text in column.texts]
    kinds = list(dict.fromkeys(kind for kind in known if kind))
    kind = column.spread([kinds.index(k) if k else -1 for k in known], np.int64)
    rows = _rows_by_unit(item, kind, len(kinds))
    mixed = (rows > 0).sum(axis=1) > 1
    if not mixed.any():
        return quantity
    several = mixed[item] & (kind >= 0)
    told = factors_beside(checks, item, kind, several)
    if told is not None:
        name, held = told
        if _ask_factors(checks, column, name, several) == "as_is":
            return quantity
        _tell_converted(checks, column, held != 1)
        return quantity * held
    alike = mixed & np.array([len({kinds[k][0] for k in np.flatnonzero(r)}) == 1 for r in rows])
    unknown = several & ~alike[item]
    if unknown.any():
        _tell_unknown(checks, column, unknown)
    here = several & alike[item]
    if not here.any() or _ask(checks, column, here) == "as_is":
        return quantity
    factors = np.array([factor for _, factor in kinds])
    smallest = np.where(rows > 0, factors, np.inf).min(axis=1)
    times = np.where(here, factors[kind] / np.where(here, smallest[item], 1.0), 1.0)
    _tell_converted(checks, column, times > 1)
    return quantity * times


def _kind(text: str) -> tuple[str, float] | None:
    """What a unit measures and how much of it; a unit that is not known measures itself."""
    return _FACTOR.get(plain(text), (plain(text), 1.0)) if text else None


def _rows_by_unit(item: Codes, kind: Codes, n_kinds: int) -> Codes:
    """Count the rows of each item in each unit, shape [n_items, n_kinds]."""
    cell = (item * n_kinds + kind)[kind >= 0]
    n_items = int(item.max(initial=-1)) + 1
    return np.bincount(cell, minlength=n_items * n_kinds).reshape(n_items, n_kinds)


def _column(checks: Checks) -> TextColumn | None:
    """Return the column of units: by its name or its words, with two units or more."""
    taken = {guess.column for guess in checks.columns.values()}
    for name in checks.table.columns:
        if name in taken or len(checks.table.frame[name].cat.categories) > len(_FACTOR):
            continue
        column = checks.table.column(name)
        filled = [text for text in column.texts if text]
        is_named = plain(name) in _NAMES
        known = [text for text in filled if plain(text) in _FACTOR]
        # A column of sizes holds M and L.
        is_sure = is_named or all(len(text) > 1 for text in filled)
        is_known = len(known) == len(filled) or (is_named and known)
        if len(filled) > 1 and is_known and is_sure:
            return column
    return None


def _said(column: TextColumn, rows: Mask) -> list[str]:
    counts = np.bincount(column.codes[rows], minlength=len(column.texts))
    often = np.argsort(-counts, kind="stable").tolist()
    return [f"{column.texts[at]} ({counts[at]:,} rows)" for at in often if counts[at]]


def _tell_unknown(checks: Checks, column: TextColumn, rows: Mask) -> None:
    checks.tell(
        "warning",
        "mixed_units",
        "An item is sold in several units, and the file does not say what one holds: "
        f"{', '.join(_said(column, rows))}; the numbers are added as they are",
        rows=rows,
        name=column.name,
        remedy="Export the quantity in the unit of stock (base unit), or in one unit per item.",
    )


def _tell_converted(checks: Checks, column: TextColumn, rows: Mask) -> None:
    checks.tell(
        "info",
        "units_converted",
        f"A quantity is counted in the smallest unit of its item: {', '.join(_said(column, rows))}",
        rows=rows,
        name=column.name,
        remedy="Nothing to do, unless the answer to the question on units is another.",
    )


def _ask(checks: Checks, column: TextColumn, rows: Mask) -> str:
    units = sorted({plain(column.texts[code]) for code in np.unique(column.codes[rows]).tolist()})
    smallest = {
        measure: min(_FACTOR[text][1] for text in units if _FACTOR[text][0] == measure)
        for measure in {_FACTOR[text][0] for text in units}
    }
    told = [f"{t} = {_FACTOR[t][1] / smallest[_FACTOR[t][0]]:g}" for t in units]
    how = f"in the smallest unit of each item ({', '.join(told)})"
    return checks.ask(_question(column, rows, how))


def _ask_factors(checks: Checks, column: TextColumn, name: str, rows: Mask) -> str:
    return checks.ask(_question(column, rows, f"times {name!r}, which says what one unit holds"))


def _question(column: TextColumn, rows: Mask, how: str) -> Question:
    return Question(
        "units",
        f"Under {column.name!r} the same item is sold in several units: "
        f"{', '.join(_said(column, rows))}. How are they counted?",
        {"convert": how, "as_is": "as they are: the numbers are in one unit already"},
        "convert",
        tuple(_said(column, rows)[:MAX_EXAMPLES]),
    )
