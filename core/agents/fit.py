"""Does an agent suit the items as they stand today? Item by item, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.agents.agent import ItemCard, TrainedAgent
from core.domain import BundleMismatchError
from core.simulator import Problem

OUT_OF_RANGE = "range"
"""What differs where an item lies outside the ranges that a generalist was made for."""

_REMEDY = "retrain, or use (s, S)"
_MEAN_CHANGE, _SD_CHANGE = 0.2, 0.35
_ESTIMATED = frozenset({"demand_mean", "demand_sd"})


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One reason why an agent does not suit an item.

    Args:
        item: Item label.
        attribute: What differs, e.g. "stockout_cost"; "item" where it was never trained for;
            OUT_OF_RANGE where a generalist was not.
        message: A sentence with both values and the remedy; it does not name the item.
    """

    item: str
    attribute: str
    message: str


# Attribute of ItemCard, its words, and by how much it may differ (as a share).
_COMPARED: tuple[tuple[str, str, float], ...] = (
    ("holding_cost", "holding cost", 1e-6),
    ("stockout_cost", "stock-out cost", 1e-6),
    ("fixed_cost", "fixed cost per order", 1e-6),
    ("purchase_cost", "purchase cost", 1e-6),
    ("lost_share", "share of unmet demand that is lost", 1e-6),
    ("min_order", "minimum order", 1e-6),
    ("pack_size", "pack size", 1e-6),
    ("max_order", "largest order", 1e-6),
    ("max_stock", "storage limit", 1e-6),
    ("review_period", "review period", 0.0),
    ("demand_mean", "mean demand", _MEAN_CHANGE),
    ("demand_sd", "spread of demand", _SD_CHANGE),
)


def check_fit(agent: TrainedAgent, problems: Sequence[Problem]) -> list[Mismatch]:
    """List every way in which items differ from those the agent was trained for.

    An item without a mismatch is as it was in training, where demand may drift a little, or, for
    an agent with a scope, inside it.
    """
    known = {card.label: card for card in agent.cards}
    return [found for p in problems for found in _mismatches(known.get(p.name), p, agent)]


def require_fit(agent: TrainedAgent, problems: Sequence[Problem]) -> None:
    """Refuse an agent that suits none of the items.

    Raises:
        BundleMismatchError: with the first reasons.
    """
    found = check_fit(agent, problems)
    if problems and len({mismatch.item for mismatch in found}) == len({p.name for p in problems}):
        raise BundleMismatchError(
            f"Agent {agent.name!r} suits none of the items. {found[0].item}: {found[0].message}",
            remedy="Train a new agent on the Agent page, or use (s, S).",
        )


def _mismatches(card: ItemCard | None, problem: Problem, agent: TrainedAgent) -> Iterator[Mismatch]:
    name = problem.name
    if card is None and agent.scope is not None and not agent.cards:
        for misfit in agent.scope.misfits(problem):
            text = f"The agent was made for items with {misfit.words}"
            yield Mismatch(name, OUT_OF_RANGE, f"{text}: use (s, S).")
        return
    if card is None:
        text = f"The agent was trained for {len(agent.cards)} items, and not for this one"
        yield Mismatch(name, "item", f"{text}: {_REMEDY}.")
        return
    now = ItemCard.of(problem, card.reference)
    for attribute, words, tolerance in _COMPARED:
        before, after = getattr(card, attribute), getattr(now, attribute)
        if not _is_close(before, after, tolerance):
            shown = _rounded if attribute in _ESTIMATED else _shown
            yield _mismatch(name, attribute, words, (shown(before), shown(after)))
    if card.lead_time != now.lead_time:
        yield _mismatch(
            name, "lead_time", "lead time", (_in_words(card.lead_time), _in_words(now.lead_time))
        )


def _is_close(before: float, after: float, tolerance: float) -> bool:
    is_finite = math.isfinite(before) and math.isfinite(after)
    return before == after or (is_finite and abs(after - before) <= tolerance * abs(before))


def _shown(value: float) -> str:
    return "none" if math.isinf(value) else f"{value:g}"


def _rounded(value: float) -> str:
    """Write an estimate with no more figures than it can carry."""
    return f"{value:.3g}"


def _mismatch(item: str, attribute: str, words: str, values: tuple[str, str]) -> Mismatch:
    before, after = values
    text = f"The agent was trained with {words} {before}, now {after}: {_REMEDY}."
    return Mismatch(item, attribute, text)


def _in_words(chances: Sequence[float]) -> str:
    weights, periods = np.asarray(chances), np.arange(len(chances))
    mean = float(weights @ periods)
    sd = float(np.sqrt(max(weights @ (periods - mean) ** 2, 0.0)))
    return f"{mean:g} periods" if sd < 1e-6 else f"{mean:.2g} ± {sd:.2g} periods"
