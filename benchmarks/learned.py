"""How near pathwise agents come to the optimum of the published instances, without noise.

Each is trained on its own instance, then scored by ``exact_cost``: a Markov chain, no simulation.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean

from benchmarks.report import Row
from core.agents import TrainingConfig, train
from core.agents.baseline import fit_baseline
from core.evaluation import read_instances
from core.policies import Policy, SSPolicy, exact_cost, fit_gauge
from core.policies.eoq import formula_numbers
from core.simulator import Problem

SECONDS = 60.0
# Value iteration is exact up to here; longer lead times have too many states.
MOST_LEAD_TIME = 4
SEED = 0

Start = Callable[[Problem], Policy]


@dataclass(frozen=True)
class Task:
    """A family of instances and what is to be reached on it.

    Args:
        family: Name of the reference file.
        start: The rule that learning starts from.
        start_words: The same for the table.
        mean, worst: Gaps to the optimum, percent; None for no bar.
    """

    family: str
    start: Start
    start_words: str
    mean: float | None
    worst: float | None


def from_formula(problem: Problem) -> Policy:
    """Return (s, S) by formula: starting from the exact rule would leave nothing to learn."""
    point, quantity = formula_numbers([problem])
    level = (point + quantity).round()
    return SSPolicy.of([problem], reorder_point=point.round(), order_up_to_level=level)


def from_best(problem: Problem) -> Policy:
    """Return the best (s, S), where agents start in the program."""
    return fit_baseline([problem])


TASKS = {
    "lost_sales": Task("lost_sales", from_best, "the searched (s, S)", 0.03, 0.15),
    "s_S": Task("s_S_backlog", from_best, "the exact (s, S), as in the program", 0.3, None),
    "s_S_from_eoq": Task("s_S_backlog", from_formula, "EOQ with safety stock", 0.3, None),
    "fixed_cost": Task("lost_sales_fixed_cost", from_best, "the searched (s, S)", None, 0.25),
}


@dataclass(frozen=True)
class Score:
    """One instance: its name, gaps in percent before and after learning, and seconds."""

    name: str
    gap_before: float
    gap: float
    seconds: float


def rows(reference: Path, name: str, seconds: float = SECONDS) -> list[Row]:
    """Learn every instance of a task with a lead time of at most four periods.

    Args:
        reference: Folder of the published instances; nothing is measured where it is missing.
        name: Key of TASKS.
        seconds: Of training for each.
    """
    if not reference.is_dir():
        return []
    task, path = TASKS[name], reference / f"{TASKS[name].family}.csv"
    problems = [instance.problem for instance in read_instances(path, task.family)]
    short = [problem for problem in problems if problem.lead_time.mean <= MOST_LEAD_TIME]
    scores = [_learn(problem, task, seconds) for problem in short]
    return [_summary(task, scores, seconds), *map(partial(_single, task), scores)]


def _learn(problem: Problem, task: Task, seconds: float) -> Score:
    start, optimum = task.start(problem), fit_gauge("optimum", [problem]).cost_of(0)
    begin = time.perf_counter()
    config = TrainingConfig.preset("quick", "pathwise", time_limit_s=seconds, seed=SEED)
    agent = train([problem], config, baseline=start)
    took = time.perf_counter() - begin
    costs = [exact_cost(problem, policy) for policy in (start, agent.policy([problem], start))]
    before, after = (100 * (cost / optimum - 1) for cost in costs)
    print(f"  {problem.name}: {before:.2f} % -> {after:.4f} % in {took:.0f} s", flush=True)
    return Score(problem.name, before, after, took)


def _summary(task: Task, scores: Sequence[Score], seconds: float) -> Row:
    mean, worst = fmean(s.gap for s in scores), max(scores, key=lambda s: s.gap)
    bars = [(task.mean, mean, "mean"), (task.worst, worst.gap, "worst")]
    wanted = [f"{word} gap at most {bar:g} %" for bar, _, word in bars if bar is not None]
    return Row(
        f"pathwise on {task.family}, {len(scores)} instances with L <= {MOST_LEAD_TIME}",
        ", ".join(wanted),
        f"mean gap {mean:.3f} %, worst {worst.gap:.3f} % ({worst.name})",
        all(found <= bar for bar, found, _ in bars if bar is not None) if wanted else None,
        f"{seconds:.0f} s each on one core, seed {SEED}, from {task.start_words}; optimum by value "
        "iteration, cost by Markov chain: no standard error",
    )


def _single(task: Task, score: Score) -> Row:
    return Row(
        f"pathwise on {score.name}",
        "",
        f"gap {score.gap:.3f} % (before learning {score.gap_before:.2f} %)",
        None,
        f"{task.family}, {score.seconds:.0f} s",
    )
