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
    pairs = pd.MultiIndex.from_frame(frame[["item", "location"]].astype(str))
    codes, unique = pd.factorize(pairs, sort=True)
    keys = tuple(ItemKey(str(item), str(place)) for item, place in unique)
    return keys, np.asarray(codes, dtype=np.int64)


def _texts(days: Dates) -> npt.NDArray[np.object_]:
    return np.datetime_as_string(days, unit="D").astype(object)


def _days(texts: pd.Series[str]) -> Dates:
    """Read days; an empty text is no day."""
    codes, unique = pd.factorize(texts)
    days = np.array([text or "NaT" for text in unique], dtype="datetime64[D]")
    return days[codes] if len(days) else np.empty(0, "datetime64[D]")
