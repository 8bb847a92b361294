"""Where an agent's futures come from: the fitted demand alone, or the items' past as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

import torch
from torch import Tensor

from core.agents.references import ItemReference, References
from core.agents.validation import LOSS_WEIGHT, Validation
from core.policies.protocol import Policy
from core.simulator import (
    ExpectedCost,
    Flows,
    InitialStock,
    Parameters,
    Problem,
    Scenario,
    draw_scenario,
)

PeriodCost = Callable[[Flows, Tensor, Parameters], Tensor]

# One calendar year of any period: starts are spread over all seasons.
CALENDAR = 366


class Source(Protocol):
    """Draws the futures that an agent learns from, and judges it on others."""

    @property
    def memory(self) -> int:
        """Latest periods whose sales the agent sees."""
        ...

    @property
    def paths_each(self) -> int:
        """Futures of each item that a step learns from at the least, where there are many items."""
        ...

    def hidden(self, items: Sequence[ItemReference]) -> frozenset[str]:
        """Return the features that the agent must not see."""
        ...

    def follows(self, problems: Sequence[Problem], baseline: Policy) -> Sequence[bool]:
        """Return whether each item's (s, S) had better move with the level of recent sales."""
        ...

    def draw(
        self,
        problems: Sequence[Problem],
        items: Sequence[ItemReference],
        n_paths: int,
        horizon: int,
        seed: int,
    ) -> tuple[Scenario, InitialStock]:
        """Draw futures of ``horizon + 1`` periods, and stocks from empty to well stocked."""
        ...

    def cost(self, problems: Sequence[Problem], n_paths: int) -> PeriodCost:
        """Return what a period costs, given its flows, expected demand and parameters."""
        ...

    def select(self, rows: Sequence[int]) -> Source:
        """Return the source for some of the items."""
        ...

    def validation(
        self, problems: Sequence[Problem], baseline: Policy, loss_weight: float = LOSS_WEIGHT
    ) -> Validation:
        """Return what candidates are judged on; see Validation for the weight of a loss."""
        ...


class FittedFutures:
    """The fitted demand alone, from a random day of the year on."""

    memory: ClassVar[int] = 0
    # With fewer, many items drown one another in noise.
    paths_each: ClassVar[int] = 32

    def hidden(self, items: Sequence[ItemReference]) -> frozenset[str]:
        """Nothing is hidden."""
        return frozenset()

    def follows(self, problems: Sequence[Problem], baseline: Policy) -> Sequence[bool]:
        """No sales are seen."""
        return [False] * len(problems)

    def draw(
        self,
        problems: Sequence[Problem],
        items: Sequence[ItemReference],
        n_paths: int,
        horizon: int,
        seed: int,
    ) -> tuple[Scenario, InitialStock]:
        """Draw futures of ``horizon + 1`` periods, and stocks from empty to well stocked."""
        noise = torch.Generator().manual_seed(seed)
        offset = int(torch.randint(CALENDAR, (), generator=noise))
        scenario = draw_scenario(problems, n_paths, horizon + 1, seed, offset=offset)
        return scenario, InitialStock(any_level(items, n_paths, noise))

    def cost(self, problems: Sequence[Problem], n_paths: int) -> PeriodCost:
        """Return what a period is expected to cost."""
        return ExpectedCost.of(problems, n_paths)

    def select(self, rows: Sequence[int]) -> FittedFutures:
        """Nothing here belongs to single items."""
        return self

    def validation(
        self, problems: Sequence[Problem], baseline: Policy, loss_weight: float = LOSS_WEIGHT
    ) -> Validation:
        """Return other futures of the fitted demand."""
        return Validation(problems, baseline, loss_weight=loss_weight)


def any_level(items: Sequence[ItemReference], n_paths: int, noise: torch.Generator) -> Tensor:
    """Draw stocks from empty to a fifth above S, whole units, shape [n_envs]."""
    target = References.of(items, n_paths).order_up_to_level
    return (1.2 * torch.rand(target.shape[0], generator=noise) * target).round()


FITTED = FittedFutures()
