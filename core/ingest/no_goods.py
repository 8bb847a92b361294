"""Lines that are no goods: shipping costs, discounts, deposits, rounding, tips; asked once."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from core.ingest.checks import Checks
from core.ingest.findings import MAX_EXAMPLES
from core.ingest.names import names, plain, synonyms, words
from core.ingest.questions import MANY, NONE, Question
from core.ingest.text_table import Mask, TextColumn

Floats = npt.NDArray[np.float64]

_WORD = re.compile(r"[^\W\d_]{3}")
# A column with more different texts is no list of names.
_MOST_TEXTS = 200_000
# An item is no goods where all its words are of these, in five languages: Rabatt 5 %, Frais de
# port. A word that is goods beside them makes it goods: Versandtasche, Port wine.
_CHARGES = frozenset(
    names(
        "versand,versandkosten,versandkostenpauschale,versandpauschale,versandgebuhr,lieferkosten,"
        "porto,portokosten,fracht,frachtkosten,frachtpauschale,fracht und verpackung,"
        "shipping,shippingcosts,freight,postage,delivery,handling,carriage,courier,"
        "livraison,expedition,port,transport,affranchissement,envio,envios,portes,flete,transporte,"
        "verzending,verzendkosten,vrachtkosten,bezorgkosten,portokosten,bezorging,"
        "rabatt,skonto,nachlass,preisnachlass,gutscheincode,gutschein,discount,discounts,rebate,"
        "coupon,voucher,remise,rabais,ristourne,escompte,reduction,descuento,dto,rebaja,korting,"
        "pfand,leergut,deposit,deposits,consigne,caution,fianza,deposito,statiegeld,borg,"
        "zuschlag,mindermengenzuschlag,mindermenge,aufschlag,expresszuschlag,surcharge,supplement,"
        "recargo,suplemento,toeslag,rundung,rundungsdifferenz,rundungsbetrag,rounding,arrondi,"
        "redondeo,afronding,afrondingsverschil,trinkgeld,tip,tips,gratuity,pourboire,propina,fooi,"
        "verpackungskosten,verpackungspauschale,bearbeitungsgebuhr,servicegebuhr,mahngebuhr,"
        "nachnahmegebuhr,administratiekosten,orderkosten"
    )
)
# Words that stand beside them and name no goods themselves.
_BESIDE = frozenset(
    names(
        "kosten,pauschale,gebuhr,gebuhren,cost,costs,fee,fees,charge,charges,adjustment,code,"
        "frais,gastos,coste,costes,costos,kost,de,du,des,del,of,for,and,und,et,y,en,sur,auf,on,"
        "dhl,ups,dpd,gls,fedex,hermes,post,express,standard,economy,international,national,inland,"
        "ausland,eu,free,gratis,special,line,order,commercial,client,comercial,neukunden,kunden,"
        "volume,loyalty,service,differenz,difference,diferencia,item,prozent,percent"
    )
)


def ask_no_goods(checks: Checks, items: TextColumn, quantity: Floats, counted: Mask) -> Mask:
    """Ask whether lines that are called shipping, discount, deposit and the like are sales.

    Args:
        checks: The file.
        items: The item of each row.
        quantity: Units of each row, shape [n_rows].
        counted: Rows that are not left out so far, shape [n_rows].

    Returns:
        The rows to be left out, shape [n_rows].
    """
    nothing = np.zeros_like(counted)
    for column in _columns(checks, items):
        found = _found(column, quantity, counted)
        if found:
            return _left_out(checks, column, found) & counted
    return nothing


def is_no_goods(text: str) -> bool:
    """Whether a name says that the line is a charge, a discount or a deposit, and nothing else."""
    if not _WORD.search(text):
        return False
    parts = [word for word in words(re.sub(r"\d+", " ", text)) if len(word) > 1]
    return any(word in _CHARGES for word in parts) and _CHARGES.union(_BESIDE).issuperset(parts)


def _found(column: TextColumn, quantity: Floats, counted: Mask) -> dict[str, str]:
    """Return the names that are no goods, with their units; nothing where there are no others."""
    named = {text for text in column.texts if is_no_goods(text)}
    if not named:
        return {}
    rows = np.bincount(column.codes[counted], minlength=len(column.texts))
    there = [text for text, n in zip(column.texts, rows.tolist(), strict=True) if text and n]
    found = [text for text in there if text in named]
    if len(found) == len(there):
        return {}
    return {text: _units(column, text, quantity, counted) for text in found}


def _left_out(checks: Checks, column: TextColumn, found: dict[str, str]) -> Mask:
    chosen = set(checks.ask(_question(column.name, found)).split(MANY))
    rows = column.where(lambda text: text in chosen)
    if rows.any():
        checks.tell(
            "info",
            "no_goods_left_out",
            "A line that is no goods is left out: "
            + ", ".join(f"{t} {found[t]}" for t in list(found)[:MAX_EXAMPLES] if t in chosen),
            rows=rows,
            name=column.name,
            remedy="Nothing to do, unless the answer to its question is another.",
        )
    return rows


def _columns(checks: Checks, items: TextColumn) -> list[TextColumn]:
    """Return the items, and the columns that describe them."""
    known = set(synonyms("items", "name"))
    taken = {guess.column for guess in checks.columns.values()}
    described = [
        name
        for name in checks.table.columns
        if plain(name) in known
        and name not in taken
        and len(checks.table.frame[name].cat.categories) <= _MOST_TEXTS
    ]
    return [items, *map(checks.table.column, described)]


def _units(column: TextColumn, text: str, quantity: Floats, counted: Mask) -> str:
    rows = column.where(lambda other: other == text) & counted
    units = np.nansum(quantity[rows])
    return f"{units:,.10g} {'unit' if units == 1 else 'units'}"


def _question(name: str, found: dict[str, str]) -> Question:
    shown = ", ".join(list(found)[:MAX_EXAMPLES]) + (", ..." if len(found) > MAX_EXAMPLES else "")
    return Question(
        "no_goods",
        f"Some lines under {name!r} seem to be no goods: {shown}. Which of them are none?",
        {text: f"{text} ({units})" for text, units in found.items()}
        | {NONE: "none of them: all are goods"},
        MANY.join(found),
        tuple(f"{text!r}: {units}" for text, units in list(found.items())[:MAX_EXAMPLES]),
        many=True,
    )
