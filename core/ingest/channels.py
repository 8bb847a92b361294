"""Names of sales channels where a stock place could stand: asked whether each has its own stock."""

from __future__ import annotations

from collections.abc import Mapping

from core.ingest.columns import ColumnGuess
from core.ingest.names import names, words
from core.ingest.questions import Ask, Question
from core.ingest.text_table import TextTable

_CHANNELS = frozenset(
    names(
        "etsy,ebay,amazon,amz,shopify,woocommerce,shopware,prestashop,magento,oxid,jtl,otto,"
        "kaufland,zalando,bol,bolcom,cdiscount,fnac,manomano,allegro,avocadostore,rakuten,"
        "walmart,wayfair,wish,aliexpress,temu,tiktok,instagram,facebook,faire,ankorstore,"
        "webshop,onlineshop,online,web,website,internet,ecommerce,marketplace,marktplatz,"
        "tienda online,boutique en ligne,webwinkel,telefon,phone,email,b2b,b2c,draft,pos"
    )
)
_MOST, _MOSTLY = 40, 0.5


def without_channels(
    table: TextTable, columns: Mapping[str, ColumnGuess], ask: Ask
) -> Mapping[str, ColumnGuess]:
    """Ask whether each sales channel has its own stock, where a location is called like one.

    Args:
        table: A sales file.
        columns: What was taken for what.
        ask: The planner.

    Returns:
        The columns, without a location where one stock serves all channels.
    """
    guess = columns.get("location")
    if guess is None or table.options.chosen.get("location"):
        return columns
    places = [text for text in table.column(guess.column).texts if text]
    found = [text for text in places if _is_channel(text)]
    if len(places) > _MOST or len(found) < 2 or len(found) <= _MOSTLY * len(places):
        return columns
    question = Question(
        "channels",
        f"{guess.column!r} names sales channels ({', '.join(found[:3])}). Does each have a stock "
        "of its own?",
        {
            "together": "no: one stock serves all, plan each item once",
            "apart": "yes: plan each item once for each of them",
        },
        "together",
        tuple(map(repr, found[:3])),
    )
    if ask(question) == "apart":
        return columns
    return {name: other for name, other in columns.items() if name != "location"}


def _is_channel(text: str) -> bool:
    parts = words(text)
    return not _CHANNELS.isdisjoint((*parts, "".join(parts)))
