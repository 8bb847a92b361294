"""Making the generalist that comes with the program: one part for each group, on two cores."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.agents.config import TrainingConfig
from core.services.helpers import side_by_side

if TYPE_CHECKING:
    from core.agents import Progress, TrainedAgent

# What it was made with.
WIDTH, RATE = 64, 4e-3
MINUTES = 45.0
# Shares of the time, on one core each.
_SIDE_BY_SIDE = {"steady": 1.0}, {"other": 0.5, "gated": 0.5}

_HELPER = "from core.services.generalist import make_parts; make_parts()"

Tell = Callable[[float, str], None]


def make_generalist(path: Path, minutes: float, seed: int, tell: Tell) -> TrainedAgent:
    """Train the generalist and write it as a bundle.

    Args:
        path: File to write.
        minutes: Of training, on two cores.
        seed: Of the networks and the drawn problems.
        tell: Told the share done and what is at hand.

    Raises:
        RuntimeError: where the parts that have their own process did not come to their end.
    """
    from core.agents import load, save
    from core.agents.generalist import join_groups

    here, apart = _SIDE_BY_SIDE
    with tempfile.TemporaryDirectory() as folder:
        order = {"shares": apart, "minutes": minutes, "seed": seed, "folder": folder}
        with side_by_side(_HELPER, [order]) as answers:
            parts = dict(_parts(here, minutes, seed, tell))
            tell(1.0, "waiting for the other parts")
            done = {group for _, group in answers}
        if done != set(apart):
            raise RuntimeError(f"only these parts came to their end: {', '.join(done) or 'none'}")
        parts |= {group: load(_file(folder, group).read_bytes()) for group in apart}
    agent = join_groups(parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(save(agent))
    return agent


def make_parts() -> None:
    """Train the parts that standard input tells of, as JSON, and name each: what a helper does."""
    from core.agents import save

    order: dict[str, Any] = json.load(sys.stdin)
    work = order["shares"], order["minutes"], order["seed"]
    for group, agent in _parts(*work, lambda share, words: None):
        _file(order["folder"], group).write_bytes(save(agent))
        print(json.dumps(group), flush=True)


def _file(folder: str, group: str) -> Path:
    return Path(folder) / f"{group}.safetensors"


def _parts(
    shares: Mapping[str, float], minutes: float, seed: int, tell: Tell
) -> Iterator[tuple[str, TrainedAgent]]:
    """Train one group after the other, each for its share of the time."""
    for group, share in shares.items():
        yield group, _part(group, share * minutes, seed, tell)


def _part(group: str, minutes: float, seed: int, tell: Tell) -> TrainedAgent:
    from core.agents.generalist import train_group

    def on_progress(progress: Progress) -> bool:
        tell(progress.fraction, f"{group}: {progress.best_cost_ratio:.4f} of (s, S)")
        return True

    config = TrainingConfig.preset(
        "thorough",
        "pathwise",
        time_limit_s=60 * minutes,
        seed=seed,
        width=WIDTH,
        learning_rate=RATE,
    )
    return train_group(config, group, on_progress=on_progress)
