"""Order lines that are no demand, by their status: asked where a file has such a column."""

from __future__ import annotations

import numpy as np

from core.ingest.checks import Checks
from core.ingest.names import names, words
from core.ingest.questions import MANY, NONE, Question
from core.ingest.text_table import Mask, TextColumn

# A column with more different words than these is no status.
_MOST = 40
# Beginnings of words, in five languages: orders that came to nothing, and moves that are no sale.
_NO_DEMAND = names(
    "cancel,storn,annul,anulad,geannul,void,fraud,reject,refus,abgelehnt,rechaz,afgewez,delet,"
    "gelosch,supprim,elimin,verwijder,draft,entwurf,brouillon,borrador,concept,quot,angebot,devis,"
    "offert,presupuesto,test,expir,transfer,umlager,traslado,receipt,wareneingang,reception,"
    "recepcion,ontvangst,purchase,einkauf,inventur,stocktake,inventaire,adjust,korrektur"
)
_DEMAND = names(
    "complet,abgeschlossen,erledigt,ship,versand,versendet,geliefert,deliver,invoice,fakturiert,"
    "berechnet,paid,bezahlt,pay,sale,sold,sell,verkauf,vente,vendu,venta,vendid,verkocht,livr,"
    "expedi,entregad,enviad,geleverd,verzonden,factur,close,geschlossen,clos,cerrad,gesloten,"
    "process,open,offen,ok,confirm,bestatigt,accept,order,auftrag,fulfil,done,yes,ja"
)


def ask_statuses(checks: Checks) -> Mask:
    """Ask which statuses are no demand; return the rows to be left out, shape [n_rows].

    Nothing is asked where every status is known to be an order that was filled or will be.
    """
    nobody = np.zeros(checks.table.n_rows, dtype=np.bool_)
    column = checks.texts("status")
    if column is None:
        return nobody
    filled = [text for text in column.texts if text]
    if not 1 < len(filled) <= _MOST or all(map(_is_demand, filled)):
        return nobody
    left_out = set(checks.ask(_question(checks, column, filled)).split(MANY))
    rows = column.where(lambda text: text in left_out)
    if rows.any():
        checks.tell(
            "info",
            "status_left_out",
            "A row is left out for its status",
            rows=rows,
            name="status",
            remedy="Nothing to do, unless these are demand after all.",
        )
    return rows


def _question(checks: Checks, column: TextColumn, filled: list[str]) -> Question:
    counts = dict(zip(column.texts, column.counts().tolist(), strict=True))
    often = sorted(filled, key=lambda text: (-counts[text], text))
    return Question(
        "status",
        f"The column {column.name!r} holds {len(filled)} different words. Which of them are no "
        "demand?",
        {text: f"{text} ({counts[text]:,} rows)" for text in often} | {NONE: "none of them"},
        MANY.join(text for text in often if _begins(text, _NO_DEMAND)) or NONE,
        tuple(f"{text!r}: {counts[text]} rows" for text in often[:3]),
        many=True,
    )


def _is_demand(text: str) -> bool:
    return _begins(text, _DEMAND) and not _begins(text, _NO_DEMAND)


def _begins(text: str, beginnings: tuple[str, ...]) -> bool:
    return any(word.startswith(beginnings) for word in words(text))
