"""What drives a policy's orders over many situations: exact Shapley values, all in one batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from core.explain.background import Background
from core.explain.drivers import Order, enumerate_shapley
from core.explain.figures import policy_words
from core.explain.states import GROUPS, Floats, StateTable

# Typical days that every state is compared with, evenly taken from the whole background.
N_TYPICAL = 48
# States asked about at the same time.
_BATCH = 100_000


@dataclass(frozen=True, eq=False)
class DriverSummary:
    """How much each group of quantities moves the order, over many situations.

    Args:
        policy: Whose orders.
        unit: Of the amounts, in words.
        background: What every order is compared with, in words.
        amounts: Above 0 raises the order, shape [n_states, n_groups].
        heights: How high the quantity stood among its own values, 0 lowest to 1 highest; nan where
            it has no value or never changes, shape [n_states, n_groups].
        additivity_gap: Most that typical order and amounts miss of an order, units.
    """

    policy: str
    unit: str
    background: str
    amounts: Floats
    heights: Floats
    additivity_gap: float

    @property
    def n_states(self) -> int:
        """How many situations it rests on."""
        return len(self.amounts)

    @property
    def mean_sizes(self) -> Floats:
        """Mean size of each group's amounts, whatever their sign, shape [n_groups]."""
        return np.asarray(np.abs(self.amounts).mean(axis=0))

    @property
    def ranking(self) -> list[int]:
        """Places of the groups, the largest mean size first."""
        return [int(place) for place in np.argsort(-self.mean_sizes, kind="stable")]


def summarise(
    order: Order, policy: str, states: StateTable, background: Background
) -> DriverSummary:
    """Take the order of every state apart, against the same typical days.

    Args:
        order: States to units asked for, before the rules; vectorised.
        policy: Name of whose orders.
        states: Situations to explain, of the same item.
        background: Typical days.
    """
    typical = some_of(background.states, N_TYPICAL)
    amounts, gap = shapley_of(order, states, typical)
    words = (
        f"{len(typical)} of its own chances to order, evenly taken from those it comes to under "
        f"{policy_words(background.policy)}"
    )
    return DriverSummary(policy, "units", words, amounts, heights_of(states), gap)


def some_of(states: StateTable, n: int) -> StateTable:
    """Return at most so many states, evenly taken."""
    if len(states) <= n:
        return states
    rows = np.linspace(0, len(states) - 1, n).round().astype(int)
    return states.with_values(states.values[rows])


def shapley_of(order: Order, states: StateTable, typical: StateTable) -> tuple[Floats, float]:
    """Work out exact Shapley values of many states at once.

    Every coalition of groups takes its quantities from the state, the rest from a typical day. All
    of one coalition are asked about in one go; groups that never vary get 0.

    Args:
        order: States to units asked for.
        states: To explain.
        typical: What they are compared with.

    Returns:
        Units, shape [n_states, n_groups], and the most that they miss of an order less the
        typical one.

    References:
        Shapley (1953), A value for n-person games, equation 13.
    """
    columns = [states.columns_of(group) for group in GROUPS]
    both = np.vstack([states.values, typical.values])
    # Not by a difference: some limits are infinite.
    varying = [g for g, own in enumerate(columns) if (both[:, own] != both[0, own]).any()]
    if not varying:
        return np.zeros((len(states), len(GROUPS))), 0.0
    masks = np.zeros((2 ** len(varying), len(GROUPS)), dtype=bool)
    masks[:, varying] = list(product([False, True], repeat=len(varying)))
    # The first coalition takes nothing from the state, the last everything.
    base, output = np.full(len(states), order(typical).mean()), order(states)
    between = [
        _worth(order, states, typical, [c for g in np.flatnonzero(mask) for c in columns[g]])
        for mask in masks[1:-1]
    ]
    worth = np.stack([base, *between, output])
    amounts = enumerate_shapley(masks, worth).T
    return amounts, float(np.abs(base + amounts.sum(axis=1) - output).max())


def heights_of(states: StateTable) -> Floats:
    """Return how high each group's quantity stands among all states, shape [n_states, n_groups]."""
    heights = np.full((len(states), len(GROUPS)), np.nan)
    for place, group in enumerate(GROUPS):
        values = states.column(group.shown) if group.shown else np.zeros(len(states))
        known, place_of, counts = np.unique(values, return_inverse=True, return_counts=True)
        if len(known) > 1:
            middle = np.cumsum(counts) - (counts + 1) / 2
            heights[:, place] = middle[place_of] / (len(states) - 1)
    return heights


def joined(parts: Sequence[DriverSummary], scales: Sequence[float], unit: str) -> DriverSummary:
    """Put the summaries of several items together, each in its own measure.

    Args:
        parts: One per item, of the same policy.
        scales: What each item's amounts are divided by.
        unit: Of the result, in words.
    """
    amounts = [part.amounts / scale for part, scale in zip(parts, scales, strict=True)]
    return replace(
        parts[0],
        unit=unit,
        amounts=np.concatenate(amounts),
        heights=np.concatenate([part.heights for part in parts]),
        additivity_gap=max(part.additivity_gap for part in parts),
    )


def _worth(order: Order, states: StateTable, typical: StateTable, own: list[int]) -> Floats:
    """Return the mean order where some columns are a state's own, shape [n_states]."""
    found = [
        order(mixed).reshape(-1, len(typical)).mean(axis=1)
        for mixed in _mixed(states, typical, own)
    ]
    return np.concatenate(found)


def _mixed(states: StateTable, typical: StateTable, own: list[int]) -> Iterator[StateTable]:
    """Yield every state with every typical day, some columns from the state, a batch at a time."""
    n = len(typical)
    step = max(_BATCH // n, 1)
    for first in range(0, len(states), step):
        some = states.values[first : first + step]
        values = np.tile(typical.values, (len(some), 1))
        values[:, own] = np.repeat(some[:, own], n, axis=0)
        yield states.with_values(values)
