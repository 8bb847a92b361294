"""Where two policies order most differently: visited situations, grouped and told in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.explain.figures import units
from core.explain.policy_grid_words import amount
from core.explain.probe import Probe
from core.explain.splitting import Splitter
from core.explain.states import Floats, StateTable
from core.simulator import Observation

MOST_PLACES = 5
# A group of situations rarer than this, or that makes up less of all difference, is not told.
_RAREST, _LEAST_PART = 0.01, 0.05
_LEAST_LEAF, _MOST_LEAVES = 0.02, 8


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity that situations are told apart by.

    Args:
        name: Column of a state table.
        words: What follows the number on screen.
    """

    name: str
    words: str

    def of(self, states: StateTable) -> Floats:
        """Return the quantity in every state; stock owed to customers counts as none on hand."""
        return np.maximum(states.column(self.name), 0.0)

    def now(self, observation: Observation) -> Tensor:
        """Return the same of what a policy is told, shape [n_envs]."""
        values = {
            "inventory_level": observation.on_hand,
            "due": observation.on_order,
            "protection_mean": observation.protection_mean,
        }
        return values[self.name]


MEASURES: tuple[Measure, ...] = (
    Measure("inventory_level", "on hand"),
    Measure("due", "on order"),
    Measure("protection_mean", "expected over lead time and review"),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one measure lies between: above low, up to and with high.

    Args:
        measure: Which.
        low, high: Units; infinite where there is no bound.
        is_whole: Whether it only ever takes whole numbers; then the bounds lie between them.
    """

    measure: Measure
    low: float
    high: float
    is_whole: bool

    def holds(self, values: Floats) -> npt.NDArray[np.bool_]:
        """Say for every value whether it lies inside."""
        return (values > self.low) & (values <= self.high)

    def holds_now(self, observation: Observation) -> Tensor:
        """Say the same of what a policy is told, shape [n_envs]."""
        values = self.measure.now(observation)
        return (values > self.low) & (values <= self.high)

    @property
    def words(self) -> str:
        """The bounds as a planner reads them: "20 to 35 on hand"."""
        return f"{self._span()} {self.measure.words}"

    def _span(self) -> str:
        if not self.is_whole:
            return self._loose_span()
        first, last = math.floor(max(self.low, -1.0)) + 1, self.high
        if math.isinf(last):
            return f"{units(first)} or more"
        last = math.floor(last)
        if first == 0:
            return "nothing" if last == 0 else f"up to {units(last)}"
        if last == first:
            return units(last)
        return f"{units(first)} to {units(last)}"

    def _loose_span(self) -> str:
        if math.isinf(self.high):
            return f"more than {amount(self.low)}"
        if self.low <= 0:
            return f"up to {amount(self.high)}"
        return f"{amount(self.low)} to {amount(self.high)}"


@dataclass(frozen=True, slots=True)
class Place:
    """Situations in which two policies order differently.

    Args:
        bounds: What they have in common; at least one.
        share: Of all chances to order, weighted by how often the item comes to them.
        order, other: Mean units ordered there by the one in question and by the other.
    """

    bounds: tuple[Bounds, ...]
    share: float
    order: float
    other: float

    @property
    def weight(self) -> float:
        """Difference of the mean orders, weighted by how often the item comes here, units."""
        return self.share * abs(self.order - self.other)

    def holds_now(self, observation: Observation) -> Tensor:
        """Say whether what a policy is told lies here, shape [n_envs]."""
        inside = [bound.holds_now(observation) for bound in self.bounds]
        return torch.stack(inside).all(dim=0)

    def holds(self, states: StateTable) -> npt.NDArray[np.bool_]:
        """Say for every state whether it lies here."""
        inside = [bound.holds(bound.measure.of(states)) for bound in self.bounds]
        return np.asarray(np.all(inside, axis=0))

    def words(self, name: str, other: str) -> str:
        """Tell the place, who orders what there, and how often the item comes to it."""
        place = " and ".join(bound.words for bound in self.bounds)
        return (
            f"with {place}: {name} {_mean(self.order)}, {other} {_mean(self.other)}; "
            f"{self.share:.0%} of chances to order"
        )


@dataclass(frozen=True, eq=False)
class Differences:
    """Where and how much two policies differ on the way of an item.

    Args:
        places: Those that matter most, at most five.
        n_states: Visited situations looked at.
        share_equal: Of them in which both order the same.
        mean_size: Mean size of the difference, units.
    """

    places: tuple[Place, ...]
    n_states: int
    share_equal: float
    mean_size: float


def find_differences(probe: Probe, other: Probe, states: StateTable) -> Differences:
    """Group the situations in which two policies order most differently.

    A small tree over stock on hand, orders under way and expected demand splits the visited states
    by the difference; its leaves are the groups.

    Args:
        probe: The policy in question.
        other: What it is held against.
        states: Visited by the item, each as often as it comes to it.
    """
    orders = probe.orders(states), other.orders(states)
    gap = orders[0] - orders[1]
    places = [_place(bounds, states, orders) for bounds in _leaves(states, gap)]
    mean_size = float(np.abs(gap).mean())
    told = [p for p in places if p.share >= _RAREST and p.weight > _LEAST_PART * mean_size]
    told.sort(key=lambda place: -place.weight)
    share_equal = float((np.abs(gap) < 1e-6).mean())
    return Differences(tuple(told[:MOST_PLACES]), len(states), share_equal, mean_size)


def _place(bounds: tuple[Bounds, ...], states: StateTable, orders: tuple[Floats, Floats]) -> Place:
    inside = Place(bounds, 0.0, 0.0, 0.0).holds(states)
    if not inside.any():
        return Place(bounds, 0.0, 0.0, 0.0)
    one, other = (float(each[inside].mean()) for each in orders)
    return Place(bounds, float(inside.mean()), one, other)


def _leaves(states: StateTable, gap: Floats) -> list[tuple[Bounds, ...]]:
    """Return what bounds the leaves of the tree; none where nothing tells states apart."""
    values = np.stack([measure.of(states) for measure in MEASURES], axis=1)
    is_whole = np.all(values == np.round(values), axis=0).tolist()
    least = max(round(_LEAST_LEAF * len(states)), 1)
    splitter = Splitter(values, gap, least, lambda cut, k: _told(cut, is_whole[k]))
    return [
        tuple(Bounds(MEASURES[k], *span[k], is_whole=is_whole[k]) for k in sorted(span))
        for span in splitter.leaves(_MOST_LEAVES)
        if span
    ]


def _told(cut: float, is_whole: bool) -> float:
    """Return a cut as it is told, so that the words are the very bounds."""
    if is_whole:
        return math.floor(cut) + 0.5
    return float(f"{cut:.2g}" if cut < 100 else f"{cut:.3g}")


def _mean(quantity: float) -> str:
    return units(round(quantity)) if quantity >= 10 else units(quantity)
