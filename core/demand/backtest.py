"""Out-of-sample scores of demand models, on the last part of one item's history."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from core.demand.base import SeasonalDemand
from core.demand.censored import prepare
from core.demand.observations import FitPlan, Observations, Prepared
from core.demand.protocol import Floats
from core.demand.scoring import Grid, Ints, crps_by_mean

HELD_OUT_SHARE = 0.25
_N_BLOCKS = 4


class _Block(NamedTuple):
    """Periods that are forecast: what was sold, the factors there are and whose, who ran out."""

    quantity: Floats
    factors: Floats
    row: Ints
    ran_out: Ints | None


@dataclass(frozen=True, eq=False)
class Backtest:
    """Score forecasts of the last quarter, refitted at the start of each of its blocks.

    Every refit sees only what came before its block. Season and weights are kept between
    families, so that a family costs little.

    Args:
        observations: The periods that tell demand.
    """

    observations: Observations
    _grid: Grid = field(init=False)
    _cuts: tuple[int, ...] = field(init=False)
    _prepared: dict[tuple[int, FitPlan], Prepared] = field(init=False, default_factory=dict)
    _blocks: dict[tuple[int, bool, bool], _Block] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        seen = self.observations
        n_known = seen.n - max(round(seen.n * HELD_OUT_SHARE), 1)
        n_blocks = min(_N_BLOCKS, seen.n - n_known)
        cuts = np.linspace(n_known, seen.n, n_blocks + 1).round().astype(int)
        object.__setattr__(self, "_cuts", tuple(cuts.tolist()))
        object.__setattr__(self, "_grid", Grid.over(seen.quantity, seen.whole_units))

    @property
    def n_known(self) -> int:
        """Periods before the first held-out one."""
        return self._cuts[0]

    @property
    def n_held_out(self) -> int:
        """Periods that are forecast."""
        return self.observations.n - self._cuts[0]

    def scores(self, family: type[SeasonalDemand], plan: FitPlan) -> Floats:
        """Return the CRPS of each held-out period, units, shape [n_held_out]."""
        blocks = zip(self._cuts[:-1], self._cuts[1:], strict=True)
        return np.concatenate([self._block(family, plan, start, stop) for start, stop in blocks])

    def _block(self, family: type[SeasonalDemand], plan: FitPlan, start: int, stop: int) -> Floats:
        model = family.fit_prepared(self._known(start, plan))
        key = (start, plan.weekday, plan.year)
        if key not in self._blocks:
            part = self.observations.part(start, stop)
            unique = np.unique(model.season.at(part.index), return_inverse=True)
            ran_out = None if part.floors is None else part.floors.place
            self._blocks[key] = _Block(part.quantity, *unique, ran_out)
        block = self._blocks[key]
        means = model.level * block.factors
        return crps_by_mean(model, block.quantity, means, block.row, self._grid, block.ran_out)

    def _known(self, cut: int, plan: FitPlan) -> Prepared:
        if (cut, plan) not in self._prepared:
            known = self.observations.part(0, cut)
            plain = self._known(cut, replace(plan, recent=False)) if plan.recent else None
            season = None if plain is None else plain.season
            earlier = self._cuts[max(self._cuts.index(cut) - 1, 0)]
            like = self._prepared.get((earlier, plan), plain)
            self._prepared[cut, plan] = prepare(known, plan, season, like)
        return self._prepared[cut, plan]
