"""A trained agent at work on a list of items."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from core.agents.actions import OrderCode
from core.agents.alike import Alike, kinds_of, numbered, seen_rows, told_by
from core.agents.encoder import FeatureEncoder
from core.agents.networks import Network
from core.agents.redrawing import redrawn
from core.agents.references import ItemReference, References
from core.simulator import Observation, Parameters


@dataclass(frozen=True, eq=False)
class Brain:
    """What an agent knows, whatever the items: features in, network, orders out."""

    encoder: FeatureEncoder
    network: Network
    code: OrderCode


@dataclass(frozen=True, eq=False)
class _Batch:
    """What is known of a batch of environments, whatever their stock.

    Args:
        parameters, references: Whose batch it is.
        static: Features that stay the same, shape [n_static, n_envs].
        kinds: As ``kinds_of`` tells; None where it is not worth while.
    """

    parameters: Parameters
    references: References
    static: Tensor
    kinds: Tensor | None

    def of(self, picked: Tensor) -> tuple[Parameters, References, Tensor]:
        """Return parameters, references and static features of some environments."""

        def pick(rows: Tensor) -> Tensor:
            # Where all are one item's, the first ones do as well, and nothing is copied.
            n = picked.shape[0]
            return rows[:, :n] if self._is_one_item else rows.index_select(-1, picked)

        parameters, references, static = map(pick, self._tables)
        return Parameters.from_table(parameters), References.from_table(references), static

    @cached_property
    def _tables(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.parameters.table, self.references.table, self.static

    @cached_property
    def _is_one_item(self) -> bool:
        return self.kinds is not None and bool((self.kinds == self.kinds[0]).all())


class AgentPolicy:
    """A decision rule made of a brain and the measures of the items it serves.

    Args:
        name: The agent's own name.
        brain: What was learned.
        items: Measures of each item, in the items' order.
    """

    def __init__(self, name: str, brain: Brain, items: Sequence[ItemReference]):
        assert items
        self.brain, self.items = brain, tuple(items)
        self._name = name
        self._spread: References | None = None
        self._batch: _Batch | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process without what was worked out here."""
        return type(self), (self._name, self.brain, self.items)

    @property
    def name(self) -> str:
        """The agent's own name."""
        return self._name

    @property
    def n_items(self) -> int:
        """Items this policy was made for; 1 serves any number of environments."""
        return len(self.items)

    @property
    def memory(self) -> int:
        """Latest periods whose sales it wants to see."""
        return self.brain.encoder.memory

    def act(self, observation: Observation) -> Tensor:
        """Return the units to ask for, before the order rules, >= 0, shape [n_envs]."""
        with torch.inference_mode():
            references = self.references(observation.inventory_level.shape[0])
            batch = self._batch_of(observation, references)
            due = observation.outstanding(self.brain.encoder.n_buckets)
            kinds = batch.kinds
            alike = None if kinds is None else Alike.of(seen_rows(observation, due, kinds))
            if alike is None:
                return self._orders(observation, references, (batch.static, due))
            parameters, measures, static = batch.of(alike.picked)
            told, due = told_by(alike.rows, parameters, observation.stocks.t)
            return self._orders(told, measures, (static, due))[alike.kind]

    def _orders(
        self, observation: Observation, references: References, known: tuple[Tensor, Tensor]
    ) -> Tensor:
        now = references.at(observation)
        features = self.brain.encoder.encode(observation, references, now, *known)
        actions = self.brain.network.act(features)
        return self.brain.code.decode(actions, observation.inventory_position, now)

    def _batch_of(self, observation: Observation, references: References) -> _Batch:
        """Return what stays the same over a play; the last one's is kept.

        Here and not with the brain, which policies in other threads share.
        """
        kept, parameters = self._batch, observation.parameters
        if kept is None or kept.parameters is not parameters or kept.references is not references:
            static = self.brain.encoder.static(observation, references)
            # With a memory of sales hardly any two environments are alike.
            kinds = None if self.memory else kinds_of(parameters, numbered(self.items)[1])
            kept = self._batch = _Batch(parameters, references, static, kinds)
        return kept

    def features(self, observation: Observation) -> Tensor:
        """Return what the network reads, shape [n_envs, n_features]."""
        references = self.references(observation.inventory_level.shape[0])
        return self.brain.encoder.encode(observation, references)

    def select(self, rows: Sequence[int]) -> AgentPolicy:
        """Return the policy for some of the items."""
        return AgentPolicy(self._name, self.brain, [self.items[row] for row in rows])

    @property
    def kin(self) -> Hashable:
        """The brain, and what decides how measures are worked out: the same steps for all."""
        kinds = {
            (item.has_season, item.is_gated, item.follows_sales, item.is_steady)
            for item in self.items
        }
        return self.brain, tuple(sorted(kinds))

    @classmethod
    def joined(cls, parts: Sequence[AgentPolicy]) -> AgentPolicy:
        """Return one policy for the items of several with the same brain."""
        first = parts[0]
        assert all(part.brain is first.brain for part in parts)
        return cls(first._name, first.brain, [item for part in parts for item in part.items])

    def redrawn(self, seed: int) -> AgentPolicy:
        """Return the same agent with weights drawn anew: one that has learned nothing."""
        network = redrawn(self.brain.network, torch.Generator().manual_seed(seed))
        return AgentPolicy(self._name, replace(self.brain, network=network), self.items)

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Return the measures of one item."""
        return asdict(self.items[row])

    def references(self, n_envs: int) -> References:
        """Return the items' measures for this many environments, item by item."""
        assert n_envs % self.n_items == 0
        kept = self._spread
        if kept is None or kept.stock_scale.shape[0] != n_envs:
            with torch.inference_mode(False):
                kept = References.of(self.items, n_envs // self.n_items)
            self._spread = kept
        return kept
