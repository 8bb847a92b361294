"""How good an agent is now: its cost against (s, S) on futures that it does not learn from."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from core.policies.protocol import Policy
from core.simulator import ExpectedCost, Problem, SingleItemSystem, draw_scenario
from core.simulator.seeds import VALIDATION_SEED

# Futures of an item: many where it stands alone, and so many, if they can be had, beside others.
_ENVS, _MOST_ENVS, _PATHS, _LEAST_PATHS = 1024, 4096, 24, 4
_HORIZON, _WARM_UP = 160, 30
LOSS_WEIGHT = 0.25


class Validation:
    """Fixed futures and what (s, S) costs on them.

    Args:
        problems: One per item.
        baseline: Their (s, S) policy.
        loss_weight: What a loss on an item counts against a win, where there are many: where the
            gate will leave those items to (s, S), it counts less.
    """

    def __init__(
        self, problems: Sequence[Problem], baseline: Policy, *, loss_weight: float = LOSS_WEIGHT
    ):
        self._loss_weight = loss_weight
        n = len(problems)
        n_paths = max(_LEAST_PATHS, _ENVS // n, min(_PATHS, _MOST_ENVS // n))
        longest = max(float(p.lead_time.mean) + p.rules.review_period for p in problems)
        self._warm_up = _WARM_UP + round(longest)
        self._system = SingleItemSystem(problems, n_paths)
        horizon = _HORIZON + self._warm_up
        self._scenario = draw_scenario(problems, n_paths, horizon, VALIDATION_SEED)
        self._expected = ExpectedCost.of(problems, n_paths)
        self.baseline_cost = self.cost(baseline)

    def cost(self, policy: Policy) -> Tensor:
        """Return each item's money per period, shape [n_items].

        What a period is expected to cost is added up, not what it happened to: a rare stock-out
        would decide between two candidates that differ in something else.
        """
        p, system, scenario = self._system.parameters, self._system, self._scenario
        total = torch.zeros(p.n_envs)
        with torch.inference_mode():
            stocks = system.start()
            for t in range(scenario.horizon):
                seen = system.observe(stocks, scenario)
                stocks, flows = system.step(stocks, policy.act(seen), scenario)
                if t >= self._warm_up:
                    total += self._expected(flows, seen.next_mean, p)
        return p.per_item(total / (scenario.horizon - self._warm_up)).mean(-1)

    def item_ratios(self, policy: Policy) -> Tensor:
        """Return each item's cost against that of (s, S), shape [n_items]; below 1 is cheaper."""
        # An item that costs nothing under either policy counts as a draw.
        floor = max(1e-9 * float(self.baseline_cost.max()), 1e-12)
        return self.cost(policy).clamp(min=floor) / self.baseline_cost.clamp(min=floor)

    def judge(self, policy: Policy) -> tuple[float, float]:
        """Return the mean of ``item_ratios``, and what candidates are chosen by."""
        ratios = self.item_ratios(policy)
        plain = float(ratios.mean())
        if len(ratios) == 1:
            return plain, plain
        wins, losses = (1 - ratios).clamp(min=0.0), (ratios - 1).clamp(min=0.0)
        return plain, 1 - float((wins - self._loss_weight * losses).mean())
