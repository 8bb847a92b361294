"""How near rules and agents come to the best possible orders, on problems where those are known.

On every textbook problem the optimum is worked out by value iteration, an agent learns, and what
each rule and agent costs in the long run is worked out as a Markov chain: nothing is simulated.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from core.agents.config import TrainingConfig
from core.domain import BundleMismatchError, PlannerError
from core.evaluation import TEXTBOOK_PROBLEMS, TextbookProblem, textbook_problem
from core.policies import Policy, fit_gauge, fit_policy
from core.services.baselines import BASELINE
from core.services.textbook_costs import Score, score_of
from core.services.textbook_rules import best_rule
from core.simulator import Problem
from core.store import RunRecord, Store

if TYPE_CHECKING:
    from core.agents import TrainedAgent

TEXTBOOK = "textbook"
BASE_STOCK, TRAINED, GENERALIST = "base_stock", "trained", "generalist"
CONTENDERS = (BASE_STOCK, BASELINE, TRAINED, GENERALIST)
"""Whose costs are held against the optimum, in the order of the table."""

# Costs nearer than this, relative to each other, are shown as the same: 0.01 % is the last digit.
SAME = 5e-5
# Raised when what is kept changes its form; older results are then left out.
_VERSION = 1
_KEPT = 20
_LIBRARIES = ("torch", "numpy", "stable-baselines3")

Tell = Callable[[float, str], bool]
"""Told the share done and the step; returns False to stop."""


@dataclass(frozen=True, slots=True)
class StudyRequest:
    """How the agents learn.

    Args:
        algorithm: Key of ALGORITHM_LABELS.
        seconds: Of learning on each problem.
        seed: Of the learning.
        problems: Names of the textbook problems; empty for all.
    """

    algorithm: str = "pathwise"
    seconds: float = 10.0
    seed: int = 0
    problems: tuple[str, ...] = ()

    @property
    def config(self) -> TrainingConfig:
        """Return the settings of one training.

        Raises:
            UnknownNameError: where there is no such algorithm.
            ParameterError: where seconds or seed are out of bounds.
        """
        return TrainingConfig.preset(
            "quick", self.algorithm, time_limit_s=self.seconds, seed=self.seed
        )

    @property
    def tasks(self) -> tuple[TextbookProblem, ...]:
        """Return the textbook problems.

        Raises:
            UnknownNameError: where one is not known.
        """
        return tuple(map(textbook_problem, self.problems)) or TEXTBOOK_PROBLEMS

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StudyRequest:
        """Read a job's payload."""
        return cls(**{**data, "problems": tuple(data["problems"])})


@dataclass(frozen=True, eq=False)
class Row:
    """What was found on one problem.

    Args:
        task: The problem.
        optimum: Least possible money per period in the long run.
        scores: By contender; no generalist where none is shipped.
        seconds: Of learning.
        steps: Periods of demand that the agent learned from.
    """

    task: TextbookProblem
    optimum: float
    scores: Mapping[str, Score]
    seconds: float
    steps: int

    def gap(self, who: str) -> float | None:
        """Return by how much a contender costs more than the optimum, as a share of that."""
        score = self.scores.get(who)
        return None if score is None or score.cost is None else score.cost / self.optimum - 1

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Row:
        """Read a row as it was kept."""
        scores = {who: Score(**score) for who, score in data["scores"].items()}
        return cls(**{**data, "task": TextbookProblem(**data["task"]), "scores": scores})


@dataclass(frozen=True, eq=False)
class Study:
    """What was found on all problems.

    Args:
        run_id: Number of the kept run.
        made_at: When.
        request: What was asked for.
        rows: One per problem that was done.
        n_problems: As many were asked for; more than rows where it was stopped.
        versions: Of Python and the libraries.
    """

    run_id: int
    made_at: datetime
    request: StudyRequest
    rows: tuple[Row, ...]
    n_problems: int
    versions: Mapping[str, str]

    @property
    def contenders(self) -> tuple[str, ...]:
        """Return who was scored."""
        return tuple(who for who in CONTENDERS if any(who in row.scores for row in self.rows))


def solve_all(request: StudyRequest, tell: Tell) -> tuple[Row, ...]:
    """Work out every problem; those done so far where it is stopped.

    Raises:
        UnknownNameError, ParameterError: where the request cannot be.
    """
    tasks, config = request.tasks, request.config
    rows: list[Row] = []
    for place, task in enumerate(tasks):
        row = _solve(task, config, _part_of(tell, place, len(tasks)))
        if row is None:
            break
        rows.append(row)
    return tuple(rows)


def _part_of(tell: Tell, place: int, n: int) -> Tell:
    def told(share: float, step: str) -> bool:
        return tell((place + share) / n, f"Problem {place + 1} of {n}: {step}")

    return told


def _solve(task: TextbookProblem, config: TrainingConfig, tell: Tell) -> Row | None:
    """Work out one problem; None where it was stopped on the way."""
    problem = task.problem
    if not tell(0.0, "the best possible orders"):
        return None
    optimum, rule = fit_gauge("optimum", [problem]).cost_of(0), fit_policy(BASELINE, [problem])
    agent = _learn(problem, config, rule, tell)
    if agent is None:
        return None
    makers = _makers(problem, rule, agent)
    found = {who: _score(problem, rule, make) for who, make in makers.items()}
    scores = {who: score for who, score in found.items() if score is not None}
    return Row(task, optimum, scores, agent.record.seconds, agent.record.steps)


def _learn(
    problem: Problem, config: TrainingConfig, rule: Policy, tell: Tell
) -> TrainedAgent | None:
    from core.agents import Progress, train

    goes_on = True

    def told(progress: Progress) -> bool:
        nonlocal goes_on
        goes_on = goes_on and tell(0.99 * progress.fraction, "an agent learns")
        return goes_on

    agent = train([problem], config, told, baseline=rule)
    return agent if goes_on else None


def _makers(
    problem: Problem, rule: Policy, agent: TrainedAgent
) -> dict[str, Callable[[], Policy | None]]:
    return {
        BASE_STOCK: lambda: best_rule(problem, fit_policy(BASE_STOCK, [problem])),
        BASELINE: lambda: best_rule(problem, rule),
        TRAINED: lambda: agent.policy([problem], rule),
        GENERALIST: lambda: _generalist(problem, rule),
    }


def _generalist(problem: Problem, rule: Policy) -> Policy | None:
    """Put the shipped agent to work; None where there is none.

    Raises:
        BundleError: where its file cannot be used.
        BundleMismatchError: where it says that the problem is not for it.
    """
    from core.agents import check_fit, shipped_generalist

    agent = shipped_generalist()
    if agent is None:
        return None
    doubts = check_fit(agent, [problem])
    if doubts:
        raise BundleMismatchError(doubts[0].message.removesuffix("."))
    return agent.policy([problem], rule)


def _score(problem: Problem, rule: Policy, make: Callable[[], Policy | None]) -> Score | None:
    """Return what a contender costs, or why that cannot be told; None where there is none."""
    try:
        policy = make()
    except PlannerError as error:
        return Score(None, error.message)
    level = rule.parameters_of(0)["order_up_to_level"]
    return None if policy is None else score_of(problem, policy, level)


def keep_study(store: Store, request: StudyRequest, rows: Sequence[Row]) -> RunRecord:
    """Keep what was found."""
    libraries = {name: version(name) for name in _LIBRARIES}
    inputs = {
        "request": asdict(request),
        "version": _VERSION,
        "n_problems": len(request.tasks),
        "versions": {"python": platform.python_version(), **libraries},
    }
    return store.runs.add(TEXTBOOK, inputs, {"rows": [asdict(row) for row in rows]})


def kept_studies(store: Store) -> tuple[Study, ...]:
    """Return what was found before, the latest first."""
    runs = store.runs.list(TEXTBOOK, _KEPT)
    return tuple(_study(run) for run in runs if run.inputs.get("version") == _VERSION)


def _study(run: RunRecord) -> Study:
    assert run.result is not None
    return Study(
        run.id,
        run.created_at,
        StudyRequest.from_json(run.inputs["request"]),
        tuple(map(Row.from_json, run.result["rows"])),
        int(run.inputs["n_problems"]),
        run.inputs["versions"],
    )
