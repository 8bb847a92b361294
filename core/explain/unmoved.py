"""Why a whole range of values leaves the order as it is: found on the policy, with its claim."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch

from core.explain.levers import LEVERS, Lever
from core.explain.probe import Probe
from core.explain.remade import remade, seen_as
from core.explain.states import Floats
from core.policies.protocol import Policy
from core.simulator import Observation, Problem, SingleItemSystem

if TYPE_CHECKING:
    from core.explain.claims import Execute, Witnesses

# What is written is rounded to whole units or to one decimal.
_WRITTEN = 0.051
# Positions tried at once between two neighbours.
_BETWEEN = np.arange(1, 8) / 8


@dataclass(frozen=True)
class Range:
    """What the policy does today over a whole range of one quantity.

    Args:
        probe: The policy.
        lever: What is moved.
        values: Of it.
    """

    probe: Probe
    lever: Lever
    values: Floats

    @cached_property
    def raw(self) -> Floats:
        """Units asked for today at each value, before the rules."""
        return self._asked(self.probe.situation.inventory_level)[0]

    @cached_property
    def positions(self) -> Floats:
        """Highest stock position at or below today's with an order; nan where there is none.

        Found between ever nearer neighbours, open orders as today, for each value.
        """
        now = self.probe.situation.inventory_position
        near, far = np.zeros(len(self.values)), np.full(len(self.values), math.ceil(max(now, 0.0)))
        none = self.orders_at(now - far) <= 0
        while (far - near > 1).any():
            steps = near[:, None] + np.floor((far - near)[:, None] * _BETWEEN)
            ordering = (self.orders_at(now - steps) > 0) & (steps > near[:, None])
            # The first step with an order, and the one before it.
            edges = np.column_stack([near, steps, far])
            first = np.column_stack([ordering, np.ones(len(near), dtype=bool)]).argmax(1)
            rows = np.arange(len(near))
            near, far = edges[rows, first], edges[rows, first + 1]
        return np.where(none, math.nan, now - far)

    def orders_at(self, positions: Floats | float) -> Floats:
        """Return the units ordered at these stock positions, after the rules.

        Args:
            positions: One for all values, one for each, or several for each, shape [n_values, k].
        """
        return self._asked(positions - self.probe.situation.on_order)[1]

    def _asked(self, levels: Floats | float) -> tuple[Floats, Floats]:
        shape = (len(self.values), *np.shape(levels)[1:])
        system, seen = self._seen(math.prod(shape[1:]))
        stocks = seen.stocks
        level = torch.tensor(np.broadcast_to(levels, shape).ravel(), dtype=torch.float64)
        level = level.to(stocks.inventory_level.dtype)
        position = level + (stocks.inventory_position - stocks.inventory_level)
        stocks = replace(stocks, inventory_level=level, inventory_position=position)
        with torch.inference_mode():
            raw = self._policy.act(replace(seen, stocks=stocks))
            final = system.rules.apply(raw, position, 0)
        asked, ordered = (each.to(torch.float64).numpy() + 0.0 for each in (raw, final))
        return asked.reshape(shape), ordered.reshape(shape)

    def _seen(self, n_paths: int) -> tuple[SingleItemSystem, Observation]:
        if n_paths not in self._known:
            self._known[n_paths] = seen_as(self.probe.situation, self._problems, n_paths)
        return self._known[n_paths]

    @cached_property
    def _known(self) -> dict[int, tuple[SingleItemSystem, Observation]]:
        return {}

    @cached_property
    def _problems(self) -> list[Problem]:
        return self.lever.problems(self.probe, self.values)

    @cached_property
    def _policy(self) -> Policy:
        return remade(self.probe.policy, self.probe.situation.problem, self._problems)


def _beside(probe: Probe, lever: Lever) -> Range | None:
    """Return other values than those searched, all over the range, to try a finding on."""
    scale = lever.scale(probe)
    if scale is None:
        return None
    between = np.unique(np.floor((scale.coarse[1:] + scale.coarse[:-1]) / 2))
    return Range(probe, lever, scale.values(between))


def _states_position(lever: Lever) -> Execute:
    """At the stated value it orders there, not a unit above; at no other value above either."""

    def check(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
        probe, stated = witnesses.policy, values["position"]
        others = _beside(probe, lever)
        if others is None:
            return False, "there is nothing to try"
        named = Range(probe, lever, np.array([values["at"]] * 2))
        at, beside = named.orders_at(np.array([stated, stated + 1]))
        higher = (others.orders_at(k).max() for k in (stated + 1, values["now"]))
        above = max(float(beside), *map(float, higher))
        passed = at > 0 and above == 0 and (not values["is_same"] or others.orders_at(stated).all())
        passed = passed and abs(probe.situation.inventory_position - values["now"]) <= _WRITTEN
        detail = f"orders {at:g} at {stated:g}; {above:g} above it at {len(others.values)} values"
        return bool(passed), detail

    return check


def _states_need(lever: Lever) -> Execute:
    """At other values what is asked for must lie between those stated, and become that order."""

    def check(witnesses: Witnesses, values: Mapping[str, float]) -> tuple[bool, str]:
        probe = witnesses.policy
        others = _beside(probe, lever)
        if others is None:
            return False, "there is nothing to try"
        raw, orders = others.raw, others.orders_at(probe.situation.inventory_position)
        within = values["low"] - _WRITTEN <= raw.min() and raw.max() <= values["high"] + _WRITTEN
        passed = within and ("order" not in values or (orders == values["order"]).all())
        return bool(passed), f"asks for {raw.min():.1f} to {raw.max():.1f}"

    return check


_OF_ITEMS = {key: lever for key, lever in LEVERS.items() if not lever.is_stock}
UNMOVED_CHECKS: dict[str, Execute] = {
    **{f"{key}_position": _states_position(lever) for key, lever in _OF_ITEMS.items()},
    **{f"{key}_need": _states_need(lever) for key, lever in _OF_ITEMS.items()},
}
