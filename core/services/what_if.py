"""What happens to cost, service and today's orders if demand, lead time or costs were different."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from core.domain import JobError
from core.evaluation.kpi_words import over_items
from core.services.assortment import Progress
from core.services.baselines import BASELINE, fitted_baseline
from core.services.what_if_budget import Budgeted, within_budget
from core.services.what_if_notes import notes_of
from core.services.what_if_outcome import (
    AGENT,
    KPIS,
    PLAYED,
    RULE,
    UNCHANGED,
    OrderLine,
    Outcome,
    Question,
    keep_outcome,
    kept_outcome,
)
from core.services.what_if_parts import WAITING, Part, PartAnswer
from core.services.what_if_play import Played
from core.services.what_if_scenario import Scenario

Floats = npt.NDArray[np.float64]

# Futures of all items that are played together: enough for few steps, little enough for the cache.
_AT_ONCE = 10_000
_MOST_THREADS = 4


def ask(
    question: Question,
    scenario: Scenario,
    labels: Sequence[str] | None = None,
    on_progress: Progress | None = None,
) -> Outcome:
    """Work a scenario out; for all items the result is kept and found again.

    Args:
        question: For which items.
        scenario: What would be different.
        labels: Who is played; None for everybody. The agent is not even asked without need: its
            play is most of the work.
        on_progress: Told the share done and the step.

    Raises:
        ParameterError: where the scenario, or an item under it, cannot be.
        JobError: where no item can be planned.
    """
    if not question.keys:
        raise JobError("No item can be planned, so there is nothing to work out")
    scenario.check()
    is_kept = len(question.keys) > 1
    asked = question.labels if labels is None else labels
    wanted = tuple(label for label in question.labels if label in asked) or (RULE,)
    found = kept_outcome(question, scenario, wanted) if is_kept else None
    if found is not None:
        return found
    outcome = _work_out(question, scenario, wanted, on_progress or (lambda share, step: None))
    if is_kept:
        keep_outcome(question, outcome, wanted)
    return outcome


def _work_out(
    question: Question, scenario: Scenario, labels: Sequence[str], tell: Progress
) -> Outcome:
    today = fitted_baseline(question.assortment, BASELINE, question.store)
    parts = [Part.of(question, places, scenario, today) for places in _places(question)]
    answers = _answers(parts, labels, tell)
    played, orders = _joined(question, answers)
    played, waiting = _budgeted(question, scenario, played, orders)
    return Outcome(
        scenario=scenario,
        kpis={label: _together(values) for label, values in played.items()},
        orders=tuple(orders),
        doubts={item: why for answer in answers for item, why in answer.doubts.items()},
        notes=(*notes_of(question, scenario), *waiting),
        n_paths=question.settings.n_paths,
        horizon=question.settings.horizon,
        chart=answers[0].chart,
    )


def _places(question: Question) -> list[list[int]]:
    """Deal the items into parts of about the same lead time: what is under way takes room."""
    waits = [plan.problem.lead_time.mean for plan in question.planned]
    order = sorted(range(len(waits)), key=waits.__getitem__)
    fair = math.ceil(len(order) / _n_threads())
    n = min(max(1, _AT_ONCE // question.settings.n_paths), fair)
    return [order[first : first + n] for first in range(0, len(order), n)]


def _n_threads() -> int:
    return min(os.cpu_count() or 1, _MOST_THREADS)


def _answers(parts: Sequence[Part], labels: Sequence[str], tell: Progress) -> list[PartAnswer]:
    """Work the parts out side by side: what they do lets other threads work meanwhile."""
    if len(parts) == 1:
        return [parts[0].answer(labels)]
    with ThreadPoolExecutor(min(_n_threads(), len(parts))) as pool:
        answers = []
        tell(0.0, f"{len(parts[0].question.keys)} items")
        for answer in pool.map(lambda part: part.answer(labels), parts):
            answers.append(answer)
            tell(0.95 * len(answers) / len(parts), f"{len(answers)} of {len(parts)} parts done")
        return answers


def _joined(question: Question, answers: Sequence[PartAnswer]) -> tuple[Played, list[OrderLine]]:
    """Put the parts' items back in the question's order."""
    places = [place for answer in answers for place in answer.places]
    back = np.argsort(places)
    played = {
        label: {
            name: np.concatenate([answer.played[label][name] for answer in answers])[back]
            for name in PLAYED
        }
        for label in answers[0].played
    }
    lines = [line for answer in answers for line in answer.orders]
    return played, [lines[place] for place in back]


def _budgeted(
    question: Question, scenario: Scenario, played: Played, orders: list[OrderLine]
) -> tuple[Played, list[str]]:
    """Let lines wait where the budget is too small; changes the orders of today in place."""
    if not scenario.budget:
        return played, []
    prices = [plan.item.costs.unit_cost for plan in question.planned]
    kept: Played = {}
    notes: list[str] = []
    told = (scenario.who,) if scenario.who else (RULE, AGENT)
    before = tuple(orders)
    for label in (label for label in (RULE, UNCHANGED, AGENT) if label in played):
        values = [line.of(label) * price for line, price in zip(before, prices, strict=True)]
        usual, later = played[label], played[f"{label}{WAITING}"]
        costs = (later["cost"] - usual["cost"]).mean(1) * question.settings.horizon
        chosen = within_budget(values, costs, scenario.budget)
        mask = chosen.waits[:, None]
        kept[label] = {name: np.where(mask, later[name], usual[name]) for name in PLAYED}
        for place in np.flatnonzero(chosen.waits):
            orders[place] = orders[place].waiting(label)
        if label in told:
            notes.append(_budget_note(scenario, label, chosen))
    return kept, notes


_SHORT = {RULE: "(s, S)", UNCHANGED: "(s, S) as it stands", AGENT: "agent"}


def _budget_note(scenario: Scenario, label: str, chosen: Budgeted) -> str:
    """Say what the budget does to one policy's orders of today."""
    who, asked = f"{scenario.name}: {_SHORT[label]}", f"{chosen.asked:,.0f}"
    budget, n = f"{scenario.budget:,.0f}", int(chosen.waits.sum())
    if not n:
        return f"{who} orders for {asked} today, within the budget of {budget}."
    if chosen.kept == 0:
        return (
            f"{who} wants to order for {asked} today, and every line alone is above the budget of "
            f"{budget}, so nothing is ordered."
        )
    return (
        f"{who} wants to order for {asked} today, {chosen.asked - scenario.budget:,.0f} over the "
        f"budget of {budget}; {n} line{' waits' if n == 1 else 's wait'} for the next order day, "
        "those whose waiting costs least per money they bind. No other choice of whole lines "
        f"could save more than {chosen.most_missed:,.0f} money beside that."
    )


def _together(whole: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return each key figure over all items, future by future."""
    n_items, n_paths = whole[KPIS[0]].shape
    if n_items == 1:
        return {name: whole[name][0] for name in KPIS}
    futures = [{name: values[:, path] for name, values in whole.items()} for path in range(n_paths)]
    # Rounded as it is kept, so that a result read back pairs exactly with a fresh one.
    return {
        name: np.array([float(f"{over_items(name, one):.7g}") for one in futures]) for name in KPIS
    }
