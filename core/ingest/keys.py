"""Item and location texts -> item keys, and how the keys of two files meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd

from core.domain import ItemKey
from core.ingest.checks import Checks
from core.ingest.text_table import Codes, TextColumn


def row_keys(items: TextColumn, locations: TextColumn | None) -> tuple[tuple[ItemKey, ...], Codes]:
    """Return the different keys, sorted, and which of them each row has, shape [n_rows]."""
    n_places = 1 if locations is None else len(locations.texts)
    place = np.zeros_like(items.codes) if locations is None else locations.codes
    codes, unique = pd.factorize(items.codes * n_places + place)
    names = ("",) if locations is None else locations.texts
    keys = [ItemKey(items.texts[u // n_places], names[u % n_places]) for u in unique]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    rank = np.empty(len(keys), dtype=np.int64)
    rank[order] = np.arange(len(keys))
    ranked: Codes = rank[codes] if len(keys) else np.zeros(0, dtype=np.int64)
    return tuple(keys[i] for i in order), ranked


def matches(
    keys: Iterable[ItemKey], known: Collection[ItemKey] | None
) -> dict[ItemKey, tuple[ItemKey, ...]]:
    """Say which known items each key stands for.

    A key without a location stands for the item everywhere; a key with one also stands for an
    item that is known without; a key without an item stands for all items of its location. Where
    nothing is known, each key stands for itself.
    """
    keys = tuple(keys)
    if known is None:
        return {key: (key,) for key in keys}
    exact = set(known)
    places: Mapping[str, list[ItemKey]] = _by_item(exact)
    return {key: _match(key, exact, places) for key in keys}


def _match(
    key: ItemKey, exact: set[ItemKey], places: Mapping[str, list[ItemKey]]
) -> tuple[ItemKey, ...]:
    if key in exact:
        return (key,)
    if not key.item:
        return tuple(
            sorted(k for k in exact if not key.location or k.location in ("", key.location))
        )
    if not key.location:
        return tuple(places.get(key.item, ()))
    anywhere = ItemKey(key.item)
    return (anywhere,) if anywhere in exact else ()


def _by_item(keys: Iterable[ItemKey]) -> Mapping[str, list[ItemKey]]:
    places: defaultdict[str, list[ItemKey]] = defaultdict(list)
    for key in sorted(keys):
        places[key.item].append(key)
    return places


def tell_unknown(
    checks: Checks,
    keys: tuple[ItemKey, ...],
    codes: Codes,
    known: Collection[ItemKey] | None,
    found: Mapping[ItemKey, tuple[ItemKey, ...]],
) -> None:
    """Warn of items that have no sales history; an error where that is all of them."""
    unknown = [i for i, key in enumerate(keys) if not found[key]]
    if known is None or not unknown:
        return
    rows = np.isin(codes, unknown) & checks.good
    listed = ", ".join(keys[i].label for i in unknown[:5]) + (", ..." if len(unknown) > 5 else "")
    none_left = len(unknown) == len(keys)
    what = (
        "None of the items is in the sales history"
        if none_left
        else f"{len(unknown)} items are not in the sales history and are left out: {listed}"
    )
    checks.tell(
        "error" if none_left else "warning",
        "unknown_item",
        what,
        rows=rows,
        name="item",
        remedy=_hint(keys[unknown[0]], known),
    )


def _hint(key: ItemKey, known: Collection[ItemKey]) -> str:
    """Say what is probably meant: leading zeros or capitals, else how codes look there."""
    alike = [k for k in known if _loose(k.item) == _loose(key.item)]
    example = min(alike or known, default=None)
    if example is None:
        return "Upload the sales history first."
    if alike:
        return f"Is {example.label!r} meant? Write codes the same way in both files."
    return f"Write codes as in the sales history ({example.label!r}), or add their sales there."


def _loose(code: str) -> str:
    return code.casefold().lstrip("0")
