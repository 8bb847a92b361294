"""What every decision rule can do, and how one is found for a set of items."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self, cast

from torch import Tensor

from core.simulator import Observation, Problem
from core.simulator.seeds import SEARCH_SEED


class Policy(Protocol):
    """A decision rule for a list of items. It has no memory and cannot see the future.

    ``act`` is given an observation whose environments are laid out item by item (n_items *
    n_paths) in the order of the items this policy was made for.
    """

    @property
    def name(self) -> str:
        """Registry name, e.g. "s_S"; an agent's own name for agents."""
        ...

    @property
    def n_items(self) -> int:
        """Items this policy was made for; 1 serves any number of environments of one item."""
        ...

    def act(self, observation: Observation) -> Tensor:
        """Return the units to ask for, before the order rules, >= 0, shape [n_envs]."""
        ...

    def select(self, rows: Sequence[int]) -> Self:
        """Return the policy for some of the items."""
        ...

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Return one item's own numbers, by their long names (reorder_point, ...)."""
        ...


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How hard to look for a rule's best numbers on the simulator.

    Args:
        seed: Of the search scenarios; tests and gates use other seeds.
        n_paths: Futures per item.
        horizon: Periods counted.
        warm_up: Periods before that are played and not counted.
    """

    seed: int = SEARCH_SEED
    n_paths: int = 128
    horizon: int = 240
    warm_up: int = 50


class PolicyFamily(Protocol):
    """A kind of rule that can be fitted to any list of items."""

    name: ClassVar[str]
    label: ClassVar[str]

    @classmethod
    def fit(cls, problems: Sequence[Problem], settings: SearchSettings) -> Policy:
        """Find each item's best numbers: exactly where theory holds, else on the simulator.

        Raises:
            PolicyParameterError: where the rule cannot serve an item; names it.
        """
        ...


class Joinable(Policy, Protocol):
    """A decision rule that decides for the items of several of its kind in one go."""

    @property
    def kin(self) -> Hashable:
        """What those have in common that ``joined`` makes one of."""
        ...

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return one policy for the items of several, which decides as each of them does."""
        ...


def kin_of(policy: Policy) -> Hashable:
    """Return the same for policies that ``joined_of`` makes one of; most stand alone."""
    return getattr(policy, "kin", id(policy))


def joined_of(policies: Sequence[Policy]) -> Policy:
    """Return one policy for the items of several of a kin."""
    first = policies[0]
    if len(policies) == 1:
        return first
    joinable = cast(type[Joinable], type(first))
    return joinable.joined(cast(Sequence[Joinable], policies))


def memory_of(policy: Policy) -> int:
    """Return how many of the latest periods' sales a policy wants to see; rules want none."""
    return int(getattr(policy, "memory", 0))
