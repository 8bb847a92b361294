"""What a learning algorithm must offer to be trained, and the registry of those there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import torch

from core.agents.actions import ChooseCode
from core.agents.clock import Clock
from core.agents.config import TrainingConfig
from core.agents.networks import Network
from core.agents.task import Assignment

LoadLibraries = Callable[[], None]
GoOn = Callable[[], bool]
"""Asked at every step; False means stop now."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a learner is given.

    Args:
        assignment: Items, features, orders.
        config: Settings.
        clock: Time left.
        start: The network to go on with; None to begin anew.
    """

    assignment: Assignment
    config: TrainingConfig
    clock: Clock
    start: Network | None = None


class Learner(Protocol):
    """A learning algorithm at work."""

    choose_code: ClassVar[ChooseCode]
    """What it can choose from."""
    unseen: ClassVar[frozenset[str]]
    """Features that it is not shown."""

    load_libraries: ClassVar[LoadLibraries]
    """Loads what learning needs, before its clock starts."""

    def __init__(self, lesson: Lesson):
        """Get ready; nothing is learned yet."""
        ...

    @property
    def steps(self) -> int:
        """Item-periods learned from so far."""
        ...

    def warm_start(self, go_on: GoOn) -> None:
        """Imitate (s, S)."""
        ...

    def learn(self, go_on: GoOn) -> None:
        """Learn until told to stop."""
        ...

    def candidates(self) -> Sequence[Network]:
        """Return the networks that could be handed over now; the best is found on validation."""
        ...


def load_nothing() -> None:
    """Torch is there already."""


def load_optimisers() -> None:
    """Make one: torch's first loads for seconds that are not for learning."""
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])


def load_sb3() -> None:
    """Load Stable-Baselines3 and optimisers: seconds that are not for learning."""
    import stable_baselines3  # noqa: F401

    load_optimisers()


def no_logger() -> Any:
    """Return a logger that writes nothing: SB3's own leaves a folder behind for every training."""
    from stable_baselines3.common.logger import Logger

    return Logger(folder=None, output_formats=[])
