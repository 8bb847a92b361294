"""Real sales lived through by many rules at once: the past to tune on, and the tail to judge by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from benchmarks.real_sales import Floats, Panel
from core.agents.past import Past, outlook_of
from core.simulator import InitialStock, Observation, Outlook, Scenario, SingleItemSystem
from core.simulator.scenario import draw_lead_times
from core.simulator.seeds import SEARCH_SEED

Act = Callable[[Observation], Tensor]


@dataclass(frozen=True, eq=False)
class Reel:
    """Demand to play: the whole past, and the tail behind it.

    Args:
        panel: Items and sales.
        past: Sales before the cut.
        demand: Units, shape [n_items, n_past + n_tail].
        outlook: What the models fitted before the cut expect, shape [3, n_items, n_past + n_tail].
    """

    panel: Panel
    past: Past
    demand: Floats
    outlook: Floats

    @classmethod
    def of(cls, panel: Panel) -> Reel:
        """Join past and tail; out of stock, the past is drawn once from the fitted model."""
        past = Past.of(panel.problems, panel.histories)
        demand = np.concatenate([past.demand(SEARCH_SEED), panel.tail], axis=1)
        return cls(panel, past, demand, outlook_of(panel.problems, past.start, demand.shape[1]))

    @property
    def cut(self) -> int:
        """Column in which the tail begins."""
        return self.past.n_periods

    def play(self, act: Act, n_paths: int, memory: int = 0) -> tuple[Floats, Floats]:
        """Play from the first period of the past to the end of the tail.

        Items start with what is expected until the next arrival, when the calendar begins; what an
        item costs before it is listed is not counted.

        Args:
            act: Orders of ``n_paths`` candidates for every item.
            n_paths: Candidates; they see the same demand and lead times.
            memory: Latest periods whose sales they see.

        Returns:
            Money per period in the past and in the tail, shape [n_items, n_paths] each.
        """
        system = SingleItemSystem(self.panel.problems, n_paths, memory=memory)
        scenario = self._scenario(n_paths)
        listed = torch.as_tensor(self.past.is_known.T.repeat(n_paths, 1), dtype=torch.float32)
        before, after = torch.zeros(2, system.parameters.n_envs, dtype=torch.float64)
        start = InitialStock(torch.ceil(scenario.outlook.protection_mean[0]))
        with torch.inference_mode():
            stocks = system.start(start)
            for t in range(scenario.horizon):
                stocks, flows = system.step(stocks, act(system.observe(stocks, scenario)), scenario)
                if t < self.cut:
                    before += system.cost(flows) * listed[t]
                else:
                    after += system.cost(flows)
        n_listed = listed.sum(0).clamp(min=1.0)
        shape = (len(self.panel.problems), n_paths)
        past, tail = before / n_listed, after / (scenario.horizon - self.cut)
        return past.reshape(shape).numpy(), tail.reshape(shape).numpy()

    def _scenario(self, n_paths: int) -> Scenario:
        problems, horizon = self.panel.problems, self.demand.shape[1]
        lead_time = draw_lead_times(problems, 1, horizon, SEARCH_SEED, torch.float32)
        if lead_time is not None:
            lead_time = lead_time.repeat_interleave(n_paths, 1)
        tables = [self._spread(table, n_paths) for table in (self.demand, *self.outlook)]
        return Scenario(tables[0], lead_time, Outlook(*tables[1:]), -1)

    @staticmethod
    def _spread(table: Floats, n_paths: int) -> Tensor:
        return torch.as_tensor(table.T.copy(), dtype=torch.float32).repeat_interleave(n_paths, 1)
