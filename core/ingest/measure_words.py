"""Words that say what numbers count: units sold, or money, plans and running totals."""

from __future__ import annotations

from core.ingest.names import names, words

UNITS = names(
    "menge,qty,quantity,unit,stuck,stk,pcs,piece,pieza,pza,sold,ordered,absatz,anzahl,cantidad,"
    "st,pc,ea,each,pz,ud,uds,case,carton,karton,unidad,aantal,stuks,hoeveelheid,quantite,qte,volume,verkauft,vendu,vendid,verkocht"
)
ACTUAL = names("actual,ist,real,realise,realisatie,werkelijk,effectif")
SALES = (*ACTUAL, *UNITS, *names("sales,sale,verkauf,venta,vente,verkopen"))
OTHERS = names(
    "forecast,prognose,prevision,pronostico,budget,plan,target,ziel,soll,objecti,umsatz,revenue,rev,val,"
    "turnover,wert,value,betrag,amount,amt,rohertrag,margin,marge,profit,price,preis,prix,precio,"
    "prijs,cost,kosten,cout,coste,stock,bestand,voorraad,existencia,inventory,chiffre,montant,"
    "importe,omzet,bedrag,erlos,ingreso,vorjahr,vj,py,ly,previous,prior,precedent,anterior,vorig"
)
RUNNING = names(
    "ytd,year to date,cumulative,cum,cumul,kumuliert,kum,kumulativ,aufgelaufen,acumulado,acum,"
    "cumule,cumulatief,running total,mtd,qtd,lfd jahr"
)
_SHORT = 4
_MONEY = frozenset(("$", "€", "£", "¥", "eur", "usd", "gbp", "chf"))


def begins(text: str, listed: tuple[str, ...]) -> bool:
    """Whether a word of a text is one of these, begins with one, or ends in a long one."""
    return any(_fits(word, name) for word in words(text) for name in listed)


def _fits(word: str, name: str) -> bool:
    if len(name) < _SHORT:
        return word == name
    return word.startswith(name) or (len(name) > _SHORT and word.endswith(name))


def is_money(text: str) -> bool:
    """Whether a text names a currency."""
    return bool(_MONEY & set(text.casefold().split()))


def is_running(text: str) -> bool:
    """Whether a text says that numbers add up what came before."""
    found = words(text)
    pairs = ("".join(found[k : k + n]) for n in (1, 2, 3) for k in range(len(found)))
    return any(part in RUNNING for part in pairs)


def is_measure_word(text: str) -> bool:
    """Whether a text says what numbers count."""
    return is_money(text) or is_running(text) or begins(text, (*SALES, *OTHERS))
