"""From an observation to the numbers a network reads; the encoder is data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from core.agents.feature import Reader
from core.agents.features import FEATURES, MAX_BUCKETS, Feature, View
from core.agents.references import References
from core.simulator import Observation, Parameters, Problem
from core.simulator.episodes import FEATURE_LIMIT
from core.simulator.lead_times import lead_time_probabilities

_CONSTANT = 1e-5
_REPEAT = 1e-5


@dataclass(frozen=True)
class FeatureEncoder:
    """Which features, in which order, and how each is standardised.

    Args:
        names: Keys of FEATURES; the first is always "position".
        offset: Subtracted from each.
        scale: Each is then divided by it, above 0.
        n_buckets: Rows that orders under way are sorted into.
    """

    names: tuple[str, ...]
    offset: tuple[float, ...]
    scale: tuple[float, ...]
    n_buckets: int
    _static: dict[int, tuple[Parameters, References, Tensor]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        assert self.names and self.names[0] == "position"
        assert len(self.names) == len(self.offset) == len(self.scale)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process without what was worked out here."""
        return type(self), (self.names, self.offset, self.scale, self.n_buckets)

    @property
    def n_features(self) -> int:
        """Numbers a network reads."""
        return len(self.names)

    @cached_property
    def memory(self) -> int:
        """Latest periods whose sales it looks at."""
        return max(feature.memory for feature in self.features)

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """Name, label, unit and group of each."""
        return tuple(FEATURES[name] for name in self.names)

    def encode(
        self,
        observation: Observation,
        references: References,
        now: References | None = None,
        static: Tensor | None = None,
        due: Tensor | None = None,
    ) -> Tensor:
        """Return the standardised features, within +-FEATURE_LIMIT, shape [n_envs, n_features].

        Args:
            observation: What may be known now.
            references: The items' measures.
            now: ``references.at(observation)``, where it is known already.
            static: What ``static`` returns for these environments, where it is known already.
            due: ``observation.outstanding(n_buckets)``, where it is known already.
        """
        now = references.at(observation) if now is None else now
        due = observation.outstanding(self.n_buckets) if due is None else due
        view = View(observation, references, now, due)
        fixed = self.static(observation, references) if static is None else static
        static_first = torch.cat([fixed, self._readers[1].read(view)])
        values = static_first.index_select(0, self._rows).T
        offset, scale = self._tensors
        return ((values - offset) / scale).clamp(-FEATURE_LIMIT, FEATURE_LIMIT)

    def values(self, features: Tensor) -> Tensor:
        """Undo the standardising: values in each feature's own unit, same shape."""
        offset, scale = self._tensors
        return features * scale + offset

    @cached_property
    def _readers(self) -> tuple[Reader, Reader]:
        """For static features, and for all others."""
        static = [feature for feature in self.features if feature.is_static]
        return Reader(static), Reader([f for f in self.features if not f.is_static])

    @cached_property
    def _rows(self) -> Tensor:
        """Where each feature stands, static ones first."""
        order = sorted(range(self.n_features), key=lambda row: not self.features[row].is_static)
        with torch.inference_mode(False):
            return torch.tensor(order).argsort()

    @cached_property
    def _tensors(self) -> tuple[Tensor, Tensor]:
        with torch.inference_mode(False):
            return torch.tensor(self.offset), torch.tensor(self.scale)

    def static(self, observation: Observation, references: References) -> Tensor:
        """Return the features that change only with the batch, shape [n_static, n_envs].

        The last batch's are kept.
        """
        kept, parameters = self._static.get(0), observation.parameters
        if kept is not None and kept[0] is parameters and kept[1] is references:
            return kept[2]
        view = _view(observation, references, self.n_buckets)
        # Ordinary tensors even under inference mode, for those who later want gradients.
        with torch.inference_mode(False), torch.no_grad():
            table = self._readers[0].read(view)
        self._static[0] = (parameters, references, table)
        return table


def n_buckets_for(problems: Sequence[Problem]) -> int:
    """Return the rows that orders under way need: exact for lead times up to MAX_BUCKETS."""
    longest = max(len(lead_time_probabilities(p.lead_time)) - 1 for p in problems)
    return max(1, min(longest - 1, MAX_BUCKETS))


def fit_encoder(
    tables: Sequence[Tensor], n_buckets: int, hidden: frozenset[str] = frozenset()
) -> FeatureEncoder:
    """Choose and standardise features from a sample of states.

    Features that never change are dropped, and those that repeat an earlier one exactly.

    Args:
        tables: Values of every entry of FEATURES, shape [n_features, n] each.
        n_buckets: Rows that orders under way were sorted into.
        hidden: Features left out.
    """
    names = tuple(FEATURES)
    sample = torch.cat(list(tables), dim=1).double()
    offset, scale = sample.mean(1), sample.std(1, correction=0)
    kept: list[int] = []
    standard = (sample - offset[:, None]) / scale.clamp(min=1e-12)[:, None]
    for row in range(sample.shape[0]):
        is_constant = bool(scale[row] < _CONSTANT)
        is_dropped = is_constant or names[row] in hidden or _repeats(standard, kept, row)
        if row == 0 or not is_dropped:
            kept.append(row)
    return FeatureEncoder(
        tuple(names[row] for row in kept),
        tuple(round(float(offset[row]), 6) for row in kept),
        tuple(max(round(float(scale[row]), 6), _CONSTANT) for row in kept),
        n_buckets,
    )


def all_features(observation: Observation, references: References, n_buckets: int) -> Tensor:
    """Return every feature as it is, shape [n_features, n_envs]."""
    view = _view(observation, references, n_buckets)
    return Reader(list(FEATURES.values())).read(view)


def _view(observation: Observation, references: References, n_buckets: int) -> View:
    now = references.at(observation)
    return View(observation, references, now, observation.outstanding(n_buckets))


def _repeats(standard: Tensor, kept: Sequence[int], row: int) -> bool:
    if not kept:
        return False
    correlation = (standard[list(kept)] * standard[row]).mean(1).abs()
    return bool((correlation > 1 - _REPEAT).any())
