"""Out of sample on real sales: fit on the past, replay the held-out tail, order by order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch

from core.demand import DemandModel, choose_model, whole_demand
from core.domain import (
    HistoryError,
    Item,
    ItemHistory,
    ItemKey,
    ParameterError,
    Period,
    SalesHistory,
    UnknownNameError,
    Verdict,
)
from core.evaluation.intervals import block_length, block_verdict, clustered_verdict
from core.evaluation.playing import KPI_NAMES, Progress
from core.evaluation.settings import MAX_ENV_PERIODS
from core.evaluation.tail_result import Backtest, last_day
from core.policies.protocol import Policy, memory_of
from core.simulator import (
    InitialStock,
    Problem,
    SingleItemSystem,
    kpis,
    remembered,
    scenario_from_history,
    trajectory,
)
from core.simulator.parameters import spread
from core.simulator.seeds import TEST_SEED

Floats = npt.NDArray[np.float64]
FitPolicies = Callable[[Sequence[Problem]], Mapping[str, Policy]]
ChooseDemand = Callable[[ItemHistory], DemandModel]

_START_WITHOUT_LEVEL_SD = 1.0


def _best_model(history: ItemHistory) -> DemandModel:
    return choose_model(history).model


@dataclass(frozen=True)
class BacktestSettings:
    """How the tail is replayed.

    Args:
        reference: Label of the policy to measure against.
        share: Share of the calendar that is held out.
        seed: Of the lead times, where they vary; the demand is real.
        n_lead_times: Draws of the lead times per item where they vary.
        data_ends: By label of a trained agent: number of the first period after the sales it was
            trained on. An agent whose data reaches into the tail is marked.
        choose_demand: Finds an item's demand model from its past.
    """

    reference: str = "s_S"
    share: float = 0.125
    seed: int = TEST_SEED
    n_lead_times: int = 20
    data_ends: Mapping[str, int] = field(default_factory=dict)
    choose_demand: ChooseDemand = _best_model

    def check(self) -> None:
        """Refuse what cannot be.

        Raises:
            ParameterError: where nothing or everything would be held out, or nothing drawn.
        """
        if not 0 < self.share < 1:
            raise ParameterError("The held-out share must be above 0 and below 1", value=self.share)
        if self.n_lead_times < 1:
            raise ParameterError("n_lead_times must be 1 or more", value=self.n_lead_times)


@dataclass(frozen=True, eq=False)
class _Replayed:
    """One policy's key figures [n_items] and cost period by period [n_items, n_periods]."""

    kpis: Mapping[str, Floats]
    cost: Floats


def backtest(
    history: SalesHistory,
    items: Sequence[Item],
    fit_policies: FitPolicies,
    settings: BacktestSettings,
    on_progress: Progress | None = None,
) -> Backtest:
    """Replay the last part of the real history under policies that saw only what came before.

    Demand models are chosen and policies fitted on the past. At the cut every policy has the
    same stock on hand: the reference's order-up-to level (or, where it has none, the expected
    demand over lead time and review plus one standard deviation), with nothing on order. Then
    recorded sales, or estimates where stock ran out, come as demand; every policy orders.

    Args:
        history: Sales of all items.
        items: Those to judge; one without enough past is left out and named.
        fit_policies: Given the problems as they stood at the cut, returns policies by label.
        settings: How much is held out, and what agents have seen.
        on_progress: Told the share done.

    Raises:
        HistoryError: where the calendar is too short, or no item can be judged.
        UnknownNameError: where the reference is not among the policies.
        ParameterError: where the settings cannot be.
    """
    settings.check()
    known, cut = history.split(settings.share)
    problems, keys, unjudged = _pose(known, items, cut, settings.choose_demand, on_progress)
    policies = fit_policies(problems)
    if settings.reference not in policies:
        raise UnknownNameError("policy to compare with", settings.reference, policies)
    tail = history.select(keys)
    held_out = slice(cut - history.first_index, None)
    demand = np.stack([whole_demand(item)[cut - item.next_index :] for item in tail.items()])
    levels = _starting_levels(problems, policies[settings.reference])
    start = levels, [known.item(key) for key in keys]
    runs = {
        label: _replay(problems, policy, demand, start, settings)
        for label, policy in _told(policies, on_progress)
    }
    base = runs[settings.reference].cost
    blocks = tuple(_block(problem, demand.shape[1]) for problem in problems)
    verdicts = {label: _per_item(run.cost, base, blocks) for label, run in runs.items()}
    return Backtest(
        period=history.period,
        cut_index=cut,
        n_periods=demand.shape[1],
        items=tuple(problem.name for problem in problems),
        reference=settings.reference,
        kpis={label: run.kpis for label, run in runs.items()},
        verdicts=verdicts,
        overall={k: _in_total(run.cost, base, max(blocks)) for k, run in runs.items()},
        overall_percent={k: _in_percent(run.cost, base, max(blocks)) for k, run in runs.items()},
        block_lengths=blocks,
        n_out_of_stock=tuple(int(n) for n in (~tail.in_stock[:, held_out]).sum(1)),
        starting_levels=tuple(levels.tolist()),
        unjudged=unjudged,
        saw_tail=_saw_tail(settings, policies, history.period, cut),
    )


def _saw_tail(
    settings: BacktestSettings, policies: Mapping[str, Policy], period: Period, cut: int
) -> dict[str, str]:
    """Return the policies whose training data reaches past the cut, with its last day."""
    return {
        label: last_day(period, end)
        for label, end in settings.data_ends.items()
        if end > cut and label in policies
    }


def _pose(
    known: SalesHistory,
    items: Sequence[Item],
    cut: int,
    choose_demand: ChooseDemand,
    on_progress: Progress | None,
) -> tuple[list[Problem], list[ItemKey], dict[str, str]]:
    """Return the problems as they stood at the cut, their keys, and why others have none."""
    problems: list[Problem] = []
    keys: list[ItemKey] = []
    unjudged: dict[str, str] = {}
    for done, item in enumerate(items):
        label = item.key.label
        if on_progress is not None:
            on_progress(0.5 * done / len(items), f"demand of {label} before the cut")
        try:
            demand = choose_demand(known.item(item.key))
        except (HistoryError, UnknownNameError) as error:
            unjudged[label] = error.message
            continue
        problems.append(Problem.of_item(item, demand, cut))
        keys.append(item.key)
    if not problems:
        raise HistoryError(
            "No item has enough sales before the held-out part",
            where=f"{len(items)} items",
            remedy="Upload a longer sales history.",
        )
    return problems, keys, unjudged


def _told(
    policies: Mapping[str, Policy], on_progress: Progress | None
) -> Iterator[tuple[str, Policy]]:
    """Go through the policies, telling which one is at hand."""
    for done, (label, policy) in enumerate(policies.items()):
        if on_progress is not None:
            on_progress(0.5 + 0.5 * done / len(policies), f"{label} on the held-out sales")
        yield label, policy


def _starting_levels(problems: Sequence[Problem], reference: Policy) -> Floats:
    """Return units on hand at the cut: whole units, and never below 0."""
    levels = []
    for row, problem in enumerate(problems):
        level = reference.parameters_of(row).get("order_up_to_level")
        levels.append(_expected(problem) if level is None else level)
    return np.ceil(np.maximum(levels, 0.0))


def _expected(problem: Problem) -> float:
    """Return expected demand over lead time and review, plus a standard deviation."""
    outlook = scenario_from_history([problem], np.zeros((1, 1)), 0).outlook
    _, mean, sd = outlook.at(0)
    return float(mean[0] + _START_WITHOUT_LEVEL_SD * sd[0])


def _replay(
    problems: Sequence[Problem],
    policy: Policy,
    demand: Floats,
    start: tuple[Floats, Sequence[ItemHistory]],
    settings: BacktestSettings,
) -> _Replayed:
    """Play one policy on the tail, some items at a time."""
    levels, histories = start
    n_items, horizon = demand.shape
    n_paths = 1 if all(p.lead_time.is_fixed for p in problems) else settings.n_lead_times
    size = max(1, MAX_ENV_PERIODS // (n_paths * horizon))
    parts: list[_Replayed] = []
    for first in range(0, n_items, size):
        rows = range(first, min(first + size, n_items))
        some = [problems[row] for row in rows]
        mine = policy if len(rows) == n_items else policy.select(rows)
        picked = slice(rows.start, rows.stop)
        memory = remembered(some, histories[picked], memory_of(mine), n_paths)
        initial = InitialStock(spread(levels[picked], n_paths), memory=memory)
        parts.append(_play(some, mine, demand[picked], initial, (n_paths, settings.seed)))
    return _Replayed(
        {name: np.concatenate([part.kpis[name] for part in parts]) for name in parts[0].kpis},
        np.concatenate([part.cost for part in parts]),
    )


def _play(
    problems: Sequence[Problem],
    policy: Policy,
    demand: Floats,
    initial: InitialStock,
    draws: tuple[int, int],
) -> _Replayed:
    system = SingleItemSystem(problems, draws[0], memory=memory_of(policy))
    scenario = scenario_from_history(problems, demand, draws[1], n_paths=draws[0])
    run = trajectory(system, policy.act, scenario, initial=initial)
    figures, per_item = kpis(run, system.parameters), system.parameters.per_item

    def mean_over_draws(values: torch.Tensor) -> Floats:
        return np.asarray(per_item(values).double().mean(-1).numpy())

    means = {name: mean_over_draws(getattr(figures, name)) for name in KPI_NAMES}
    means["demand"] = mean_over_draws(run.demand.mean(0))
    return _Replayed(means, mean_over_draws(run.cost).T)


def _block(problem: Problem, n_periods: int) -> int:
    memory = problem.lead_time.mean + problem.lead_time.sd + problem.rules.review_period
    return block_length(n_periods, memory)


def _per_item(cost: Floats, base: Floats, blocks: Sequence[int]) -> tuple[Verdict, ...]:
    rows = zip(cost, base, blocks, strict=True)
    return tuple(block_verdict(mine, other, block) for mine, other, block in rows)


def _in_total(cost: Floats, base: Floats, block: int) -> Verdict:
    """Compare all items' money per period."""
    n, mean = cost.shape[0], clustered_verdict(cost, base, block)
    difference, half, reference = (
        n * x for x in (mean.difference, mean.half_width, mean.reference_cost)
    )
    return Verdict(difference, half, reference, mean.n_pairs)


def _in_percent(cost: Floats, base: Floats, block: int) -> Verdict:
    """Compare items by percent of their own reference cost; those that cost nothing are out."""
    has_cost = base.mean(1) > 0
    if has_cost.sum() == 0:
        return Verdict(0.0, math.inf, 100.0, 0)
    scales = 100 / base[has_cost].mean(1, keepdims=True)
    return clustered_verdict(scales * cost[has_cost], scales * base[has_cost], block)
