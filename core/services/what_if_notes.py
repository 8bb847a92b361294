"""What else to know of a scenario's answer: what it leaves out, and what it does not reach."""

from __future__ import annotations

from collections.abc import Callable

from core.services.editing import critical_ratio
from core.services.what_if_outcome import AGENT, Question
from core.services.what_if_scenario import Scenario, shortened, without_season


def notes_of(question: Question, scenario: Scenario) -> tuple[str, ...]:
    """Return what else to know of a scenario's answer, sentences."""
    own = [note for say in _OF_SCENARIO for note in say(question, scenario)]
    return (*_of_items(question, scenario), *(f"{scenario.name}: {note}" for note in own))


def _of_items(question: Question, scenario: Scenario) -> list[str]:
    notes = []
    short = shortened([plan.item for plan in question.planned], scenario)
    if short:
        notes.append(f"The lead time of {len(short)} items cannot fall that far; it is taken as 0.")
    if scenario.has_own_rule and len(question.keys) > 1:
        notes.append("Your own s and S count for one item only; here (s, S) is found for each.")
    return notes


def _of_target(question: Question, scenario: Scenario) -> list[str]:
    """Say that a target is a price, and where today's costs ask for more than it does."""
    if not scenario.prices_by_target:
        return []
    note = (
        "the target sets the stock-out cost of every item anew, so its costs are not held against "
        "today's. It is a price for being short and no promise: the fill rate shown is what it "
        "comes to."
    )
    costs = [plan.item.costs for plan in question.planned]
    today = [critical_ratio(each.stockout_cost, each.holding_cost) for each in costs]
    n = sum(ratio > scenario.target_service for ratio in today)
    if n:
        note += (
            f" Today's costs ask for more than {100 * scenario.target_service:.4g} % on {n} of "
            f"{len(today)} items, so the target means less stock there."
        )
    return [note]


def _of_season(question: Question, scenario: Scenario) -> list[str]:
    flat = without_season([plan.problem for plan in question.planned])
    if scenario.season_factor == 1 or not flat:
        return []
    return [
        f"{flat} of {len(question.keys)} items have no yearly season of their own that could "
        "swing more or less; they stay as they are."
    ]


def _of_shocks(question: Question, scenario: Scenario) -> list[str]:
    notes = _without_length(question, scenario)
    if scenario.peak_length:
        notes += _beyond(question, "peak", scenario.peak_after, scenario.peak_length)
    if scenario.outage_length:
        far = _beyond(question, "outage", scenario.outage_after, scenario.outage_length)
        if scenario.outage_after < question.settings.horizon:
            notes.append(
                "nobody knows of the outage beforehand. What is ordered or due meanwhile waits "
                "until suppliers work again; what is due later comes as promised."
            )
        notes += far
    return notes


def _without_length(question: Question, scenario: Scenario) -> list[str]:
    """Say where a shock was begun to be described and lasts no time."""
    period = question.assortment.data.period.value
    begun = {
        "peak": scenario.peak_length == 0 and (scenario.peak_factor != 1 or scenario.peak_after),
        "outage": scenario.outage_length == 0 and scenario.outage_after,
    }
    return [
        f"the {shock} lasts 0 {period}s, so it changes nothing; say how many {period}s it lasts."
        for shock, is_begun in begun.items()
        if is_begun
    ]


def _beyond(question: Question, shock: str, after: int, length: int) -> list[str]:
    """Say where a shock lies outside the periods that are played."""
    horizon, period = question.settings.horizon, question.assortment.data.period.value
    played = f"{horizon} {period}s that are played"
    if after >= horizon:
        return [f"the {shock} begins after the {played}, so it does not count here."]
    if after + length > horizon:
        return [f"the {shock} lasts beyond the {played}; what comes later does not count here."]
    return []


def _of_agent(question: Question, scenario: Scenario) -> list[str]:
    if scenario.who != AGENT or question.at_work is not None:
        return []
    return ["there is no agent in use, so (s, S) orders."]


_OF_SCENARIO: tuple[Callable[[Question, Scenario], list[str]], ...] = (
    _of_target,
    _of_season,
    _of_shocks,
    _of_agent,
)
