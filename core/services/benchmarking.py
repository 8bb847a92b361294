"""Rules and agents on the published instances: the same solvers for every family."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.agents.config import ALGORITHM_LABELS, TrainingConfig
from core.domain import UnknownNameError
from core.evaluation import BenchmarkRow, Solution, Solver, benchmark, read_instances
from core.policies import GAUGES, POLICIES, ItemPolicy, SearchSettings, fit_gauge, fit_policy
from core.policies.s_s import exact_rule_of
from core.policies.theory import why_not_exact
from core.services.baselines import BASELINE
from core.simulator import Problem
from core.store import open_store

Tell = Callable[[float, str], None]

GENERALIST = "generalist"


@dataclass(frozen=True, slots=True)
class BenchmarkRequest:
    """Which instances, and who solves them.

    Args:
        family: Key of the families of instances.
        path: File with the family's columns.
        solver: Name of a rule, of a gauge for small textbook problems, of a learning algorithm
            that is trained on each instance, of a kept agent, or "generalist" for the agent that
            comes with the program.
        seconds: Training time per instance, for learning algorithms.
        seed: Of the training.
    """

    family: str
    path: Path
    solver: str
    seconds: float = 60.0
    seed: int = 0


def run_benchmark(request: BenchmarkRequest, on_progress: Tell) -> Iterator[BenchmarkRow]:
    """Solve every instance of a file and measure its long-run cost on test futures.

    Raises:
        UnknownNameError: where family or solver are unknown.
        InputFileError: where the file cannot be used.
        PolicyParameterError: where a gauge meets an instance that is too large for it.
    """
    instances = read_instances(request.path, request.family)
    solver = _solver(request)
    names = [instance.name for instance in instances]

    def tell(name: str, done: int, error: float) -> None:
        on_progress(names.index(name) / len(names), f"{name}: cost known to ± {2 * error:.2f} %")

    on_progress(0.0, names[0])
    yield from benchmark(instances, solver, on_batch=tell)


def solver_names() -> tuple[str, ...]:
    """Return every name that `--agent` understands."""
    return (*POLICIES, *GAUGES, *ALGORITHM_LABELS, GENERALIST)


def _solver(request: BenchmarkRequest) -> Solver:
    name = request.solver
    known: Mapping[str, Callable[[BenchmarkRequest], Solver]] = {
        **dict.fromkeys(POLICIES, _rule),
        **dict.fromkeys(GAUGES, _gauge),
        **dict.fromkeys(ALGORITHM_LABELS, _learner),
        GENERALIST: _shipped,
    }
    return known[name](request) if name in known else _kept(name, known)


def _kept(name: str, known: Iterable[str]) -> Solver:
    """Put a kept agent to work on instances that it was never trained on."""
    from core.agents import load

    store = open_store()
    records = {record.name: record for record in store.agents.list()}
    if name not in records:
        raise UnknownNameError("rule, gauge, learning algorithm or agent", name, [*known, *records])
    agent = load(store.agents.bundle(records[name]))
    method = f"agent {name}, not trained on this instance"
    return lambda problem: Solution(agent.policy([problem]), method)


def _shipped(request: BenchmarkRequest) -> Solver:
    """Put the agent that comes with the program to work, where an instance is in its ranges."""
    from core.agents import require_fit, shipped_generalist

    agent = shipped_generalist()
    if agent is None:
        raise UnknownNameError("agent that comes with the program", GENERALIST, ALGORITHM_LABELS)

    def solve(problem: Problem) -> Solution:
        require_fit(agent, [problem])
        return Solution(agent.policy([problem]), "generalist, not trained on this instance")

    return solve


def _rule(request: BenchmarkRequest) -> Solver:
    def solve(problem: Problem) -> Solution:
        policy = fit_policy(request.solver, [problem], SearchSettings())
        exact = None
        if request.solver == BASELINE and not why_not_exact(problem):
            exact = exact_rule_of(problem).cost
        numbers = ", ".join(f"{key} {value:g}" for key, value in policy.parameters_of(0).items())
        assert isinstance(policy, ItemPolicy)
        return Solution(policy, f"{request.solver}: {numbers}. {policy.method_of(0)}", exact)

    return solve


def _gauge(request: BenchmarkRequest) -> Solver:
    def solve(problem: Problem) -> Solution:
        policy = fit_gauge(request.solver, [problem])
        return Solution(policy, f"{request.solver}: {policy.method_of(0)}", policy.cost_of(0))

    return solve


def _learner(request: BenchmarkRequest) -> Solver:
    def solve(problem: Problem) -> Solution:
        from core.agents import train

        changes = {"seed": request.seed}
        config = TrainingConfig.preset(
            "quick", request.solver, time_limit_s=request.seconds, **changes
        )
        agent = train([problem], config)
        seconds, seed = agent.record.seconds, request.seed
        method = f"{request.solver}, trained {seconds:.0f} s on this instance, seed {seed}"
        return Solution(agent.policy([problem]), method)

    return solve
