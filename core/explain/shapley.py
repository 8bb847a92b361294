"""Exact Shapley values of many states at once, by enumeration over groups of quantities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.explain.background import Background
from core.explain.drivers import Drivers, Masks, Order, drivers_of, enumerate_shapley
from core.explain.states import GROUPS, Floats, StateTable

# States of the background that a batch is held against; evenly spread.
N_IN_BATCH = 256


@dataclass(frozen=True, eq=False)
class Attribution:
    """What moves the orders of many states away from typical ones.

    Args:
        values: Units, shape [n_groups, n_states, n_background]; their mean over the background
            is the Shapley value.
        outputs: Units asked for in each state, shape [n_states].
        base: Units asked for in each state of the background, shape [n_background].
        playing: Which groups ever differ, shape [n_groups].
        moves: By how much the order moves where one group alone comes from the background,
            units, mean size over the background, shape [n_groups, n_states].
    """

    values: Floats
    outputs: Floats
    base: Floats
    playing: Masks
    moves: Floats

    @property
    def amounts(self) -> Floats:
        """Shapley values, units, shape [n_groups, n_states]."""
        return np.asarray(self.values.mean(axis=2))


def attribute(order: Order, states: StateTable, background: StateTable) -> Attribution:
    """Take the orders of many states apart, all in one call of the policy.

    Args:
        order: States to units asked for, before the rules; vectorised.
        states: To explain.
        background: Typical states to hold each against.

    References:
        Shapley (1953), A value for n-person games, equation 13.
    """
    columns = [states.columns_of(group) for group in GROUPS]
    playing = np.array([_differs(states, background, each) for each in columns])
    masks = _coalitions(playing)
    shape = (len(masks), len(states), len(background), states.values.shape[1])
    mixed = np.empty(shape)
    mixed[:] = background.values
    for mask, table in zip(masks, mixed, strict=True):
        today = [column for i in np.flatnonzero(mask) for column in columns[i]]
        table[:, :, today] = states.values[:, None, today]
    if not playing.any():
        mixed[0] = states.values[:, None]
    units = order(states.with_values(mixed.reshape(-1, shape[-1]))).reshape(shape[:3])
    moves = np.zeros((len(GROUPS), len(states)))
    for i in np.flatnonzero(playing):
        is_all_but_it = (masks == (playing & (np.arange(len(GROUPS)) != i))).all(axis=1)
        row = int(np.argmax(is_all_but_it))
        moves[i] = np.abs(units[row] - units[-1]).mean(axis=1)
    values = enumerate_shapley(masks, units.reshape(len(masks), -1))
    return Attribution(
        values.reshape(len(GROUPS), *shape[1:3]),
        outputs=units[-1, :, 0],
        base=units[0, 0],
        playing=playing,
        moves=moves,
    )


def explain_drivers_many(
    order: Order, policy: str, days: StateTable, background: Background, n_typical: int = N_IN_BATCH
) -> list[Drivers]:
    """Take many orders of one item apart in one go, as ``explain_drivers`` does for one.

    Args:
        order: States to units asked for, before the rules; vectorised.
        policy: Name of whose orders they are.
        days: States to explain, one per row.
        background: What they are compared with.
        n_typical: How many of the background's states to use, evenly spread.
    """
    rows = np.linspace(0, len(background.states) - 1, n_typical).round().astype(int)
    typical = background.states.with_values(background.states.values[np.unique(rows)])
    found = attribute(order, days, typical)
    return [
        drivers_of(
            (policy, float(found.outputs[i]), float(found.base.mean())),
            found.values[:, i],
            days.with_values(days.values[i : i + 1]),
            background,
        )
        for i in range(len(days))
    ]


def _differs(states: StateTable, background: StateTable, columns: Sequence[int]) -> bool:
    both = np.concatenate([states.values[:, columns], background.values[:, columns]])
    return bool((both != both[:1]).any())


def _coalitions(playing: Masks) -> Masks:
    """Return every set of the groups that play, the empty one first, shape [2^k, n_groups]."""
    groups = np.flatnonzero(playing)
    numbers = np.arange(2 ** len(groups))
    masks = np.zeros((len(numbers), len(playing)), dtype=bool)
    masks[:, groups] = (numbers[:, None] >> np.arange(len(groups))) & 1
    return masks
