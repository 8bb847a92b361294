"""Words for lines that are no goods: shipping, discounts, deposits, rounding, tips."""

from __future__ import annotations

import re

from core.ingest.names import names, words

_WORD = re.compile(r"[^\W\d_]{3}")
# An item is no goods where all its words are of these, in five languages: Rabatt 5 %, Frais de
# port. A word that is goods beside them makes it goods: Versandtasche, Port wine.
_CHARGES = frozenset(
    names(
        "versand,versandposition,versandkosten,versandkostenpauschale,versandpauschale,versandgebuhr,lieferkosten,"
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


def is_no_goods(text: str) -> bool:
    """Whether a name says that the line is a charge, a discount or a deposit, and nothing else."""
    if not _WORD.search(text):
        return False
    parts = [word for word in words(re.sub(r"\d+", " ", text)) if len(word) > 1]
    return any(word in _CHARGES for word in parts) and _CHARGES.union(_BESIDE).issuperset(parts)
