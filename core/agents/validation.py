"""How good an agent is now: its cost against (s, S) on futures that it does not learn from."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from core.policies.protocol import Policy
from core.simulator import Problem, SingleItemSystem, draw_scenario, total_costs
from core.simulator.seeds import VALIDATION_SEED

_ENVS = 1024
_HORIZON, _WARM_UP = 160, 30


class Validation:
    """Fixed futures and what (s, S) costs on them.

    Args:
        problems: One per item.
        baseline: Their (s, S) policy.
    """

    def __init__(self, problems: Sequence[Problem], baseline: Policy):
        n_paths = max(4, _ENVS // len(problems))
        longest = max(float(p.lead_time.mean) + p.rules.review_period for p in problems)
        self._warm_up = _WARM_UP + round(longest)
        self._system = SingleItemSystem(problems, n_paths)
        horizon = _HORIZON + self._warm_up
        self._scenario = draw_scenario(problems, n_paths, horizon, VALIDATION_SEED)
        self.baseline_cost = self.cost(baseline)

    def cost(self, policy: Policy) -> Tensor:
        """Return each item's money per period, shape [n_items]."""
        totals = total_costs(self._system, policy.act, self._scenario, warm_up=self._warm_up)
        return self._system.parameters.per_item(totals.cost_per_period).mean(-1)

    def item_ratios(self, policy: Policy) -> Tensor:
        """Return each item's cost against that of (s, S), shape [n_items]; below 1 is cheaper."""
        # An item that costs nothing under either policy counts as a draw.
        floor = max(1e-9 * float(self.baseline_cost.max()), 1e-12)
        return self.cost(policy).clamp(min=floor) / self.baseline_cost.clamp(min=floor)

    def ratio(self, policy: Policy) -> float:
        """Return the mean of ``item_ratios``."""
        return float(self.item_ratios(policy).mean())
