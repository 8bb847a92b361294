"""The whole policy of an item: what would be ordered in every situation, agent beside rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.domain import ItemKey, UnknownNameError
from core.explain import AXES, Grid, Maker, Situation, amount, grid_of, grid_words
from core.policies import POLICIES, Policy, quick_s_s
from core.services.assortment import Assortment
from core.services.baselines import BASELINE
from core.services.explaining import ItemPolicies, policies_of
from core.services.ordering import Ordering
from core.simulator import Problem

if TYPE_CHECKING:
    from core.agents import TrainedAgent

AGENT = "agent"


@dataclass(frozen=True, eq=False)
class OrderMap:
    """What is ordered for every stock and one more quantity.

    Args:
        grid: The orders; the agent stands under AGENT, the rule under its own name.
        names: What screens call them, by name.
        rule: Name of the rule.
        words: The picture in words.
        is_anew: Whether rule and agent were found anew for every row.
        can_be_anew: Whether that makes a difference here.
        caution: Where the agent was not trained for the item, in words; empty where it was.
    """

    grid: Grid
    names: Mapping[str, str]
    rule: str
    words: str
    is_anew: bool
    can_be_anew: bool
    caution: str


def axes_of(situation: Situation) -> dict[str, str]:
    """Return what can vary beside the stock of an item: label by key."""
    return {key: axis.label for key, axis in AXES.items() if len(axis.values(situation))}


def why_alone(ordering: Ordering, key: ItemKey) -> str:
    """Say why the rule stands alone for an item; empty where the agent stands beside it."""
    at_work = ordering.at_work
    if at_work is None:
        return "No agent is in use, so the rule stands alone."
    decides = ordering.proposal(key).policy == at_work.policy.name
    if decides or key not in at_work.doubts:
        return ""
    return f"{at_work.record.name} does not suit this item: {at_work.doubts[key]}"


def names_of(ordering: Ordering) -> dict[str, str]:
    """Return what screens call the agent and the rule, by name."""
    rule = ordering.baseline.name
    label = POLICIES[rule].label if rule in POLICIES else rule
    at_work = ordering.at_work
    return ({} if at_work is None else {AGENT: at_work.record.name}) | {rule: label}


def order_map(
    assortment: Assortment, ordering: Ordering, key: ItemKey, axis: str, *, anew: bool = False
) -> OrderMap:
    """Ask agent and rule what they order in every situation of an item.

    Args:
        assortment: Today's problems.
        ordering: Today's orders.
        key: The item.
        axis: Key of AXES: what varies beside the stock.
        anew: Find s and S, and the measures that a general agent sees the item by, for every value
            of it, in place of today's.

    Raises:
        HistoryError: where the item cannot be planned; says why.
        UnknownNameError: where there is no such quantity.
    """
    if axis not in AXES:
        raise UnknownNameError("quantity", axis, AXES)
    own = policies_of(assortment, ordering, key)
    can_be_anew = axis != "due" and ordering.baseline.name == BASELINE
    makers = _makers(own, ordering, anew and can_be_anew)
    rule, names = ordering.baseline.name, names_of(ordering)
    grid = grid_of(own.situation, AXES[axis], makers, rule)
    return OrderMap(
        grid,
        {name: names[name] for name in makers},
        rule,
        grid_words(grid, names, rule),
        anew and can_be_anew,
        can_be_anew,
        _caution(own, ordering, key, grid) if axis != "due" else "",
    )


def _makers(own: ItemPolicies, ordering: Ordering, anew: bool) -> dict[str, Maker]:
    """Return who makes each policy for the rows of the map, the agent first."""
    found: dict[str, Maker] = {}
    if own.agent is not None:
        at_work = ordering.at_work
        assert at_work is not None
        is_general = at_work.agent is not None and at_work.agent.scope is not None
        found[AGENT] = at_work.agent.policy if anew and is_general else _fixed(own.agent)
    found[ordering.baseline.name] = quick_s_s if anew else _fixed(own.baseline)
    return found


def _fixed(policy: Policy) -> Maker:
    return lambda problems: policy


def _caution(own: ItemPolicies, ordering: Ordering, key: ItemKey, grid: Grid) -> str:
    """Say for which values of the second quantity the agent was not trained."""
    at_work = ordering.at_work
    if own.agent is None or at_work is None or at_work.agent is None:
        return ""
    problems = [grid.axis.at(own.situation, float(value)).problem for value in grid.second]
    fits = _fits(at_work.agent, problems)
    return caution_words(at_work.record.name, grid, fits, suits=key not in at_work.doubts)


def _fits(agent: TrainedAgent, problems: Sequence[Problem]) -> list[bool]:
    """Say for every problem whether it is one that the agent was trained for."""
    from core.agents import check_fit

    if agent.scope is None:
        return [not check_fit(agent, [problem]) for problem in problems]
    named = [replace(problem, name=str(row)) for row, problem in enumerate(problems)]
    bad = {each.item for each in check_fit(agent, named)}
    return [problem.name not in bad for problem in named]


def caution_words(name: str, grid: Grid, fits: Sequence[bool], *, suits: bool) -> str:
    """Say in words where an agent was not trained for an item; empty where it was everywhere.

    Args:
        name: The agent.
        grid: The map.
        fits: Whether it was trained for each value of the second quantity.
        suits: Whether it was trained for the item as it stands today.
    """
    if all(fits):
        return ""
    known = [float(value) for value, fit in zip(grid.second, fits, strict=True) if fit]
    if not known:
        what = f"today's {grid.axis.label} alone" if suits else "other items than this"
        return f"{name} was trained for {what}: read its orders with care."
    span = f"{amount(known[0])} to {amount(known[-1])}" if len(known) > 1 else amount(known[0])
    return (
        f"{name} was trained for items such as this with {grid.axis.label} of {span} {grid.unit}: "
        "read its orders outside of that with care."
    )
