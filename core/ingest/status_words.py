"""What the words of statuses, kinds of documents and bookings say about demand."""

from __future__ import annotations

from functools import cache
from typing import Literal

from core.ingest.names import names, plain, words

Meaning = Literal["demand", "no_demand", "return", "unknown"]

# Words in five languages; the first line that a text fits tells. A text fits by the beginning of
# one of its words, by a part of one (the long words of German and Dutch), or as a whole (codes).
_BEGIN, _PART, _WHOLE = "begin", "part", "whole"
_LINES: tuple[tuple[Meaning, str, tuple[str, ...]], ...] = (
    ("unknown", _BEGIN, names("card,karte,carte,tarjeta,kaart,limit,paypal")),
    (
        "unknown",
        _WHOLE,
        names(
            "partially refunded,partly refunded,partially returned,teilweise erstattet,"
            "partiellement remboursé,parcialmente reembolsado,gedeeltelijk terugbetaald"
        ),
    ),
    # A reversal has a row of its own: it is taken off, and the row it reverses stays.
    ("return", _PART, names("stornorechnung,rechnungsstorno,stornobeleg,rechnungskorrektur")),
    (
        "no_demand",
        _BEGIN,
        names(
            "cancel,storn,annul,anulad,geannul,abgebrochen,void,fraud,fail,declin,abandon,reject,"
            "refus,abgelehnt,rechaz,afgewez,delet,gelosch,supprim,elimin,verwijder,draft,entwurf,"
            "brouillon,borrador,concept,quot,angebot,devis,offert,oferta,presupuesto,cotizacion,"
            "test,expir,transfer,umlager,traslado,overboeking,wareneingang,purchase,einkauf,compra,"
            "achat,inkoop,inventur,stocktake,inventaire,adjust,korrektur,"
            "adjmt,ajust,correctie,vervallen,verfallen,lapsed,caduc,mislukt,echou,fehlgeschlagen,"
            "fallid,transfert"
        ),
    ),
    # The sale itself came back: its own row says so, and there is no second one to take off.
    (
        "no_demand",
        _BEGIN,
        names(
            "refunded,returned,retourniert,zuruckge,erstattet,geretourneerd,teruggestuurd,"
            "terugbetaald,devuelt,reembolsad"
        ),
    ),
    (
        "no_demand",
        _WHOLE,
        names(
            "remboursé,remboursée,retourné,retournée,101,102,201,221,261,262,301,303,305,309,311,"
            "321,344,411,501,531,551,561,701,702,711,712,g/l account,gl account,sachkonto,"
            "fibukonto,compte général,cuenta,grootboekrekening,comment,kommentar,commentaire,"
            "comentario,opmerking,text,textzeile,resource,ressource,recurso,fixed asset,anlage,"
            "charge (item),zu-/abschlag (artikel),ai,ao"
        ),
    ),
    (
        "return",
        _BEGIN,
        names(
            "credit,gutschrift,avoir,abono,creditnota,refund,return,retour,devol,rembours,reembols,"
            "terug,rucknahme,erstattung"
        ),
    ),
    (
        "return",
        _PART,
        names("gutschrift,rucklieferung,rucksendung,retoure,creditnota,notadecredito"),
    ),
    ("return", _WHOLE, names("602,651,653,655,657,g2,s1,gs,gu,cn,cm,crn,nc,rk,av,nota de crédito")),
    (
        "demand",
        _BEGIN,
        names(
            "complet,abgeschlossen,erledigt,ship,versand,versendet,liefer,geliefert,deliver,"
            "invoice,fakturiert,faktura,berechnet,paid,bezahlt,pay,sale,sold,sell,verkauf,vente,"
            "vendu,venta,vendid,verkocht,verkoop,livr,expedi,albaran,pedido,commande,bestell,"
            "entregad,enviad,geleverd,levering,pakbon,verzonden,factur,factuur,close,geschlossen,"
            "clos,cerrad,gesloten,process,confirm,bestatigt,accept,order,auftrag,fulfil,done,"
            "rechnung,open,offen,afgerond,gefactureerd"
        ),
    ),
    ("demand", _PART, names("rechnung,lieferschein,auftrag,verkauf")),
    (
        "demand",
        _WHOLE,
        names(
            "ok,yes,ja,oui,si,terminé,terminée,601,re,rg,go,inv,fac,fv,item,artikel,article,artículo,product,produkt,"
            "produit,producto,ware,goods"
        ),
    ),
    ("no_demand", _BEGIN, names("receipt,reception,recepcion,ontvangst")),
)


@cache
def meaning(text: str) -> Meaning:
    """Say what a status or a kind of document means for demand.

    Args:
        text: As it stands in the file: 'Credit Memo', 'Storniert', '601'.
    """
    parts, whole = words(text), plain(text)
    return next((said for said, way, known in _LINES if _fits(parts, whole, way, known)), "unknown")


def _fits(parts: tuple[str, ...], whole: str, way: str, known: tuple[str, ...]) -> bool:
    if way == _WHOLE:
        return whole in known
    if way == _BEGIN:
        return any(word.startswith(known) for word in parts)
    return any(word in whole for word in known)
