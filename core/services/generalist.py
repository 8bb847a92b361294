"""Making the generalist that comes with the program: both halves side by side, on two cores."""

from __future__ import annotations

import multiprocessing as mp
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.agents.config import TrainingConfig

if TYPE_CHECKING:
    from core.agents import TrainedAgent

# What it was made with; chosen on drawn problems of other seeds.
WIDTH, LEARNING_RATES = 64, {False: 4e-3, True: 6e-3}
MINUTES = 50.0

Tell = Callable[[float, str], None]


def make_generalist(path: Path, minutes: float, seed: int, tell: Tell) -> TrainedAgent:
    """Train the generalist and write it as a bundle.

    Args:
        path: File to write.
        minutes: Of training; each half has a core of its own.
        seed: Of the networks and the drawn problems.
        tell: Told the share done and what is at hand.
    """
    from core.agents import load, save
    from core.agents.generalist import join_halves

    context = mp.get_context("spawn")
    parts = {half: path.with_suffix(f".{name}.part") for half, name in _NAMES.items()}
    reports = context.SimpleQueue()
    workers = [
        context.Process(target=_train_half, args=(half, part, minutes, seed, reports))
        for half, part in parts.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        while not reports.empty():
            tell(*reports.get())
        workers[0].join(timeout=1.0)
    plain, gated = (load(part.read_bytes()) for part in parts.values())
    agent = join_halves(plain, gated)
    path.write_bytes(save(agent))
    for part in parts.values():
        part.unlink()
    return agent


_NAMES = {False: "plain", True: "gated"}


def _train_half(is_gated: bool, part: Path, minutes: float, seed: int, reports: object) -> None:
    from core.agents import Progress, save
    from core.agents.generalist import train_half

    config = TrainingConfig.preset(
        "thorough",
        "pathwise",
        time_limit_s=60 * minutes,
        seed=seed,
        width=WIDTH,
        learning_rate=LEARNING_RATES[is_gated],
    )

    def on_progress(progress: Progress) -> bool:
        words = f"{_NAMES[is_gated]}: {progress.best_cost_ratio:.4f} of (s, S)"
        reports.put((progress.fraction, words))  # type: ignore[attr-defined]
        return True

    part.write_bytes(save(train_half(config, is_gated=is_gated, on_progress=on_progress)))
