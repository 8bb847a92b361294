"""The forecast of many items as one frozen value, kept as Parquet."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.demand.protocol import Floats
from core.domain import HistoryError, ItemKey, ParameterError, Period, UnknownNameError

_MARK = b"forecast"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class ItemScores:
    """How an item's forecast did at past origins; None where it could not be tried.

    Args:
        windows: Past windows it was tried on.
        error: Scaled pinball error plus a quarter of the scaled bias; smaller is better.
        cost: Money per protection interval, planned on the forecast.
        bias: Forecast minus sales over sales; 0.1 is 10 % too high.
        error_without, cost_without: The same for the demand model used without a forecast.
    """

    windows: int
    error: float | None
    cost: float | None
    bias: float | None
    error_without: float | None
    cost_without: float | None


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is expected of every item, period by period, with its spread.

    Args:
        period: Day, week or month.
        start: Number of the first period that is forecast.
        keys: Items, one per row.
        mean: Units per period, shape [n_items, horizon].
        levels: Probabilities of the quantiles, rising.
        quantiles: Units, 0 or more, rising with level, shape [n_levels, n_items, horizon].
        models: Name of the model used, one per item.
        reasons: Why, in a sentence, one per item.
        scores: One per item.
        is_better: Whether planning should use it in place of the demand model without a
            forecast: better by more than a standard error, one per item.
        persistence: Share of an error that carries over to the next period, one per item.
        left_out: Why other items have no forecast.
    """

    period: Period
    start: int
    keys: tuple[ItemKey, ...]
    mean: Floats
    levels: tuple[float, ...]
    quantiles: Floats
    models: tuple[str, ...]
    reasons: tuple[str, ...]
    scores: tuple[ItemScores, ...]
    is_better: tuple[bool, ...]
    persistence: tuple[float, ...]
    left_out: Mapping[ItemKey, str]

    def __post_init__(self) -> None:
        assert self.mean.shape[0] == len(self.keys)
        assert self.quantiles.shape == (len(self.levels), *self.mean.shape)

    @property
    def horizon(self) -> int:
        """Periods ahead."""
        return int(self.mean.shape[1])

    def until(self, horizon: int) -> Forecast:
        """Return the first periods of it."""
        return replace(self, mean=self.mean[:, :horizon], quantiles=self.quantiles[:, :, :horizon])

    def row(self, key: ItemKey) -> int:
        """Return an item's place.

        Raises:
            HistoryError: where it has no forecast; says why.
            UnknownNameError: where there is no such item.
        """
        if key in self.left_out:
            raise HistoryError(self.left_out[key], where=f"item {key.label}")
        if key not in self.keys:
            raise UnknownNameError("item", key.label, (known.label for known in self.keys))
        return self.keys.index(key)

    def to_parquet(self) -> bytes:
        """Write everything, exactly."""
        table = pa.table(
            {
                "item": [key.item for key in self.keys],
                "location": [key.location for key in self.keys],
                "mean": self.mean.tolist(),
                "quantiles": self.quantiles.transpose(1, 0, 2).reshape(len(self.keys), -1).tolist(),
                "model": list(self.models),
                "reason": list(self.reasons),
                "scores": [json.dumps(_plain(score)) for score in self.scores],
                "is_better": list(self.is_better),
                "persistence": list(self.persistence),
            }
        )
        about = {
            "version": _VERSION,
            "period": self.period.value,
            "start": self.start,
            "levels": list(self.levels),
            "left_out": [[k.item, k.location, why] for k, why in self.left_out.items()],
        }
        sink = io.BytesIO()
        pq.write_table(table.replace_schema_metadata({_MARK: json.dumps(about)}), sink)
        return sink.getvalue()

    @classmethod
    def from_parquet(cls, data: bytes) -> Forecast:
        """Read what ``to_parquet`` wrote.

        Raises:
            ParameterError: where it is no forecast, or of another version.
        """
        remedy = "Make the forecast again."
        try:
            table = pq.read_table(io.BytesIO(data))
            about = json.loads((table.schema.metadata or {})[_MARK])
            version = about["version"]
        except (pa.ArrowException, KeyError, ValueError) as error:
            raise ParameterError("This is no stored forecast", remedy=remedy) from error
        if version != _VERSION:
            what = f"A stored forecast must be of version {_VERSION}"
            raise ParameterError(what, value=version, remedy=remedy)
        return cls._read(table, about)

    @classmethod
    def _read(cls, table: pa.Table, about: Mapping[str, Any]) -> Forecast:
        column = {name: table[name].to_pylist() for name in table.column_names}
        mean, levels = np.array(column["mean"], dtype=np.float64), tuple(about["levels"])
        flat = np.array(column["quantiles"], dtype=np.float64)
        quantiles = flat.reshape(len(mean), len(levels), mean.shape[1]).transpose(1, 0, 2)
        pairs = zip(column["item"], column["location"], strict=True)
        return cls(
            period=Period(about["period"]),
            start=int(about["start"]),
            keys=tuple(ItemKey(item, location) for item, location in pairs),
            mean=mean,
            levels=levels,
            quantiles=quantiles,
            models=tuple(column["model"]),
            reasons=tuple(column["reason"]),
            scores=tuple(ItemScores(**json.loads(text)) for text in column["scores"]),
            is_better=tuple(column["is_better"]),
            persistence=tuple(column["persistence"]),
            left_out={ItemKey(item, where): why for item, where, why in about["left_out"]},
        )


def _plain(score: ItemScores) -> dict[str, float | int | None]:
    return {name: getattr(score, name) for name in ItemScores.__slots__}
