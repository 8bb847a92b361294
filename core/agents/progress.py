"""What a training run tells while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of the learning curve.

    Args:
        elapsed_s: Seconds since the training began.
        steps: Item-periods learned from.
        cost_ratio: Validation cost against (s, S), mean over items; below 1 is cheaper.
    """

    elapsed_s: float
    steps: int
    cost_ratio: float


@dataclass(frozen=True)
class Progress:
    """Where a training run stands.

    Args:
        phase: In planners' words.
        fraction: Of the time limit, 0..1.
        elapsed_s, remaining_s: Seconds.
        steps: Item-periods learned from.
        cost_ratio: Validation cost of the agent as it is now against (s, S).
        best_cost_ratio: The same of the agent that would be handed over now. Losses on single items
            count less in choosing it, so that it may lie above an earlier ``cost_ratio``.
        is_new_best: Whether the best agent changed since the last report.
        best_bundle: Writes the best agent so far as a bundle; call it only where it is wanted.
    """

    phase: str
    fraction: float
    elapsed_s: float
    remaining_s: float
    steps: int
    cost_ratio: float
    best_cost_ratio: float
    is_new_best: bool
    best_bundle: Callable[[], bytes]


OnProgress = Callable[[Progress], bool]
"""Receives reports, at least one every two seconds; False stops the training."""
