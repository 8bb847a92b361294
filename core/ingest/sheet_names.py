"""What the name of a sheet says: what kind of table it holds, and of which time."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.ingest.date_text import period_without_year, to_date
from core.ingest.names import names, plain

# English, German, French, Spanish, Dutch.
_MEANINGS: Mapping[str, frozenset[str]] = {
    meaning: frozenset(names(listed))
    for meaning, listed in {
        "sales": "sales,sale,sold,demand,consumption,usage,invoices,verkauf,verkäufe,verkaeufe,"
        "absatz,abverkauf,abverkäufe,umsatz,umsätze,verbrauch,bedarf,rechnungen,vente,ventes,"
        "vendu,vendus,consommation,factures,venta,ventas,vendido,vendidos,consumo,facturas,"
        "verkoop,verkopen,verkocht,afzet,verbruik,facturen",
        "stock": "stock,stocks,inventory,on hand,bestand,bestände,bestaende,lagerbestand,lager,"
        "inventur,inventaire,existencias,inventario,almacén,almacen,voorraad,voorraden",
        "orders": "purchase,purchases,purchasing,po,supply,procurement,receipts,inbound,einkauf,"
        "einkäufe,einkaeufe,bestellung,bestellungen,beschaffung,wareneingang,wareneingänge,"
        "zugang,zugänge,achat,achats,réceptions,receptions,compra,compras,recepciones,inkoop,"
        "inkopen,bestelling,bestellingen,ontvangsten",
        "items": "items,products,articles,master,item master,artikelstamm,stammdaten,artikel,"
        "produkte,produits,productos,artículos,articulos,artikelen,producten",
        "plan": "plan,planned,planning,planung,planzahlen,budget,forecast,forecasts,prognose,"
        "prognosen,vorschau,target,targets,ziel,ziele,soll,prévision,prévisions,prevision,"
        "previsions,objectif,objectifs,previsión,previsiones,presupuesto,objetivo,objetivos,"
        "begroting,voorspelling,doel,doelen",
        "returns": "returns,refunds,credits,retouren,rückgaben,gutschriften,retours,avoirs,"
        "devoluciones,abonos,retourzendingen,creditnota's",
        "promotions": "promotions,promotion,promos,promo,aktionen,promociones,acties",
        "total": "total,totals,sum,summary,overall,gesamt,summe,summen,übersicht,uebersicht,"
        "zusammenfassung,totaux,somme,résumé,resume,suma,totales,resumen,totaal,overzicht",
    }.items()
}
_WANTED: Mapping[str, frozenset[str]] = {
    "history": frozenset({"sales"}),
    "items": frozenset({"items"}),
    "stock": frozenset({"stock"}),
    "open_orders": frozenset({"orders"}),
    "deliveries": frozenset({"orders"}),
    "stockout_days": frozenset({"stock"}),
    "promotions": frozenset({"promotions", "plan"}),
    "calendar": frozenset(),
}
_STRONGER = frozenset({"plan", "returns"})
# As spreadsheets and exports number the parts of one table.
_PARTS = frozenset(
    names("sheet,tabelle,feuil,feuille,hoja,blad,table,tab,page,seite,página,pagina,part,teil,"
          "partie,parte,deel,export,data,daten,données,datos,gegevens")
)  # fmt: skip
_COPIES = frozenset(
    names("copy,backup,old,older,new,test,draft,kopie,alt,neu,sicherung,entwurf,copie,ancien,"
          "nouveau,copia,antiguo,nuevo,oud,nieuw")
)  # fmt: skip
_COPY = re.compile(r"\(\d+\)\s*$")  # what a spreadsheet adds to the name of a copy
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_SPAN = re.compile(r"\d{4}\s*[-/]\s*\d{2}")
_SHORT = re.compile(r"[a-zA-Z]\s?\d{1,2}")
_QUARTER = re.compile(r"(?:[qt]\s?[1-4]|[1-4]\.?\s?[qt]|[1-4]\.?\s?(?:quartal|quarter))?")


def fitness(name: str, kind: str) -> int:
    """Return 1 where a sheet's name says that it is of a kind, -1 where of another, else 0.

    Args:
        name: Of the sheet.
        kind: history, items, stock, ...
    """
    found = _meanings(name)
    # "Sales plan" is a plan, and "Total sales" a sum. Sales may well stand on a sheet "Items".
    others = found - _WANTED[kind] - {"total", "items"}
    if others & _STRONGER or (others and not found & _WANTED[kind]):
        return -1
    return 1 if found & _WANTED[kind] and "total" not in found else 0


def is_sum(name: str) -> bool:
    """Whether a sheet is called by a total: it repeats what stands on the others."""
    return "total" in _meanings(name)


def is_time(name: str) -> bool:
    """Whether a sheet is called by a year, quarter, month, week or day."""
    rest = _rest(name)
    year = _YEAR.search(rest)
    left = _YEAR.sub("", rest).strip(" -_/.'").casefold()
    by_year = year is not None and _QUARTER.fullmatch(left) is not None
    if _SHORT.fullmatch(rest):  # "S1" may be a store as well as a week
        return False
    return by_year or day_of(name) is not None or period_without_year(rest)


def day_of(name: str) -> str | None:
    """Return the first day of the month, week or day that a sheet is called by, as 2026-03-01."""
    found = to_date(name.strip()) or to_date(_rest(name))
    return found.isoformat() if found else None


def year_of(name: str) -> str | None:
    """Return the only year in a sheet's name; "2024-25" holds two."""
    found = set(_YEAR.findall(name))
    return found.pop() if len(found) == 1 and not _SPAN.search(name) else None


def is_part(name: str) -> bool:
    """Whether a sheet has a name that says nothing: Sheet1, Tabelle2."""
    return plain(_rest(name)).rstrip("0123456789") in _PARTS | {""} and not _COPY.search(name)


def may_be_place(name: str) -> bool:
    """Whether a sheet may be called by a shop or warehouse: by nothing else that is known."""
    is_copy = _COPY.search(name) or _COPIES & set(_words(_rest(name)))
    return not (is_copy or is_time(name) or is_part(name))


def place_of(name: str) -> str:
    """Return the shop in a sheet's name: "Verkauf Berlin" is Berlin."""
    return _rest(name) or name.strip()


def _meanings(name: str) -> set[str]:
    parts = {*_words(name), plain(name)}
    return {meaning for meaning, known in _MEANINGS.items() if parts & known}


def _rest(name: str) -> str:
    """What is left of a name without the words for a kind of table."""
    known = frozenset().union(*_MEANINGS.values())
    pieces = re.split(r"([\s_]+)", name.strip())
    return "".join("" if plain(piece) in known else piece for piece in pieces).strip(" _-")


def _words(name: str) -> list[str]:
    return [plain(word) for word in re.split(r"[\W_]+", name) if word]
