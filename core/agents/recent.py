"""What the latest sales say of demand, against what the fitted demand led to expect.

Out of stock, sales only say that demand was no less: such a period counts as it was expected, or
as more where more was sold. All values are 0, and the level 1, where nothing is remembered, as
where sales were just as expected.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from core.simulator import Memory, Observation
from core.simulator.memory import Sums

WINDOWS = (1, 3, 7, 14, 28, 56, 112)
LEVEL_OVER, LONG = 14, 112
SPREAD_WINDOWS = (28, 112)
# Units put on both sides: a period or two of a slow item say little of its level.
_PRIOR = 10.0


def level(memory: Memory | None) -> Tensor:
    """Return demand as it runs now against the fitted demand: 1 for just as expected.

    The last 14 periods, held towards the last 112, and those towards what was expected; the fewer
    units, the more.

    Returns:
        A factor above 0, shape [n_envs]; a single 1 where nothing is remembered.
    """
    if memory is None:
        return torch.ones(1)
    factor: Tensor = memory.once("level", lambda: _level(_sums(memory)))
    return factor


def _level(sums: Sums) -> Tensor:
    long, short = WINDOWS.index(LONG), WINDOWS.index(LEVEL_OVER)
    usual = (sums.demand[long] + _PRIOR) / (sums.expected[long] + _PRIOR)
    return (sums.demand[short] + _PRIOR * usual) / (sums.expected[short] + _PRIOR)


def _sums(memory: Memory) -> Sums:
    sums: Sums = memory.once(WINDOWS, lambda: memory.sums(WINDOWS))
    return sums


@dataclass(frozen=True, eq=False)
class Recent:
    """The latest sales against the level that they run at.

    Args:
        above: Sales over each of WINDOWS above that level, as a share of it, [n_windows, n_envs].
        spread: Typical distance of a period's sales from it, units, over each of SPREAD_WINDOWS.
        out_of_stock: Share of expected demand that fell on periods out of stock, shape [n_envs].
    """

    above: Tensor
    spread: Tensor
    out_of_stock: Tensor

    @classmethod
    def of(cls, observation: Observation) -> Recent:
        """Look back."""
        memory = observation.memory
        if memory is None:
            zero = torch.zeros_like(observation.inventory_level)
            return cls(zero.expand(len(WINDOWS), -1), zero.expand(len(SPREAD_WINDOWS), -1), zero)
        sums, factor = _sums(memory), level(memory)
        rows = [WINDOWS.index(n) for n in SPREAD_WINDOWS]
        apart = sums.squared_distance(factor)[rows]
        row = WINDOWS.index(LEVEL_OVER)
        return cls(
            (sums.demand / factor + _PRIOR) / (sums.expected + _PRIOR) - 1,
            (apart / torch.tensor(SPREAD_WINDOWS).unsqueeze(1)).sqrt(),
            sums.missed[row] / sums.expected[row].clamp(min=1e-9),
        )
