"""Exact (s, S) on all published rows together, and one explanation."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from statistics import median

from benchmarks.report import Row
from core.demand import demand_from_name
from core.domain import CostRates
from core.policies import exact_s_s

ROUNDS = 7
BAR_SECONDS = 0.5


def rows(reference: Path) -> list[Row]:
    """Time the exact rule on every row of s_S_backlog.csv, and hold it against the file.

    Args:
        reference: Folder of the published instances; nothing is measured where it is missing.
    """
    path = reference / "s_S_backlog.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as text:
        instances = list(csv.DictReader(text))
    seconds, right = [], 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        right = sum(_is_right(row) for row in instances)
        seconds.append(time.perf_counter() - start)
    reached = median(seconds) < BAR_SECONDS and right == len(instances)
    return [
        Row(
            f"exact (s, S), all {len(instances)} rows of the reference file",
            f"s, S and cost to three decimals, under {BAR_SECONDS} s together",
            f"{right} of {len(instances)} right, {median(seconds) * 1000:.0f} ms "
            f"(max {max(seconds) * 1000:.0f})",
            reached,
            f"median of {ROUNDS} runs, demand distributions included",
        )
    ]


def _is_right(row: dict[str, str]) -> bool:
    demand = demand_from_name(row["demand"], float(row["demand_mean"]))
    costs = CostRates(
        float(row["holding_cost"]), float(row["stockout_cost"]), float(row["fixed_cost"])
    )
    found = exact_s_s(demand.pmf(0), costs, int(row["lead_time"]))
    return (
        found.reorder_point == int(row["reorder_point"])
        and found.order_up_to_level == int(row["order_up_to_level"])
        and abs(found.cost - float(row["optimal_cost"])) <= 5e-4 + 1e-9
    )
