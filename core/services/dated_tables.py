"""Between events and deliveries and the flat tables the store keeps; each pair is a round trip."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.domain import Deliveries, Events, ItemKey
from core.domain.period import Dates


def events_frame(events: Events) -> pd.DataFrame:
    """Lay events out as one row each; days are written as 2024-04-14."""
    return pd.DataFrame(
        {
            **_key_columns(events.keys, events.key),
            "first": _texts(events.first),
            "last": _texts(events.last),
            "kind": events.kind.astype(object),
            "name": events.name.astype(object),
        }
    )


def events_of(frame: pd.DataFrame) -> Events:
    """Read back what events_frame wrote."""
    keys, key = _keys(frame)
    return Events(
        keys,
        key,
        _days(frame["first"]),
        _days(frame["last"]),
        frame["kind"].to_numpy(dtype=np.str_),
        frame["name"].to_numpy(dtype=np.str_),
    )


def deliveries_frame(deliveries: Deliveries) -> pd.DataFrame:
    """Lay deliveries out as one row each; a promise that is not told is empty."""
    promised = np.where(np.isnat(deliveries.promised), "", _texts(deliveries.promised))
    return pd.DataFrame(
        {
            **_key_columns(deliveries.keys, deliveries.key),
            "supplier": deliveries.supplier.astype(object),
            "ordered": _texts(deliveries.ordered),
            "received": _texts(deliveries.received),
            "promised": promised.astype(object),
        }
    )


def deliveries_of(frame: pd.DataFrame) -> Deliveries:
    """Read back what deliveries_frame wrote."""
    keys, key = _keys(frame)
    return Deliveries(
        keys,
        key,
        frame["supplier"].to_numpy(dtype=np.str_),
        _days(frame["ordered"]),
        _days(frame["received"]),
        _days(frame["promised"]),
    )


def _key_columns(keys: tuple[ItemKey, ...], key: npt.NDArray[np.int64]) -> dict[str, Any]:
    items = np.array([k.item for k in keys], dtype=object)
    places = np.array([k.location for k in keys], dtype=object)
    return {"item": items[key], "location": places[key]}


def _keys(frame: pd.DataFrame) -> tuple[tuple[ItemKey, ...], npt.NDArray[np.int64]]:
    """Return the different keys, sorted, and which of them each row has."""
    item, items = pd.factorize(frame["item"], sort=True)
    place, places = pd.factorize(frame["location"], sort=True)
    n_places = max(1, len(places))
    pairs, key = np.unique(item * n_places + place, return_inverse=True)
    keys = tuple(ItemKey(str(items[p // n_places]), str(places[p % n_places])) for p in pairs)
    return keys, np.asarray(key, dtype=np.int64)


def _texts(days: Dates) -> npt.NDArray[np.object_]:
    """Write days; there are far fewer of them than rows."""
    different, which = np.unique(days, return_inverse=True)
    return np.datetime_as_string(different, unit="D").astype(object)[which]


def _days(texts: pd.Series[str]) -> Dates:
    """Read days; an empty text is no day."""
    which, different = pd.factorize(texts)
    days = np.array([text or "NaT" for text in different], dtype="datetime64[D]")
    return days[which] if len(days) else np.empty(0, "datetime64[D]")
