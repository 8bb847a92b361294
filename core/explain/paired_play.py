"""Quantities of today played side by side, on each future until nothing tells them apart.

Time goes per step, hardly per environment: games of several items go by as one.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from core.explain.game import Game, Played, initial_of, system_of
from core.explain.lanes import Lanes
from core.policies.protocol import Policy, joined_of
from core.simulator import Scenario, SingleItemSystem, Stocks

# Futures are looked over for quantities that have come to the same after so many periods, and then
# whenever a quarter of the time has passed again; they are left out once that saves a fifth.
_FIRST_LOOK, _LATER = 5, 4
_WORTH = 0.8


def play(games: Sequence[Game]) -> list[Played]:
    """Play games of one kin: each comes to what it comes to alone."""
    looks = _looks(max(game.length for game in games))
    marks = {t for game in games for t in game.marks}
    with torch.inference_mode():
        # In double precision: in which parts costs are added up makes no difference then.
        totals = [game.nothing_yet() for game in games]
        leg = _Leg.first(_Table.of(games))
        for begin, end in pairwise(sorted({0, *looks, *marks})):
            leg.play((begin, end), totals)
            lanes, places = leg.looked_over(end, is_look=end in looks)
            if not places.numel():
                break
            if places.numel() <= _WORTH * leg.n_envs:
                leg = leg.narrowed(lanes, places)
    return [Played(cost, ran_out.clamp(max=1.0)) for cost, ran_out in totals]


def play_by_kin(games: Sequence[Game]) -> list[Played]:
    """Play any games, those of a kin as one."""
    kin: dict[Hashable, list[int]] = {}
    for place, game in enumerate(games):
        kin.setdefault(game.kin, []).append(place)
    found: dict[int, Played] = {}
    for places in kin.values():
        played = play([games[place] for place in places])
        found |= dict(zip(places, played, strict=True))
    return [found[place] for place in range(len(games))]


def _looks(length: int) -> set[int]:
    """Return when futures are looked over."""
    looks, t = set(), _FIRST_LOOK
    while t < length:
        looks.add(t)
        t += max(_FIRST_LOOK, t // _LATER)
    return looks


@dataclass(frozen=True, eq=False)
class _Table:
    """All games put together.

    Args:
        games: Of one kin.
        system: Their items, one environment each.
        policy: Of these items.
        scenario: Every game's futures, one game after the other.
        chances: In which periods an order can change anything.
    """

    games: Sequence[Game]
    system: SingleItemSystem
    policy: Policy
    scenario: Scenario
    chances: list[bool]

    @classmethod
    def of(cls, games: Sequence[Game]) -> _Table:
        """Put games together."""
        system, policy = system_of(games), joined_of([game.policy for game in games])
        first, *others = (game.scenario for game in games)
        scenario = first.beside(*others)
        return cls(games, system, policy, scenario, system.chances(scenario, scenario.horizon))

    def seats(self, lanes: Sequence[Lanes]) -> tuple[Tensor, Tensor]:
        """Return the item and the future of every environment, shape [n_envs] each."""
        sizes = torch.tensor([game.scenario.n_envs for game in self.games])
        offsets = (sizes.cumsum(0) - sizes).tolist()
        futures = [each.futures + offset for each, offset in zip(lanes, offsets, strict=True)]
        n_envs = torch.tensor([each.n_envs for each in lanes])
        return torch.arange(len(lanes)).repeat_interleave(n_envs), torch.cat(futures)


class _Leg:
    """A stretch of time with the same environments.

    Args:
        table: All games.
        lanes: What is still played of each.
        stocks: Where it stands.
    """

    def __init__(self, table: _Table, lanes: Sequence[Lanes], stocks: Stocks):
        rows, futures = table.seats(lanes)
        self.table, self.lanes, self.stocks = table, lanes, stocks
        self.sizes = [each.n_envs for each in lanes]
        self._system = table.system.picked(rows)
        self._scenario = table.scenario.mapped(lambda each: each.index_select(-1, futures))
        # The policy of one item serves any number of environments.
        is_one = len(table.games) == 1
        self._policy = table.policy if is_one else table.policy.select(rows.tolist())

    @classmethod
    def first(cls, table: _Table) -> _Leg:
        """Stand at today, every quantity on every future."""
        lanes = [Lanes.all_apart(game.today.shape[0], game.scenario.n_envs) for game in table.games]
        rows, _ = table.seats(lanes)
        stocks = table.system.start(initial_of(table.games))
        return cls(table, lanes, stocks.mapped(lambda each: each.index_select(-1, rows)))

    @property
    def n_envs(self) -> int:
        """Environments of all games."""
        return sum(self.sizes)

    def play(self, span: tuple[int, int], totals: Sequence[Played]) -> None:
        """Play some periods, and add what they come to as far as it counts in each game."""
        begin, played, first = span[0], self._played(span), 0
        for game, lanes, total in zip(self.table.games, self.lanes, totals, strict=True):
            cost, ran_out = (part[first : first + lanes.n_envs] for part in played)
            first += lanes.n_envs
            if begin < game.length:
                lanes.add(total.cost, cost)
            if game.window.is_at_risk(begin):
                lanes.add(total.ran_out, ran_out)

    def looked_over(self, t: int, *, is_look: bool) -> tuple[list[Lanes], Tensor]:
        """Return what is left to play of each game, and the places of these environments.

        Args:
            t: Periods since today.
            is_look: Whether it is time to look for futures on which nothing differs any more.
        """
        left, first = [], 0
        for game, lanes in zip(self.table.games, self.lanes, strict=True):
            end = game.window.end_of_risk
            if t >= game.length:
                found = lanes.none()
            elif is_look or t == end:
                found = lanes.looked_over(self.stocks, first, keeps=t < end)
            else:
                found = lanes, torch.arange(lanes.n_envs)
            left.append((found[0], first + found[1]))
            first += lanes.n_envs
        return [lanes for lanes, _ in left], torch.cat([places for _, places in left])

    def narrowed(self, lanes: Sequence[Lanes], places: Tensor) -> _Leg:
        """Go on with some of the environments."""
        stocks = self.stocks.mapped(lambda each: each.index_select(-1, places))
        return _Leg(self.table, lanes, stocks)

    def _played(self, span: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """Play some periods; return cost, and how often demand went unserved."""
        zero = torch.zeros_like(self.stocks.inventory_level)
        cost, ran_out = zero.double(), zero.double()
        for t in range(*span):
            raw = zero
            if t == 0:
                raw = torch.cat([game.ordered_today() for game in self.table.games])
            elif self.table.chances[t]:
                raw = self._policy.act(self._system.observe(self.stocks, self._scenario))
            self.stocks, flows = self._system.step(self.stocks, raw, self._scenario)
            cost += self._system.cost(flows)
            ran_out += flows.unserved > 0
        return cost, ran_out
