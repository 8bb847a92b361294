"""A column of units cancelled, refunded or returned beside the quantity: asked, then subtracted."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from core.ingest.checks import Checks
from core.ingest.names import is_no_sale, names, words
from core.ingest.number_text import decimal_sign, to_number
from core.ingest.questions import Question
from core.ingest.text_table import Mask, TextTable

Floats = npt.NDArray[np.float64]

# A name says both: that it counts units, and that they did not stay sold.
_UNITS = frozenset(
    names(
        "quantity,qty,units,unit,pieces,pcs,count,menge,mengen,anzahl,stück,stk,stückzahl,einheiten,"
        "quantité,quantités,qté,qte,unités,nombre,nb,pièces,cantidad,cant,unidades,uds,ud,piezas,"
        "aantal,aantallen,hoeveelheid,stuks,eenheden"
    )
)
_OFF = names(
    "cancel,refund,return,void,storn,retour,rucksend,zuruckg,ruckgabe,erstatt,annul,rembours,"
    "devol,devuel,reembols,anulad,terug,geannul,geretour,gutschrift"
)
# One long word that says both.
_BOTH = names(
    "retourmenge,stornomenge,retourenmenge,retouranzahl,retouraantal,rückgabemenge,erstattungsmenge"
)
# What is taken off already, or is still to come back.
_NET = frozenset(names("net,netto,nette,nettes,neto,netas,after,nach,après,tras,na,open,offen"))


def ask_taken_off(checks: Checks, counted: Mask) -> Floats:
    """Ask whether the units that a column beside names as cancelled or returned come off.

    Args:
        checks: The file.
        counted: Rows that are sales, shape [n_rows].

    Returns:
        Units to subtract from each row, shape [n_rows].
    """
    off: Floats = np.zeros(len(counted))
    table = checks.table
    taken = {guess.column for guess in checks.columns.values()}
    quantity = checks.columns["quantity"].column
    if table.unfolded_from is not None or not _NET.isdisjoint(words(quantity)):
        return off
    found = {n: _units(table, n) for n in table.columns if n not in taken and _is_off(n)}
    found = {n: units for n, units in found.items() if units is not None and units.any()}
    for units in found.values():
        assert units is not None
        off += np.where(counted, units, 0.0)
    if not off.any() or checks.ask(_question(table, list(found), quantity, off)) == "keep":
        return np.zeros(len(counted))
    rows = off > 0
    checks.tell(
        "info",
        "taken_off",
        f"{off.sum():,.10g} units under {_named(found)} are subtracted from {quantity!r}",
        rows=rows,
        name=next(iter(found)),
        remedy="Nothing to do, unless the answer to its question is another.",
    )
    return off


def _is_off(name: str) -> bool:
    parts = words(name)
    says_both = any(part.startswith(_OFF) for part in parts) and not _UNITS.isdisjoint(parts)
    is_other = is_no_sale(name) or not _NET.isdisjoint(parts)
    return (says_both or any(part in _BOTH for part in parts)) and not is_other


def _units(table: TextTable, name: str) -> Floats | None:
    """Return a column of numbers, without their signs; None where it holds other texts."""
    column = table.column(name)
    sign = decimal_sign(column.texts).sign
    read = [to_number(text, sign) if text else 0.0 for text in column.texts]
    if any(value is None for value in read):
        return None
    units: Floats = np.abs(column.spread(read, np.float64))
    return units


def _named(found: Iterable[str]) -> str:
    return ", ".join(map(repr, found))


def _question(table: TextTable, found: list[str], quantity: str, off: Floats) -> Question:
    at = np.flatnonzero(off > 0)[:3].tolist()
    units, beside = table.frame[found[0]], table.frame[quantity]
    return Question(
        "taken_off",
        f"{off.sum():,.10g} units stand under {_named(found)}, beside {quantity!r}. Are they to "
        "be subtracted?",
        {
            "subtract": "yes: they were cancelled or came back",
            "keep": "no: they are taken off already, or are demand all the same",
        },
        "subtract",
        tuple(f"row {table.lines[i]}: {units.iat[i]!r} of {beside.iat[i]!r}" for i in at),
    )
