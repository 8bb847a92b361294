"""Names of dates by the step they belong to, in five languages: the order's, and later ones."""

from __future__ import annotations

ORDERED = (
    "order date,ordered on,date ordered,order placed,purchase date,auftragsdatum,bestelldatum,"
    "date de commande,date commande,date de la commande,fecha de pedido,fecha pedido,"
    "fecha del pedido,besteldatum,orderdatum"
)
LATER = (
    "invoice date,date invoiced,billing date,rechnungsdatum,fakturadatum,date de facture,"
    "date facture,date facturation,fecha factura,fecha de factura,factuurdatum,delivery date,"
    "date delivered,delivered on,shipping date,ship date,date shipped,dispatch date,lieferdatum,"
    "versanddatum,warenausgangsdatum,date de livraison,date livraison,date d'expédition,"
    "date expédition,fecha de entrega,fecha entrega,fecha de envío,fecha envío,leverdatum,"
    "leveringsdatum,verzenddatum,requested date,requested delivery date,wunschliefertermin,"
    "wunschlieferdatum"
)
