"""Benchmark on published instances: cost, its interval, and the gap to the best known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.domain import PolicyParameterError
from core.evaluation.instances import Instance
from core.evaluation.long_run import LongRunSettings, long_run_cost_of
from core.policies import exact_cost
from core.policies.protocol import Policy
from core.simulator import Problem


@dataclass(frozen=True)
class Solution:
    """What a solver found for one instance.

    Args:
        policy: Made for it.
        method: How it was found, a few words.
        exact_cost: Money per period by formula; None where it has to be simulated.
    """

    policy: Policy
    method: str
    exact_cost: float | None = None


Solver = Callable[[Problem], Solution]


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """One instance's result.

    Args:
        instance: Name.
        cost: Money per period in the long run.
        cost_ci95: Half of its 95 % interval; 0 where the cost is by formula.
        best_known_cost: From the file; None where it has none.
        gap_pct: Percent above (or, negative, below) the best known cost; None without one.
        seconds: Spent on finding the policy (training, search), not on measuring it.
        method: How policy and cost were found.
    """

    instance: str
    cost: float
    cost_ci95: float
    best_known_cost: float | None
    gap_pct: float | None
    seconds: float
    method: str

    def to_json(self) -> dict[str, Any]:
        """Write it as plain JSON values."""
        return asdict(self)


def benchmark(
    instances: Sequence[Instance],
    solver: Solver,
    settings: LongRunSettings = LongRunSettings(),  # noqa: B008
    on_batch: Callable[[str, int, float], None] | None = None,
) -> Iterator[BenchmarkRow]:
    """Solve the instances one by one and yield each result as it is there.

    Costs are long-run averages on test futures that no search or training has seen. Where the
    exact cost is known, by the solver or by the Markov chain of a small problem, that is reported,
    and the method says what the simulation made of it.

    Args:
        instances: As read by ``read_instances``.
        solver: Finds a policy for one problem; its time is measured.
        settings: How precisely costs are measured.
        on_batch: Told instance, batches done and the relative error so far, in percent.
    """
    for instance in instances:
        begun = time.perf_counter()
        solution = solver(instance.problem)
        seconds = time.perf_counter() - begun
        tell = None if on_batch is None else _named(on_batch, instance.name)
        found = long_run_cost_of(instance.problem, solution.policy, settings, tell)
        cost, half, method = found.cost, found.half_width, solution.method
        exact = _exact_cost(instance.problem, solution)
        if exact is not None:
            method = f"{method}; simulation {cost:.5g} ± {half:.2g}"
            cost, half = exact, 0.0
        best = instance.best_known_cost
        gap = None if best is None else 100 * (cost / best - 1)
        yield BenchmarkRow(instance.name, cost, half, best, gap, seconds, method)


def _exact_cost(problem: Problem, solution: Solution) -> float | None:
    """Return the cost without noise; None where the problem is too large for that."""
    if solution.exact_cost is not None:
        return solution.exact_cost
    try:
        return exact_cost(problem, solution.policy)
    except PolicyParameterError:
        return None


def _named(on_batch: Callable[[str, int, float], None], name: str) -> Callable[[int, float], None]:
    return lambda done, percent: on_batch(name, done, percent)
