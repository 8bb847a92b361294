"""Through the last eighth of real histories, order by order: agents beside tuned (s, S).

Both see only the past; realised cost, wins and losses alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.other_sales import PARTS, PARTS_RATIO, SHOP, shop, spare_parts
from benchmarks.panel import against
from benchmarks.real_sales import M5, Panel, m5
from benchmarks.replay import Reel
from benchmarks.report import Row
from benchmarks.rivals import points_and_levels
from core.agents import TrainingConfig, train
from core.agents.baseline import fit_baseline
from core.agents.config import PRESETS
from core.agents.panel import PanelFutures
from core.domain import CostRates, Period, Verdict

SECONDS, SEED = PRESETS["standard"], 0
_COSTS = CostRates(1.0, 9.0)


@dataclass(frozen=True)
class Case:
    """A panel and what is to be said of it.

    Args:
        file: Where its sales stand.
        read: Reads them.
        words: Costs and how the truth is replayed.
    """

    file: str
    read: Callable[[Path], Panel]
    words: str


CASES = (
    Case(
        M5,
        lambda data: m5(data, Period.DAY, _COSTS, 3),
        "lost sales, h = 1, p = 9, K = 0, L = 3 days; sales are taken for demand",
    ),
    Case(
        PARTS,
        spare_parts,
        f"own holding cost, fixed cost 5, MOQ, pack and lead time (7 or 16 weeks); backorders at "
        f"{PARTS_RATIO:g} times the holding cost, which the file does not give; the parts sold in "
        "30 weeks of the past or more",
    ),
    Case(
        SHOP,
        lambda data: shop(data, _COSTS, 2),
        "lost sales, h = 1, p = 9, K = 0, L = 2 days; hundredths count as units; on days out of "
        "stock the true demand is not known: it is drawn from the model fitted before the cut, no "
        "less than what was sold",
    ),
)


def rows(data: Path, seconds: float = SECONDS) -> list[Row]:
    """Learn and roll through every history, one after the other, on one core.

    Args:
        data: Folder of the real sales; what is missing is left out.
        seconds: Of learning, each.
    """
    torch.set_num_threads(1)
    return list(_rows(data, seconds))


def _rows(data: Path, seconds: float) -> Iterator[Row]:
    for case in CASES:
        if (data / case.file).exists():
            yield _row(case, case.read(data), seconds)
        else:
            print(f"  left out: there is no {case.file} in {data}")


def _row(case: Case, panel: Panel, seconds: float) -> Row:
    reel = Reel.of(panel)
    rule = points_and_levels(reel)
    baseline, source = fit_baseline(panel.problems), PanelFutures(reel.past)
    config = TrainingConfig.preset("quick", "pathwise", time_limit_s=seconds, seed=SEED)
    agent = train(panel.problems, config, baseline=baseline, source=source)
    policy = agent.policy(panel.problems, baseline)
    mine = reel.play(policy.act, 1, policy.memory)[1][:, 0]
    cheaper, dearer = int((mine < rule.tail).sum()), int((mine > rule.tail).sum())
    measured = f"{against(mine, rule.tail)}; cheaper on {cheaper} items, dearer on {dearer}"
    print(f"  {panel.words}: {measured}", flush=True)
    return Row(
        f"panel agent on {panel.words} against (s, S) tuned on the same past",
        "realised cost, stated as it is",
        measured,
        None if not np.isfinite(mine).all() else Verdict.from_pairs(mine, rule.tail).high < 0,
        f"{len(mine)} items ({len(panel.left_out)} left out: too little past); {case.words}; "
        f"{panel.tail.shape[1]} held-out periods; seed {SEED}, {seconds:.0f} s; 95 % by items",
    )
