"""Quantities of today played side by side, on each future until nothing tells them apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from core.explain.situation import Situation
from core.explain.window import Window
from core.policies.protocol import Policy, memory_of
from core.simulator import Scenario, SingleItemSystem, Stocks

# Futures are looked over for quantities that have come to the same after so many periods, and then
# whenever a quarter of the time has passed again; they are left out once that saves a fifth.
_FIRST_LOOK, _LATER = 5, 4
_WORTH = 0.8


class Played(NamedTuple):
    """What came of every quantity on every future, shape [n_quantities, n_futures] each.

    Args:
        cost: Money, less what all quantities cost alike once they have come to the same.
        ran_out: 1 where demand went unserved within the window, else 0.
    """

    cost: Tensor
    ran_out: Tensor


@dataclass(frozen=True, eq=False)
class _Lanes:
    """Environments still played: one for each quantity where they differ, else one for all.

    Args:
        n_quantities: How many are compared.
        apart: Futures on which they still differ; environments lie quantity by quantity.
        together: Futures on which one stands for all; they come last.
    """

    n_quantities: int
    apart: Tensor
    together: Tensor

    @property
    def n_envs(self) -> int:
        """Environments to play."""
        return self.n_quantities * self.apart.shape[0] + self.together.shape[0]

    def add(self, total: Tensor, part: Tensor) -> None:
        """Add what the environments came to, shape [n_envs], to [n_quantities, n_futures]."""
        n = self.n_quantities * self.apart.shape[0]
        total[:, self.apart] += part[:n].reshape(self.n_quantities, -1)
        total[:, self.together] += part[n:]

    def spread(self, futures: Tensor) -> Tensor:
        """Lay out what belongs to futures, shape [..., n_futures], as [..., n_envs]."""
        apart = futures[..., self.apart].repeat(*[1] * (futures.ndim - 1), self.n_quantities)
        return torch.cat([apart, futures[..., self.together]], -1)

    def looked_over(self, stocks: Stocks, keeps: bool) -> tuple[_Lanes, Tensor]:
        """Return what is left to play, and the places of those environments in this layout.

        Args:
            stocks: Where they stand.
            keeps: Whether futures on which nothing differs any more are played on.
        """
        k, m = self.n_quantities, self.apart.shape[0]
        same = torch.ones(m, dtype=torch.bool)

        def compare(rows: Tensor) -> Tensor:
            block = rows[..., : k * m]
            if block.numel():
                block = block.reshape(-1, k, m)
                same.logical_and_((block[:, 1:] == block[:, :1]).all(1).all(0))
            return rows

        stocks.mapped(compare)
        differ, agreed = (~same).nonzero()[:, 0], same.nonzero()[:, 0]
        others = torch.arange(self.together.shape[0])
        if not keeps:
            agreed, others = agreed[:0], others[:0]
        together = torch.cat([self.apart[agreed], self.together[others]])
        apart = (differ + m * torch.arange(k)[:, None]).flatten()
        places = torch.cat([apart, agreed, k * m + others])
        return _Lanes(k, self.apart[differ], together), places


def play(
    situation: Situation,
    policy: Policy,
    scenario: Scenario,
    today: Tensor,
    until: tuple[Window, int],
) -> Played:
    """Order each quantity today and let the policy decide from the next chance on.

    Args:
        situation: Today.
        policy: Of this one item.
        scenario: The futures, one environment each.
        today: Quantities to order today, before the rules, shape [n_quantities].
        until: Which periods count as running out, and how many are played.
    """
    (window, length), n = until, scenario.n_envs
    k = today.shape[0]
    lanes = _Lanes(k, torch.arange(n), torch.arange(0))
    total = Played(today.new_zeros(k, n), today.new_zeros(k, n))
    with torch.inference_mode():
        leg = _Leg.first(situation, policy, scenario, lanes)
        raw = today.repeat_interleave(n)
        for begin, end in pairwise(_stops(length, window.end_of_risk)):
            cost, ran_out = leg.play((begin, end), window, raw if begin == 0 else None)
            lanes.add(total.cost, cost)
            lanes.add(total.ran_out, ran_out)
            if k > 1 and end < length:
                left, places = lanes.looked_over(leg.stocks, keeps=end < window.end_of_risk)
                if left.n_envs == 0:
                    break
                if left.n_envs <= _WORTH * lanes.n_envs:
                    lanes, leg = left, leg.narrowed(scenario, left, places)
    return Played(total.cost, total.ran_out.clamp(max=1.0))


@dataclass(eq=False)
class _Leg:
    """A stretch of time with the same environments.

    Args:
        situation, policy: Whose time it is.
        system: The environments.
        scenario: Their futures.
        stocks: Where they stand now.
        chances: In which periods an order can change anything.
    """

    situation: Situation
    policy: Policy
    system: SingleItemSystem
    scenario: Scenario
    stocks: Stocks
    chances: list[bool]

    @classmethod
    def first(cls, situation: Situation, policy: Policy, scenario: Scenario, lanes: _Lanes) -> _Leg:
        """Stand at today with all environments."""
        futures = scenario.mapped(lanes.spread)
        system = SingleItemSystem([situation.problem], lanes.n_envs, memory=memory_of(policy))
        stocks = system.start(situation.initial(lanes.n_envs))
        chances = system.chances(scenario, scenario.horizon)
        return cls(situation, policy, system, futures, stocks, chances)

    def narrowed(self, scenario: Scenario, lanes: _Lanes, places: Tensor) -> _Leg:
        """Go on with some of the environments."""
        memory = memory_of(self.policy)
        system = SingleItemSystem([self.situation.problem], lanes.n_envs, memory=memory)
        stocks = self.stocks.mapped(lambda rows: rows[..., places])
        futures = scenario.mapped(lanes.spread)
        return _Leg(self.situation, self.policy, system, futures, stocks, self.chances)

    def play(
        self, span: tuple[int, int], window: Window, today: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Play some periods; return cost, and how often demand went unserved within the window."""
        zero = torch.zeros_like(self.stocks.inventory_level)
        cost, ran_out = zero.clone(), zero.clone()
        for t in range(*span):
            raw = zero if today is None or t > 0 else today
            if t > 0 and self.chances[t]:
                raw = self.policy.act(self.system.observe(self.stocks, self.scenario))
            self.stocks, flows = self.system.step(self.stocks, raw, self.scenario)
            cost += self.system.cost(flows)
            if window.first_risk_period <= t < window.end_of_risk:
                ran_out += (flows.unserved > 0).to(ran_out.dtype)
        return cost, ran_out


def _stops(length: int, end_of_risk: int) -> Iterator[int]:
    """Return when futures are looked over; also when running out no longer counts."""
    stops, t = {0, length, min(end_of_risk, length)}, _FIRST_LOOK
    while t < length:
        stops.add(t)
        t += max(_FIRST_LOOK, t // _LATER)
    return iter(sorted(stops))
