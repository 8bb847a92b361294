"""Order lines that are no demand, by their status: asked where a file has such a column."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.ingest.checks import Checks
from core.ingest.names import names, plain, words
from core.ingest.questions import MANY, NONE, Question
from core.ingest.text_table import Mask, TextColumn

Floats = npt.NDArray[np.float64]

# How a mark that is not set is written.
_UNMARKED = frozenset(names("no,nein,non,nee,false,falsch,faux,falso,onwaar,n,f,0")) | {""}
# A column with more different words than these is no status.
_MOST = 40
# Beginnings of words, in five languages: orders that came to nothing, and moves that are no sale.
_NO_DEMAND = names(
    "cancel,storn,annul,anulad,geannul,abgebrochen,void,fraud,fail,declin,abandon,reject,refus,"
    "abgelehnt,rechaz,afgewez,delet,gelosch,supprim,elimin,verwijder,draft,entwurf,brouillon,"
    "borrador,concept,quot,angebot,devis,offert,presupuesto,test,expir,transfer,umlager,traslado,"
    "receipt,wareneingang,reception,recepcion,ontvangst,purchase,einkauf,inventur,stocktake,"
    "inventaire,adjust,korrektur,glaccount,sachkonto,compte general,cuenta contable,grootboek,"
    "resource,ressource,recurso,fee,gebuhr,frais,comision,freight,fracht,101,102,261,301,311,551,561,701,702"
)
_RETURNS = names(
    "credit,gutschrift,avoir,abono,nota de credito,creditnota,refund,return,retour,devol,"
    "rembours,reembols,terug,rucknahme,602"
)
_DEMAND = names(
    "complet,abgeschlossen,erledigt,ship,versand,versendet,geliefert,deliver,invoice,fakturiert,"
    "berechnet,paid,bezahlt,pay,sale,sold,sell,verkauf,vente,vendu,venta,vendid,verkocht,livr,"
    "expedi,entregad,enviad,geleverd,verzonden,factur,close,geschlossen,clos,cerrad,gesloten,"
    "process,open,offen,ok,confirm,bestatigt,accept,order,auftrag,fulfil,done,yes,ja,rechnung,601"
)
# Columns of these names hold kinds of items as often: asked only where a word gives them away.
_WEAK = frozenset(names("type,typ,tipo,soort,art,transaction,event type,entry type,status,state"))


def ask_statuses(checks: Checks, quantity: Floats) -> tuple[Mask, Mask]:
    """Ask which statuses and marks are no demand, and which are returns booked without a minus.

    Nothing is asked where every status is known to be an order that was filled or will be.

    Args:
        checks: The file.
        quantity: Units of each row, shape [n_rows].

    Returns:
        The rows to be left out, and those to be subtracted, shape [n_rows] each.
    """
    marked = _ask_marks(checks)
    column = checks.texts("status")
    nobody = np.zeros(checks.table.n_rows, dtype=np.bool_)
    if column is None or not _is_telling(column):
        return marked, nobody
    filled = [text for text in column.texts if text]
    chosen = set(checks.ask(_question(checks, column, filled)).split(MANY))
    left_out = column.where(lambda text: text in chosen)
    _tell(checks, left_out, "status_left_out", "A row is left out for its status", "status")
    back = _ask_returns(checks, column, [t for t in filled if t not in chosen], quantity)
    return marked | left_out, back


def _is_telling(column: TextColumn) -> bool:
    """Whether a column may hold words that are no demand."""
    filled = [text for text in column.texts if text]
    known = (*_NO_DEMAND, *_RETURNS)
    if not 1 < len(filled) <= _MOST or all(map(_is_demand, filled)):
        return False
    is_weak = plain(column.name) in _WEAK - {"status", "state"}
    return not is_weak or any(_begins(text, known) for text in filled)


def _ask_returns(
    checks: Checks, column: TextColumn, open_words: list[str], quantity: Floats
) -> Mask:
    """Ask which statuses are returns, where their rows carry no minus."""
    back = [text for text in open_words if _begins(text, _RETURNS)]
    rows = column.where(lambda text: text in back)
    nobody = np.zeros(len(rows), dtype=np.bool_)
    others = quantity[~rows]
    if not back or not (quantity[rows] > 0).any() or (others < 0).sum() > (others > 0).sum():
        return nobody
    question = Question(
        "returns",
        f"Rows of {column.name!r} that say {back[0]!r} have no minus. What are they?",
        {"subtract": "returns: subtract them", "add": "sales like others: add them"},
        "subtract",
        tuple(f"{text!r}" for text in back[:3]),
    )
    if checks.ask(question) != "subtract":
        return nobody
    _tell(checks, rows, "status_return", "A row is subtracted for its status", "status")
    return rows


def _ask_marks(checks: Checks) -> Mask:
    """Ask whether rows with a mark of cancellation are demand; return those that are not."""
    column = checks.texts("cancelled")
    nobody = np.zeros(checks.table.n_rows, dtype=np.bool_)
    if column is None:
        return nobody
    rows = column.where(lambda text: plain(text) not in _UNMARKED)
    if not rows.any() or rows.all():
        return nobody
    n = int(rows.sum())
    question = Question(
        "cancelled",
        f"{'1 row carries' if n == 1 else f'{n:,} rows carry'} a mark under {column.name!r}. "
        "Is that demand?",
        {"ignore": "no, it was cancelled: leave it out", "keep": "yes: count it like others"},
        "ignore",
        tuple(f"{text!r}" for text in column.texts if plain(text) not in _UNMARKED)[:3],
    )
    if checks.ask(question) == "keep":
        return nobody
    _tell(checks, rows, "mark_left_out", "A row is left out as cancelled", "cancelled")
    return rows


def _tell(checks: Checks, rows: Mask, code: str, what: str, name: str) -> None:
    if rows.any():
        checks.tell(
            "info",
            code,
            what,
            rows=rows,
            name=name,
            remedy="Nothing to do, unless the answer to its question is another.",
        )


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
    return any(word.startswith(beginnings) for word in (*words(text), plain(text)))
