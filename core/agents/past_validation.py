"""How good an agent that learned from the past is now: its cost against (s, S) on that past."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from core.agents.past import Past
from core.agents.validation import LOSS_WEIGHT, Validation
from core.policies.protocol import Policy
from core.simulator import InitialStock, Memory, Outlook, Scenario, SingleItemSystem
from core.simulator.scenario import draw_lead_times
from core.simulator.seeds import VALIDATION_SEED

# The later part of the past, which is most like what comes; long enough to tell candidates apart.
_SHARE = 0.5
_DRAWS = 4


class PastValidation(Validation):
    """The later half of the items' past, lived through again.

    Args:
        past: What was sold.
        baseline: The items' (s, S) policy.
        memory: Latest periods whose sales the agent sees.
        loss_weight: As for Validation.
    """

    def __init__(
        self, past: Past, baseline: Policy, memory: int, *, loss_weight: float = LOSS_WEIGHT
    ):
        self._loss_weight = loss_weight
        fixed = all(problem.lead_time.is_fixed for problem in past.problems)
        n_paths = 1 if fixed else _DRAWS
        self._system = SingleItemSystem(past.problems, n_paths, memory=memory)
        begin = past.n_periods - round(_SHARE * past.n_periods)
        self._scenario = _replay(past, begin, n_paths)
        self._initial = _start(past, begin, n_paths, memory)
        known = past.is_known[:, begin:].T.repeat(n_paths, 1)
        self._weight = torch.as_tensor(known, dtype=torch.float32)
        self.baseline_cost = self.cost(baseline)

    def cost(self, policy: Policy) -> Tensor:
        """Return each item's money per period since it was listed, shape [n_items]."""
        p, system = self._system.parameters, self._system
        total = torch.zeros(p.n_envs)
        with torch.inference_mode():
            stocks = system.start(self._initial)
            for t in range(self._scenario.horizon):
                seen = system.observe(stocks, self._scenario)
                stocks, flows = system.step(stocks, policy.act(seen), self._scenario)
                total += self._weight[t] * system.cost(flows)
        return p.per_item(total / self._weight.sum(0).clamp(min=1.0)).mean(-1)

    def judge(self, policy: Policy) -> tuple[float, float]:
        """Return the mean of ``item_ratios``, and what candidates are chosen by: all money.

        A ratio to (s, S) with hindsight says little of an item that hardly sold in its past, and a
        mean of ratios hangs on just these.
        """
        total = self.cost(policy).sum() / self.baseline_cost.sum().clamp(min=1e-12)
        return float(self.item_ratios(policy).mean()), float(total)


def _replay(past: Past, begin: int, n_paths: int) -> Scenario:
    demand = past.demand(VALIDATION_SEED)[:, begin:]
    tables = [_spread(table, n_paths) for table in (demand, *past.outlook[:, :, begin:])]
    lead_time = draw_lead_times(
        past.problems, n_paths, demand.shape[1], VALIDATION_SEED, torch.float32
    )
    return Scenario(tables[0], lead_time, Outlook(*tables[1:]), VALIDATION_SEED)


def _start(past: Past, begin: int, n_paths: int, memory: int) -> InitialStock:
    """Start with the expected demand until the next arrival in stock."""
    before = slice(max(0, begin - memory), begin)
    level = torch.ceil(_spread(past.outlook[1, :, begin : begin + 1], n_paths)[0])
    known = Memory(
        _spread(past.quantity[:, before], n_paths),
        _spread(past.in_stock[:, before].astype(np.float64), n_paths),
        _spread(past.outlook[0][:, before] * past.is_known[:, before], n_paths),
    )
    return InitialStock(level, memory=known)


def _spread(table: np.ndarray[tuple[int, int], np.dtype[np.float64]], n_paths: int) -> Tensor:
    """From [n_items, n_periods] to [n_periods, n_envs]."""
    return torch.as_tensor(np.repeat(table.T, n_paths, axis=1), dtype=torch.float32)
