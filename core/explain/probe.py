"""Asking a policy: what would you order if this were different?"""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise

import numpy as np
import torch

from core.explain.situation import Situation
from core.explain.states import Floats, StateTable
from core.policies.protocol import Policy
from core.simulator import OrderRulesBatch


class Probe:
    """A policy of one item in today's situation, ready to be asked about others.

    Args:
        situation: Today.
        policy: Made for this one item.
    """

    def __init__(self, situation: Situation, policy: Policy):
        assert policy.n_items == 1
        self.situation, self.policy = situation, policy

    @cached_property
    def today(self) -> StateTable:
        """Today's state, one row."""
        return StateTable.of(self.situation.observation, n_due(self.situation))

    @cached_property
    def raw(self) -> float:
        """Units the policy asks for today, before the rules."""
        with torch.inference_mode():
            return float(self.policy.act(self.situation.observation)[0]) + 0.0  # never -0

    @cached_property
    def order(self) -> float:
        """Units ordered today, after the rules."""
        return float(self.orders(self.today)[0])

    def raw_orders(self, states: StateTable) -> Floats:
        """Return the units asked for in each state, before the rules, shape [n_states]."""
        with torch.inference_mode():
            return self.policy.act(states.observation()).to(torch.float64).numpy() + 0.0

    def orders(self, states: StateTable) -> Floats:
        """Return the units ordered in each state, after the rules, shape [n_states]."""
        return orders_of(self.policy, states)

    def orders_at_levels(self, levels: Floats) -> Floats:
        """Return the order for each inventory level [IL], all else as today, shape [n_levels]."""
        return self.orders(self.today.changed("inventory_level", levels))

    def binding_rules(self, raw: float) -> list[str]:
        """Name the rules that push a quantity the way it goes in the end.

        Args:
            raw: Units asked for, before the rules.
        """
        position = self.situation.observation.inventory_position
        steps = self.situation.system.rules.steps(torch.tensor([raw]), position)
        amounts = [float(step.quantity[0]) for step in steps]
        direction = 1 if amounts[-1] > amounts[0] else -1
        return [
            step.name
            for step, (before, after) in zip(steps[1:], pairwise(amounts), strict=True)
            if direction * (after - before) > 1e-6
        ]

    def ordering_position(self, n_steps: int = 400) -> float | None:
        """Find the highest stock position at or below today's at which the policy orders.

        Returns:
            Units, to the nearest whole unit where the range allows; None where it orders nowhere.
        """
        span = max(self.situation.inventory_position, 1.0)
        step = max(1.0, math.ceil(span / n_steps))
        levels = self.situation.inventory_level - step * _count_to(math.ceil(span / step) + 2)
        ordering = self.orders_at_levels(levels) > 0
        if not ordering.any():
            return None
        first = int(np.argmax(ordering))
        if step > 1 and first > 0:
            fine = levels[first - 1] - _count_to(step + 1)
            levels, first = fine, int(np.argmax(self.orders_at_levels(fine) > 0))
        return float(levels[first] + self.situation.on_order)

    def highest_ordering_position(self, n_steps: int = 400) -> float | None:
        """Find where, with more stock, the policy stops ordering.

        Returns:
            The last stock position at which it orders, units, to one unit of step; None where it
            orders nothing today or never stops within four times what it fills up to.
        """
        situation = self.situation
        span = 4 * max(situation.inventory_position + self.raw, 1.0)
        step = max(1.0, math.ceil(span / n_steps))
        levels = situation.inventory_level + step * _count_to(math.ceil(span / step) + 1)
        silent = self.orders_at_levels(levels) <= 0
        if silent[0] or not silent.any():
            return None
        last = levels[int(np.argmax(silent)) - 1]
        fine = last + _count_to(step + 1)
        silent = self.orders_at_levels(fine) <= 0
        stop = int(np.argmax(silent)) if silent.any() else len(fine)
        return float(fine[stop - 1] + situation.on_order)


def orders_of(policy: Policy, states: StateTable) -> Floats:
    """Return the units that a policy orders in each state, after the rules, shape [n_states].

    Args:
        policy: Of one item, or of several, each asked about as many states in a row.
        states: In which situations.
    """
    observation = states.observation()
    with torch.inference_mode():
        raw = policy.act(observation)
        rules = OrderRulesBatch(observation.parameters)
        final = rules.apply(raw, observation.inventory_position, 0)
    return final.to(torch.float64).numpy() + 0.0  # never -0


def _count_to(n: float) -> Floats:
    return np.arange(n, dtype=np.float64)


def n_due(situation: Situation) -> int:
    """Return the rows of orders under way that any state of the item can need."""
    return max(situation.system.max_lead_time - 1, len(situation.due), 1)
