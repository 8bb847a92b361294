"""The many names planners give to the same column."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from core.domain import attributes
from core.ingest.date_names import LATER, ORDERED

# English, German, French, Spanish, Dutch; most telling first, since the first one present wins.
_SYNONYMS: dict[str, str] = {
    "date": "date, datum, day, tag, fecha, jour, dag, dia, sales date, order date, invoice date, "
    "transaction date, posting date, buchungsdatum, verkaufsdatum, belegdatum, rechnungsdatum, "
    "bestelldatum, date de vente, date commande, fecha de venta, verkoopdatum, week, woche, "
    "semaine, semana, month, monat, mois, mes, maand, period, periode, période, periodo, dt, ds, "
    "date ordered, created at, created on, date created, date add, date order, purchase date, "
    "erstellt am, erstelldatum, angelegt am, auftragsdatum, bestellzeit, datum uhrzeit, date time, "
    "date de la commande, date document, date facturation, fecha pedido, fecha factura, "
    "budat, week ending, week ending date, week ended, week commencing, week beginning, w e, w c, "
    "kw ende, wochenende, woche bis, woche vom, semaine se terminant, semaine se terminant le, "
    "semaine du, "
    "fin de semaine, semana que termina, semana del, week eindigend, week van, buchungsperiode, "
    "kalenderwoche, boekperiode, calmonth, calweek, spmon, "
    "kalendermonat, "
    "timestamp, zeitstempel, week start, wochenbeginn, kalendertag, invoicedate, calday, "
    "buch dat, budat, beleg dat, bldat, fkdat, erdat, fakturadatum, date facture, "
    "date de facture, fecha factura, fecha de factura, factuurdatum, orderdatum, "
    "posted date, document date, doc date, sale date, sold on, date sold, ship date, "
    "order created at, processed at, date de facturation, date d'achat, date achat, jour de vente, "
    "verkauft am, umsatzdatum, leistungsdatum, lieferscheindatum, fecha venta, fecha documento, "
    "fecha del pedido, fecha de compra, boekdatum, boekingsdatum, datum factuur, invoerdatum, "
    "verkocht op, "
    "kalenderjahr monat, kalenderjahr woche, kalendermonat, cal year month, calendar month, "
    "calmonth, jahr monat, year month, année mois, año mes, jaar maand",
    "item": "item, sku, ugs, etiqueta personalizada, item id, item code, item no, item number, "
    "article, artikel, artikelnummer, artikelnr, artikel nr, article number, article no, product, "
    "produkt, produit, producto, product id, product code, productcode, product no, "
    "produktnummer, stock code, stockcode, "
    "material, materialnummer, material number, product reference, code article, lineitem sku, "
    "asin, child asin, inventory item code, custom label, plu, référence, reference, ref, "
    "artículo, articulo, código, codigo, codigo articulo, referencia, artikelcode, "
    "item ref, item ref no, item reference, ref no, part number, part no, teilenummer, ean, gtin, "
    "upc, sku id, sku nr, unique id, "
    "matnr, mat nr, materialnr, material nr, artnr, art nr, sachnummer, référence article, "
    "ref article, código producto, codigo producto, cod articulo, productnummer, "
    "erzeugnis, erzeugnisnummer, warennummer, artikel id, artikelcode leverancier, variant sku, "
    "seller sku, merchant sku, msku, fnsku, product sku, internal reference, interne referenz, "
    "référence interne, référence produit, code produit, code barre, referencia interna, "
    "codigo de producto, código de artículo, codigo de barras, productcode, itemcode, "
    "interne referentie, zoekcode, menu item, dish, gericht, speise, plat, plato, gerecht",
    "location": "location, location id, store, store id, shop, filiale, standort, lager, lagerort, "
    "werk, warehouse, warehouse id, site, plant, branch, outlet, agency, magasin, entrepôt, "
    "entrepot, tienda, almacén, almacen, sucursal, winkel, magazijn, vestiging, filiaal, depot, "
    "dc, verkaufsstelle, markt, location name, store name, outlet name, pos location, verkaufsort, "
    "lagerort name, niederlassung, point de vente, boutique, succursale, établissement, "
    "punto de venta, establecimiento, delegación, verkooppunt, magazijncode, warehouse code, "
    "location code, lagerortcode, almacen codigo",
    "quantity": "quantity, qty, quantity sold, units, units sold, menge, verkaufte menge, absatz, "
    "absatzmenge, verkaufsmenge, anzahl, stück, stueck, stk, quantité, quantite, qté, qte, "
    "unités, cantidad, unidades, unidades vendidas, aantal, hoeveelheid, verkocht, stuks, "
    "sales qty, sales quantity, sales units, sold, demand, nachfrage, bedarf, volume, "
    "units ordered, quantity ordered, qty ordered, quantity invoiced, item quantity, "
    "lineitem quantity, items sold, net items sold, qty sold, auftragsmenge, menge in erfassme, "
    "menge in erfme, qty in un of entry, verkaufte einheiten, quantité commandée, cant, "
    "aantal eenheden, aantal verkocht, "
    "order quantity, order qty, bestellmenge, offene menge, open quantity, open qty, "
    "fakturierte menge, erfassmenge, menge in bme, fkimg, kwmeng, quantité vendue, qté vendue, "
    "cantidad vendida, verkochte hoeveelheid, verkochte aantallen, "
    "ordered quantity, quantity purchased, quantity shipped, shipped quantity, qty shipped, "
    "invoiced quantity, qty invoiced, delivered quantity, qty delivered, number sold, no sold, "
    "count sold, total quantity, total qty, net quantity, net qty, net units, units shipped, "
    "pieces, pieces sold, pcs, pcs sold, portions sold, "
    "abgesetzte menge, liefermenge, gelieferte menge, rechnungsmenge, verkaufte stück, "
    "verkaufte anzahl, stückzahl, verkaufszahl, stück verkauft, menge verkauft, verkauft, "
    "vendus, vendu, quantités vendues, unités vendues, nombre vendu, nb vendus, quantité facturée, "
    "quantité livrée, quantité expédiée, pièces, pièces vendues, "
    "vendidos, vendido, cantidad facturada, cantidad entregada, cantidad pedida, uds, "
    "uds mes, uds vendidas, piezas, piezas vendidas, "
    "verkochte stuks, verkochte eenheden, stuks verkocht, eenheden, eenheden verkocht, "
    "geleverd aantal, aantal geleverd, gefactureerd aantal, aantal gefactureerd, verkoopaantal, "
    "verkocht aantal, product quantity, bestellte menge, fakt menge, qté facturée, qté livrée, "
    "qté commandée, cant vendida, nº unidades",
    "in_stock": "in stock, instock, available, availability, verfügbar, verfuegbar, auf lager, "
    "lieferbar, disponible, en stock, beschikbaar, op voorraad, is available",
    "out_of_stock": "out of stock, is out of stock, stockout, hourly stockout, daily stockout, "
    "stock out, oos, fehlt, "
    "ausverkauft, nicht lieferbar, nicht verfügbar, fehlbestand, rupture, rupture de stock, "
    "en rupture, agotado, sin stock, rotura de stock, uitverkocht, niet op voorraad, sold out",
    "status": "status, order status, line status, auftragsstatus, bestellstatus, belegstatus, "
    "statut, statut commande, état, estado, estado pedido, orderstatus, state, transaction type, "
    "movement type, bewegungsart, document type, belegart, type de document, tipo de documento, "
    "statut de la commande, estado del pedido, bestelstatus, tran type, type de ligne, line type, "
    "type transactie, delivery status, lieferstatus, financial status, payment status, "
    "fulfillment status, bwa, postenart, type de pièce, entry type, event type, transaction, "
    "billing type, fakturaart, fkart, auart, verkaufsbelegart, sales document type, "
    "type, typ, tipo, soort, art",
    "cancelled": "cancelled, canceled, is cancelled, is canceled, cancelled at, canceled at, "
    "cancelled on, storno, storniert, stornokennzeichen, absagegrund, annulé, annule, anulado, "
    "cancelado, geannuleerd, void, voided, deleted, gelöscht",
    "hour": "hour, hour of day, stunde, uhrzeit, heure, hora, uur",
    "name": "name, item name, product name, description, bezeichnung, artikelbezeichnung, "
    "désignation, designation, libellé, libelle, nombre, descripción, descripcion, omschrijving, "
    "naam, item description, produktname",
    "supplier": "supplier, vendor, lieferant, fournisseur, proveedor, leverancier, supplier name, "
    "vendor name, kreditor, hersteller, supplier id",
    "lead_time": "lead time, leadtime, lt, lieferzeit, wiederbeschaffungszeit, wbz, délai, delai, "
    "délai de livraison, delai de livraison, plazo, plazo de entrega, plazo entrega, levertijd, "
    "vlt, replenishment time, lead time days, lead time weeks, lieferzeit tage, delivery time",
    "lead_time_sd": "lead time sd, lead time spread, lead time std, lead time deviation, "
    "lt sd, streuung lieferzeit, lieferzeitstreuung, écart type délai, ecart type delai, "
    "desviación plazo, desviacion plazo, spreiding levertijd",
    "holding_cost": "holding cost, holding, carrying cost, h, lagerkosten, lagerhaltungskosten, "
    "coût de stockage, cout de stockage, coût de possession, cout de possession, "
    "coste de almacenamiento, costo de mantenimiento, voorraadkosten, opslagkosten, "
    "inventory cost, inventory cost per unit",
    "stockout_cost": "stockout cost, stock out cost, shortage cost, penalty, penalty cost, p, "
    "fehlmengenkosten, coût de rupture, cout de rupture, coste de rotura, costo de faltante, "
    "backorder cost, lost sales cost, tekortkosten",
    "fixed_cost": "fixed cost, fixed cost per order, order cost, ordering cost, setup cost, "
    "cost per order, k, bestellkosten, bestellfixkosten, fixkosten, coût de commande, "
    "cout de commande, coste de pedido, costo de pedido, bestelkosten",
    "unit_cost": "unit cost, cost, cost price, purchase price, purchase cost, procurement cost, "
    "c, ek, ek preis, einkaufspreis, einstandspreis, stückkosten, stueckkosten, prix d'achat, "
    "prix achat, coût unitaire, cout unitaire, precio de compra, coste unitario, costo unitario, "
    "inkoopprijs, kostprijs",
    "price": "price, sales price, selling price, unit price, retail price, list price, vk, "
    "vk preis, verkaufspreis, preis, prix, prix de vente, precio, precio de venta, pvp, "
    "verkoopprijs, prijs",
    "min_order": "min order, minimum order, moq, minimum order quantity, min order qty, "
    "min order quantity, mindestbestellmenge, mindestmenge, quantité minimum, "
    "quantite minimum, minimum de commande, pedido mínimo, pedido minimo, cantidad mínima, "
    "cantidad minima, minimale bestelling, minimum bestelhoeveelheid",
    "pack_size": "pack size, pack, case size, case pack, units per pack, multiple, order multiple, "
    "verpackungseinheit, ve, vpe, packungsgröße, packungsgroesse, gebindegröße, colisage, "
    "unité de conditionnement, unidades por caja, tamaño de paquete, verpakkingseenheid, "
    "besteleenheid",
    "max_order": "max order, largest order, maximum order, maximum order quantity, "
    "max bestellmenge, maximale bestellmenge, commande maximum, pedido máximo, pedido maximo, "
    "maximale bestelling",
    "max_stock": "max stock, storage cap, maximum stock, maximalbestand, höchstbestand, "
    "hoechstbestand, stock maximum, stock máximo, stock maximo, maximale voorraad",
    "review_period": "review period, review, bestellrhythmus, prüfintervall, pruefintervall, "
    "période de revue, periode de revue, periodo de revisión, bestelcyclus",
    "shortage": "shortage, when out of stock, lost or backorder, fehlmenge, bei fehlmenge, "
    "rupture, faltante, tekort",
    "on_hand": "on hand, stock on hand, onhand, qty on hand, quantity on hand, stock, inventory, "
    "bestand, lagerbestand, aktueller bestand, en stock, stock actual, existencias, "
    "inventario, voorraad, huidige voorraad, stock disponible, quantité en stock, "
    "inventory level, soh, init stock, national inv, quantity, qty, menge, cantidad, aantal, "
    "quantité",
    "due": "due, due date, delivery date, expected, expected date, eta, arrival, arrival date, "
    "liefertermin, lieferdatum, wunschliefertermin, date de livraison, livraison, "
    "fecha de entrega, entrega, leverdatum, verwachte leverdatum, date, datum, fecha",
    "order_date": "order date, ordered, ordered on, date ordered, po date, purchase date, "
    "po sent to vendor date, order placed, placed, bestelldatum, bestellt am, bestellt, "
    "auftragsdatum, belegdatum, date de commande, date commande, commandé le, commande le, "
    "fecha de pedido, fecha pedido, pedido el, besteldatum, besteld op, orderdatum",
    "receipt_date": "receipt date, received, received on, date received, goods receipt, "
    "goods receipt date, gr date, delivered, delivered on, delivered to client date, "
    "delivery date, actual delivery date, arrival date, wareneingang, wareneingangsdatum, "
    "we datum, eingang, eingangsdatum, geliefert am, lieferdatum, zugang, date de réception, "
    "date reception, reçu le, date de livraison, livré le, fecha de recepción, "
    "fecha recepcion, recibido, fecha de entrega, ontvangstdatum, ontvangen, ontvangen op, "
    "leverdatum, geleverd op",
    "promised_date": "promised date, promised, confirmed date, confirmed delivery date, "
    "scheduled delivery date, due date, due, expected, expected date, eta, planned date, "
    "zugesagt, zugesagter termin, bestätigt, liefertermin, solltermin, wunschliefertermin, "
    "date promise, date prévue, date prevue, date confirmée, fecha prometida, fecha prevista, "
    "beloofd, beloofde datum, verwachte leverdatum",
    "from": "from, from date, date from, start, start date, starts, begin, begin date, "
    "beginning, valid from, first day, out since, since, von, ab, seit, beginn, anfang, "
    "startdatum, datum von, gültig ab, du, début, debut, date début, date de début, depuis, "
    "desde, inicio, fecha inicio, fecha de inicio, fecha desde, van, vanaf, sinds, "
    "begindatum, datum van, out of stock date, stockout date, date, datum, day, tag, fecha, "
    "jour, dag, dia, snapshot date, stichtag, bestandsdatum",
    "to": "to, to date, date to, until, end, end date, ends, valid to, valid until, last day, "
    "through, bis, ende, enddatum, datum bis, gültig bis, au, fin, date fin, date de fin, "
    "jusqu'au, hasta, fecha fin, fecha de fin, fecha hasta, tot, tot en met, t/m, einde, "
    "einddatum, datum tot",
    "back": "back, back in stock, available again, available from, restocked, restocked on, "
    "wieder da, wieder lieferbar, wieder lieferbar ab, wieder verfügbar, verfügbar ab, "
    "réapprovisionné, de retour, de nouveau disponible, repuesto, disponible de nuevo, "
    "weer op voorraad, weer leverbaar",
    "stock": "stock, on hand, stock on hand, stock level, inventory, closing stock, bestand, "
    "lagerbestand, endbestand, tagesbestand, stock disponible, stock final, existencias, "
    "inventario, voorraad, eindvoorraad",
    "promotion": "promotion, promotion name, promo, promo name, campaign, campaign name, offer, "
    "aktion, aktionsname, werbeaktion, kampagne, angebot, opération, operation, campagne, "
    "offre, promoción, promocion, campaña, campana, oferta, actie, actienaam, aanbieding, "
    "name, bezeichnung, nom, nombre, naam, description, beschreibung",
    "kind": "kind, type, promotion type, promo type, mechanic, art, typ, aktionsart, "
    "aktionstyp, mechanik, genre, type de promotion, tipo, tipo de promoción, mecánica, "
    "soort, actietype",
    "what": "what, day type, type, status, kind, was, art, typ, tagesart, tagestyp, quoi, "
    "type de jour, qué, que, tipo, tipo de día, wat, soort, event type, event type 1, closed, "
    "is closed, geschlossen, fermé, ferme, cerrado, gesloten, holiday, is holiday, feiertag, "
    "jour férié, férié, festivo, feestdag",
    "event": "event, event name, event name 1, holiday name, holiday, name, description, "
    "occasion, reason, ereignis, anlass, grund, feiertag, feiertagsname, bezeichnung, "
    "beschreibung, événement, evenement, nom, libellé, motif, jour férié, evento, nombre, "
    "festivo, motivo, gebeurtenis, naam, reden, feestdag, omschrijving",
    "open": "open, is open, working day, workday, business day, trading day, arbeitstag, "
    "werktag, verkaufstag, geöffnet, geoeffnet, offen, ouvert, jour ouvré, jour ouvrable, "
    "abierto, laborable, día laborable, geopend, werkdag",
}

# Names that may mean this and may mean something else: taken last, and the planner is asked.
_WEAK: dict[str, str] = {
    "item": "code, nr, no, product service, item name, "
    "row labels, zeilenbeschriftungen, étiquettes de lignes, etiquetas de fila, rijlabels, "
    "series, part, product name, product description, item description, description, "
    "bezeichnung, name, title, titel, titre, título, titulo, naam, nom, nombre, denominación, "
    "designation, libellé, descripción, omschrijving, artikelbezeichnung, "
    "produktname, artikelnaam, artikelomschrijving, leistung, service, model, modell, modèle, "
    "modelo, style, product title, item title, lineitem name, artikelname, nom du produit, "
    "nom article, nombre del producto, nombre producto, productnaam, menu item name",
    "date": "interval, intervall, intervalle, intervalo, zeitraum",
    "quantity": "sales, sale, hourly sale, daily sales, weekly sales, monthly sales, ventes, "
    "ventas, verkäufe, verkaeufe, verkopen, value, y, "
    "abgang, abgänge, lagerabgang, verbrauch, issues, issued, outflow, consumption, usage, "
    "sorties, sortie, consommation, salidas, salida, consumo, uitgifte, uitgiftes, "
    "afgifte, verbruik, portions, portionen, porciones, porties",
    "order_date": "date, datum, fecha, created, created on, angelegt am",
    "receipt_date": "shipping date, ship date, shipped, dispatch date, versanddatum, "
    "date d'expédition, date expedition, fecha de envío, fecha envio, verzenddatum",
}


# Columns of money and of stock: their numbers are no units sold, whatever else they are called.
_MONEY = (
    "revenue,turnover,takings,umsatz,erlös,erlöse,umsatzerlöse,ca,chiffre,recette,recettes,montant,"
    "ingresos,importe,facturación,omzet,opbrengst,price,preis,prix,precio,prijs,betrag,bedrag,"
    "einzelpreis,stückpreis,verkaufspreis,listenpreis,nettobetrag,bruttobetrag,verkoopprijs,"
    "rohertrag,marge,margin,margen,profit,gewinn,cost,kosten,coût,coste,eur,euro,usd,gbp,chf,"
    "tax,steuer,mwst,ust,tva,iva,btw,vat,discount,rabatt,remise,descuento,korting,umsatzsteuer"
)
_STOCK = (
    "stock,inventory,bestand,lagerbestand,endbestand,anfangsbestand,mindestbestand,existencias,"
    "existencia,inventario,voorraad,onhand"
)


def plain(name: str) -> str:
    """Reduce a column name to its letters and digits: 'Artikel-Nr. ' and 'artikel nr' agree."""
    name = name.replace("ß", "ss").casefold()
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if letter.isalnum())


def names(listed: str) -> tuple[str, ...]:
    """Split a list with commas into plain names, each once, in order."""
    return tuple(dict.fromkeys(text for text in map(plain, listed.split(",")) if text))


def words(name: str) -> tuple[str, ...]:
    """Split a column name into plain words, without what stands in brackets."""
    without = re.sub(r"[(\[].*?[)\]]", " ", name)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", without)
    return tuple(word for word in map(plain, re.split(r"[\W_]+", spaced)) if word)


def is_money(name: str) -> bool:
    """Whether a column's name says that it holds money."""
    return not _MONEY_WORDS.isdisjoint(words(name))


def is_no_sale(name: str) -> bool:
    """Whether a column's name says that it holds money or stock, and so no units sold."""
    return is_money(name) or not _STOCK_WORDS.isdisjoint(words(name))


_MONEY_WORDS, _STOCK_WORDS = frozenset(names(_MONEY)), frozenset(names(_STOCK))


_OF_STEPS = {("history", "date"): f"{ORDERED},{LATER}"}


@cache
def synonyms(table: str, name: str) -> tuple[str, ...]:
    """Return the plain names under which a column of a template may go, most telling first."""
    own = [name, *(a.label for a in attributes(table) if a.name == name)]
    return names(",".join([*own, _SYNONYMS.get(name, ""), _OF_STEPS.get((table, name), "")]))


@cache
def weak_synonyms(name: str) -> tuple[str, ...]:
    """Return the plain names that may stand for an attribute where nothing better is there."""
    return names(_WEAK.get(name, ""))


@cache
def known_names(table: str) -> frozenset[str]:
    """Return every plain name, single letters aside, that a column of this template may have."""
    every = (
        text for a in attributes(table) for text in synonyms(table, a.name) + weak_synonyms(a.name)
    )
    return frozenset(text for text in every if len(text) > 1)
