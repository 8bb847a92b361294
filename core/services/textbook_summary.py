"""What a run over the textbook problems says: who is near the optimum, and who beats (s, S)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from core.evaluation import SOURCES
from core.services.baselines import BASELINE
from core.services.textbook import CONTENDERS, SAME, Row, Study


@dataclass(frozen=True)
class Standing:
    """How one contender did over all problems on which its cost is known.

    Args:
        who: Its key.
        mean, worst: Gaps to the optimum, as shares.
        worst_row: Where it is the worst.
        n: Problems on which its cost is known.
        cheaper, same, dearer: Rows by its cost against that of (s, S).
    """

    who: str
    mean: float
    worst: float
    worst_row: Row
    n: int
    cheaper: tuple[Row, ...]
    same: tuple[Row, ...]
    dearer: tuple[Row, ...]


def standing(study: Study, who: str) -> Standing | None:
    """Sum a contender up; None where its cost is known on no problem."""
    gaps = {row: gap for row in study.rows if (gap := row.gap(who)) is not None}
    if not gaps:
        return None
    worst = max(gaps, key=gaps.__getitem__)
    sides: Mapping[int, list[Row]] = {-1: [], 0: [], 1: []}
    for row in gaps:
        sides[_against_rule(row, who)].append(row)
    cheaper, same, dearer = (tuple(sides[side]) for side in (-1, 0, 1))
    mean = fmean(gaps.values())
    return Standing(who, mean, gaps[worst], worst, len(gaps), cheaper, same, dearer)


def _against_rule(row: Row, who: str) -> int:
    """Return -1 where cheaper than (s, S), 1 where dearer, 0 where shown as the same."""
    mine, rule = row.scores[who].cost, row.scores[BASELINE].cost
    assert mine is not None and rule is not None, "the cost of (s, S) is always known"
    difference = mine / rule - 1
    return 0 if abs(difference) < SAME else (1 if difference > 0 else -1)


def is_dearer(row: Row, who: str) -> bool:
    """Whether a contender costs more than (s, S) on a problem."""
    return row.gap(who) is not None and _against_rule(row, who) > 0


def n_rule_is_best(study: Study) -> int:
    """Return on how many problems (s, S) is itself the best possible rule."""
    gaps = [row.gap(BASELINE) for row in study.rows]
    return sum(gap is not None and gap < SAME for gap in gaps)


def notes(study: Study) -> dict[tuple[str, str], list[Row]]:
    """Return what is to be said about costs, missing ones above all: contender, note, rows."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in study.rows:
        for who, score in row.scores.items():
            if score.note:
                found.setdefault((who, score.note), []).append(row)
    return found


def table_rows(study: Study) -> list[dict[str, Any]]:
    """Return everything about a run, one line per problem, for a file."""
    return [{**_facts(row), **_costs(row), **_making(study, row)} for row in study.rows]


def _facts(row: Row) -> dict[str, Any]:
    task = row.task
    return {
        "problem": task.name,
        "description": task.words,
        "demand": task.demand,
        "demand_mean": task.demand_mean,
        "lead_time": task.lead_time,
        "unmet_demand": "lost" if task.is_lost else "backordered",
        "holding_cost": task.holding_cost,
        "stockout_cost": task.stockout_cost,
        "fixed_cost": task.fixed_cost,
        "source": SOURCES.get(task.source, task.source),
        "optimal_cost": row.optimum,
    }


def _costs(row: Row) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for who in CONTENDERS:
        gap, score = row.gap(who), row.scores.get(who)
        cells[f"{who}_cost"] = None if score is None else score.cost
        cells[f"{who}_gap_pct"] = None if gap is None else 100 * gap
        cells[f"{who}_note"] = "" if score is None else score.note
    return cells


def _making(study: Study, row: Row) -> dict[str, Any]:
    return {
        "algorithm": study.request.algorithm,
        "learning_s": row.seconds,
        "periods_learned_from": row.steps,
        "seed": study.request.seed,
        "made_at": study.made_at.isoformat(timespec="seconds"),
        **{f"{name}_version": number for name, number in study.versions.items()},
    }
