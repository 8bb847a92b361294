"""Compare policies on the same test futures: the paired test behind every "better"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from core.domain import UnknownNameError, Verdict, mean_half_width
from core.evaluation.comparison import Comparison
from core.evaluation.playing import Chunk, Played, Progress, play_all
from core.evaluation.settings import Contract, EvaluationSettings, StartingStock
from core.policies.protocol import Policy
from core.simulator import Problem

Floats = npt.NDArray[np.float64]


def compare(
    problems: Sequence[Problem],
    policies: Mapping[str, Policy],
    reference: str,
    settings: EvaluationSettings,
    initial: Sequence[StartingStock] | None = None,
    on_progress: Progress | None = None,
) -> Comparison:
    """Play every policy on the same futures and judge each against the reference.

    An item's pairs are its futures, which are independent; its 95 % interval is Student's t over
    them. Over all items, future p of every item together make pair p.

    Args:
        problems: One per item, names all different.
        policies: By label, each made for exactly these items.
        reference: Label of the policy to measure against.
        settings: Which futures.
        initial: Stock at the start, one per item (with it, set ``warm_up`` to 0 to count from
            today); None starts from the expected demand over lead time and review.
        on_progress: Told the share done.

    Raises:
        UnknownNameError: where the reference is not among the policies.
        ParameterError: where the settings cannot be.
    """
    if reference not in policies:
        raise UnknownNameError("policy to compare with", reference, policies)
    tallies = {label: _Tally(settings.n_paths) for label in policies}
    for chunk in play_all(problems, policies, settings, initial, on_progress):
        _add(tallies, chunk, reference)
    base = tallies[reference].path_cost
    return Comparison(
        contract=Contract.of(problems, settings, initial is not None),
        items=tuple(problem.name for problem in problems),
        reference=reference,
        kpis={label: tally.kpis() for label, tally in tallies.items()},
        cost_half_width={k: np.concatenate(tally.half) for k, tally in tallies.items()},
        verdicts={label: tuple(tally.verdicts) for label, tally in tallies.items()},
        overall={k: Verdict.from_pairs(tally.path_cost, base) for k, tally in tallies.items()},
        overall_half_width={k: float(mean_half_width(t.path_cost)) for k, t in tallies.items()},
    )


class _Tally:
    """One policy's results so far; only what the comparison keeps, not every path."""

    def __init__(self, n_paths: int) -> None:
        self.means: list[dict[str, Floats]] = []
        self.half: list[Floats] = []
        self.verdicts: list[Verdict] = []
        self.path_cost = np.zeros(n_paths)

    def add(self, played: Played, reference: Played) -> None:
        cost = played["cost"]
        self.means.append(played.item_means())
        self.half.append(mean_half_width(cost))
        pairs = zip(cost, reference["cost"], strict=True)
        self.verdicts += [Verdict.from_pairs(mine, base) for mine, base in pairs]
        self.path_cost = self.path_cost + cost.sum(0)

    def kpis(self) -> dict[str, Floats]:
        return {name: np.concatenate([part[name] for part in self.means]) for name in self.means[0]}


def _add(tallies: Mapping[str, _Tally], chunk: Chunk, reference: str) -> None:
    for label, tally in tallies.items():
        tally.add(chunk.played[label], chunk.played[reference])
