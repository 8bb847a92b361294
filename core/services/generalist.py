"""Making the generalist that comes with the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.agents.config import TrainingConfig

if TYPE_CHECKING:
    from core.agents import Progress, TrainedAgent

# What it was made with.
WIDTH, PLAIN_RATE, GATED_RATE = 64, 4e-3, 4e-3
MINUTES, PLAIN_SHARE = 57.0, 50 / 57

Tell = Callable[[float, str], None]


def make_generalist(path: Path, minutes: float, seed: int, tell: Tell) -> TrainedAgent:
    """Train the generalist and write it as a bundle: first one half, then the other from it.

    Args:
        path: File to write.
        minutes: Of training, on one core.
        seed: Of the networks and the drawn problems.
        tell: Told the share done and what is at hand.
    """
    from core.agents import save
    from core.agents.generalist import join_halves, train_half

    def told(begin: float, share: float, half: str) -> Callable[[Progress], bool]:
        def on_progress(progress: Progress) -> bool:
            words = f"{half}: {progress.best_cost_ratio:.4f} of (s, S)"
            tell(begin + share * progress.fraction, words)
            return True

        return on_progress

    first, second = PLAIN_SHARE, 1.0 - PLAIN_SHARE
    config = _config(60 * minutes * first, seed, PLAIN_RATE)
    plain = train_half(config, is_gated=False, on_progress=told(0.0, first, "plain"))
    config = _config(60 * minutes * second, seed, GATED_RATE)
    gated = train_half(
        config, is_gated=True, start=plain, on_progress=told(first, second, "with a gate")
    )
    agent = join_halves(plain, gated)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(save(agent))
    return agent


def _config(seconds: float, seed: int, rate: float) -> TrainingConfig:
    return TrainingConfig.preset(
        "thorough",
        "pathwise",
        time_limit_s=seconds,
        seed=seed,
        width=WIDTH,
        learning_rate=rate,
    )
