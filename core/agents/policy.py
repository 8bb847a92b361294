"""A trained agent at work on a list of items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import torch
from torch import Tensor

from core.agents.actions import OrderCode
from core.agents.alike import Alike, kinds_of, seen_rows
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
        self._kinds: tuple[Parameters, Tensor | None] | None = None

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
            static = self.brain.encoder.static(observation, references)
            alike = self._alike(observation)
            if alike is None:
                return self._orders(observation, references, static)

            def pick(rows: Tensor) -> Tensor:
                return rows.index_select(-1, alike.picked)

            orders = self._orders(observation.mapped(pick), references.mapped(pick), pick(static))
            return orders[alike.kind]

    def _orders(self, observation: Observation, references: References, static: Tensor) -> Tensor:
        now = references.at(observation)
        features = self.brain.encoder.encode(observation, references, now, static)
        actions = self.brain.network.act(features)
        return self.brain.code.decode(actions, observation.inventory_position, now)

    def _alike(self, observation: Observation) -> Alike | None:
        """Tell apart what the agent sees; with a memory of sales hardly any two are alike."""
        if self.memory:
            return None
        parameters, kept = observation.parameters, self._kinds
        if kept is None or kept[0] is not parameters:
            kept = self._kinds = (parameters, kinds_of(parameters, self.items))
        kinds = kept[1]
        if kinds is None:
            return None
        return Alike.of(seen_rows(observation, self.brain.encoder.n_buckets, kinds))

    def features(self, observation: Observation) -> Tensor:
        """Return what the network reads, shape [n_envs, n_features]."""
        references = self.references(observation.inventory_level.shape[0])
        return self.brain.encoder.encode(observation, references)

    def select(self, rows: Sequence[int]) -> AgentPolicy:
        """Return the policy for some of the items."""
        return AgentPolicy(self._name, self.brain, [self.items[row] for row in rows])

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
