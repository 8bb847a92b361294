"""The three numbers of the Item page: agent, rule and planner, each with its money and its risk."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from core.domain import Outcome, Period, Verdict
from core.explain import WhyNot
from core.services.deciding import quantity_problem
from core.ui import components, state, words
from core.ui.plan_item_tabs import Case
from core.ui.words import escaped


@dataclass(frozen=True, slots=True)
class Effect:
    """What a quantity does, set against the one in use.

    Args:
        cost: Money more or less than the one in use, over all periods; None for that one itself.
        is_same: Whether it is the same quantity.
        risk: Share of futures that run out within the window.
        risk_range: 95 % interval of that share.
        n_periods: Over which costs count.
        n_futures: Common to both.
        window: Running out counts from this period from today to that one: from when an order of
            today can be there until the larger of both quantities is used up.
    """

    cost: Verdict | None
    is_same: bool
    risk: float
    risk_range: tuple[float, float]
    n_periods: int
    n_futures: int
    window: tuple[int, int]

    @classmethod
    def of_quantity(cls, found: WhyNot) -> Effect:
        """Take the first quantity of a comparison, set against its reference."""
        return cls(
            found.cost,
            found.quantity == found.reference_quantity,
            found.quantity_risk,
            found.quantity_range,
            found.n_periods,
            found.cost.n_pairs,
            (found.first_risk_period, found.end_of_risk),
        )

    @classmethod
    def of_reference(cls, found: WhyNot, *, is_in_use: bool) -> Effect:
        """Take the reference, by itself or set against the first quantity."""
        return cls(
            None if is_in_use else found.cost.reversed(),
            found.quantity == found.reference_quantity,
            found.reference_risk,
            found.reference_range,
            found.n_periods,
            found.cost.n_pairs,
            (found.first_risk_period, found.end_of_risk),
        )

    def by_itself(self) -> Effect:
        """Return it as the one in use."""
        return replace(self, cost=None)

    def money_words(self, period: Period) -> str:
        """Say what it costs against the one in use, or that nobody can tell."""
        if self.cost is None:
            return ""
        if self.is_same:
            return "The same quantity as the one in use."
        span = f"over {words.periods(self.n_periods, period)}"
        amount = f"{words.money(abs(self.cost.difference))} ± {words.money(self.cost.half_width)}"
        signed = f"{words.money(self.cost.difference, signed=True)} ± "
        return {
            Outcome.BETTER: f"Saves {amount} {span}.",
            Outcome.WORSE: f"Costs {amount} more {span}.",
            Outcome.CANNOT_TELL: f"Cannot tell which is cheaper {span}: "
            f"{signed}{words.money(self.cost.half_width)}.",
        }[self.cost.outcome]

    def risk_words(self, period: Period) -> str:
        """Say how often it runs out, with the interval."""
        (low, high), (first, last) = self.risk_range, self.window
        return (
            f"Runs out in {words.percent(self.risk)} ({words.percent(low)} to "
            f"{words.percent(high)}) of {self.n_futures:,} futures, {period} {first} to {last} "
            "from today."
        )


def three_numbers(case: Case) -> float:
    """Draw what the agent, the rule and the planner order; return the planner's number."""
    agent, rule, you = st.columns(3, border=True)
    quantities, effects = _quantities(case), effects_of(case)
    with agent:
        _number(case, f"Agent {case.agent}".strip(), quantities[0], effects[0])
        if not case.is_agent_heard:
            st.caption(_unheard(case))
    with rule:
        _number(case, case.rule, quantities[1], effects[1])
    with you:
        return _your_number(case)


def effects_of(case: Case) -> tuple[Effect | None, Effect]:
    """Return what the agent's and the rule's quantities do; None for an agent not heard."""
    found = case.explanation.why_not
    if found is None:
        # Against ordering nothing: what the rule's own quantity risks is part of it.
        return None, Effect.of_reference(state.trial(case.line.key, 0.0), is_in_use=True)
    agent, rule = (
        Effect.of_quantity(found),
        Effect.of_reference(found, is_in_use=not _by_agent(case)),
    )
    return (agent.by_itself() if _by_agent(case) else agent), rule


def _by_agent(case: Case) -> bool:
    return case.explanation.policy != case.ordering.baseline.name


def _quantities(
    case: Case,
) -> tuple[tuple[float | None, float | None, bool], tuple[float | None, float | None, bool]]:
    """Return units after and before the order rules, and whether they are in use."""
    proposal, heard, by_agent = case.line.proposal, case.is_agent_heard, _by_agent(case)
    agent = (proposal.agent_quantity, proposal.agent_raw_quantity) if heard else (None, None)
    rule = (proposal.baseline_quantity, proposal.baseline_raw_quantity)
    return (*agent, heard and by_agent), (*rule, not by_agent)


def _number(
    case: Case,
    label: str,
    quantity: tuple[float | None, float | None, bool],
    effect: Effect | None,
) -> None:
    ordered, raw, is_in_use = quantity
    st.metric(escaped(label), words.units(ordered))
    if is_in_use:
        st.badge("in use", icon=":material/check:", color="blue")
    if ordered is None or effect is None:
        return
    _effect(effect, case.assortment.data.period)
    st.caption(f"{words.units(raw)} before pack and minimum.")


def _effect(effect: Effect, period: Period) -> None:
    money = effect.money_words(period)
    if money:
        outcome = Outcome.CANNOT_TELL if effect.cost is None else effect.cost.outcome
        st.markdown(f":{_COLOURS[outcome]}[{escaped(money)}]")
    st.caption(escaped(effect.risk_words(period)))


_COLOURS = {Outcome.BETTER: "green", Outcome.WORSE: "red", Outcome.CANNOT_TELL: "gray"}


def _unheard(case: Case) -> str:
    """Say why there is no quantity of the agent."""
    if not case.agent:
        return "No agent is in use."
    at_work = case.ordering.at_work
    doubt = "" if at_work is None else at_work.doubts.get(case.line.key, "")
    unheard = (
        f"Outside what it was trained for, so what it says does not count: {case.rule} is used."
    )
    return f"{unheard} {escaped(doubt)}".strip()


def _your_number(case: Case) -> float:
    line, rules = case.line, case.line.item.rules
    quantity = st.number_input(
        "You: try a quantity",
        min_value=0.0,
        value=float(line.quantity),
        step=float(rules.pack_size),
        format="%g",
        key=f"keep.item.you.{case.ordering.run_id}.{line.key.label}",
        help="Set against the proposal on 1,000 futures, the same for both.",
    )
    problem = quantity_problem(quantity, line.item, position_of(case))
    if problem:
        st.caption(f":red[{escaped(problem[0].upper() + problem[1:])}.]")
    elif quantity == line.proposal.order_quantity:
        st.caption("As proposed: type another number to see what it costs and risks.")
    else:
        found = state.trial(line.key, quantity)
        components.verdict_badge(found.outcome)
        period = case.assortment.data.period
        _effect(Effect.of_quantity(found), period)
        reference = Effect.of_reference(found, is_in_use=True)
        st.caption(escaped(f"The proposal: {reference.risk_words(period).lower()}"))
    return quantity


def position_of(case: Case) -> float:
    """Return the item's stock position: on hand and on order, less what is owed."""
    return case.assortment.data.position(case.line.key).inventory_position
