"""The three numbers of the Item page: agent, rule and planner, each with its money and its risk."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.domain import Outcome, ParameterError, Period, Verdict
from core.explain import WhyNot
from core.services.deciding import quantity_problem
from core.services.order_lines import cover_with
from core.services.outlook_words import before_words
from core.services.typed import typed_quantity
from core.ui import components, currency, state, words
from core.ui.plan_item_tabs import Case
from core.ui.words import escaped

# An order that lasts longer than this many years is more likely a slip of the finger.
_LONG = 2.0


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
    def of_reference(cls, found: WhyNot) -> Effect:
        """Take the reference by itself: it is the one in use."""
        return cls(
            None,
            found.quantity == found.reference_quantity,
            found.reference_risk,
            found.reference_range,
            found.n_periods,
            found.cost.n_pairs,
            (found.first_risk_period, found.end_of_risk),
        )

    def money_words(self, period: Period, unit: str = "") -> str:
        """Say what it costs against the one in use, or that nobody can tell.

        Args:
            period: Of the history.
            unit: Written after amounts: " EUR", or nothing.
        """
        if self.cost is None:
            return ""
        if self.is_same:
            return "The same quantity as the one in use."
        span = f"over {words.periods(self.n_periods, period)}"
        half = f"{words.money(self.cost.half_width)}{unit}"
        amount = f"{words.money(abs(self.cost.difference))} ± {half}"
        return {
            Outcome.BETTER: f"Saves {amount} {span} against the one in use.",
            Outcome.WORSE: f"Costs {amount} more {span} than the one in use.",
            Outcome.CANNOT_TELL: f"Cannot tell whether it costs more or less than the one in use "
            f"{span}: {words.money(self.cost.difference, signed=True)} ± {half}.",
        }[self.cost.outcome]

    def risk_words(self, period: Period) -> str:
        """Say how often it runs out, with the interval."""
        (low, high), (first, last) = self.risk_range, self.window
        return (
            f"Runs out in {words.percent(self.risk)} ({words.percent(low)} to "
            f"{words.percent(high)}) of {self.n_futures:,} futures, {period} {first} to {last} "
            "from today."
        )


def three_numbers(case: Case) -> float | None:
    """Draw what the agent, the rule and the planner order; return the planner's number.

    Returns:
        Units; None where what stands in the box is no number.
    """
    _before(case)
    # Without an agent's number its card is left out: the answer comes first.
    *agent, rule, you = st.columns(3 if case.is_agent_heard else 2, border=True)
    quantities, effects = _quantities(case), effects_of(case)
    for card in agent:
        with card:
            _number(case, f"Agent {case.agent}".strip(), quantities[0], effects[0])
    with rule:
        _number(case, case.rule, quantities[1], effects[1])
        if not agent:
            st.caption(_unheard(case))
    with you:
        return _your_number(case, effects[0] or effects[1])


def _before(case: Case) -> None:
    """Say how likely stock runs out before any of these quantities could arrive."""
    before = case.explanation.ahead.before
    # The sentence above says it already where it is likely.
    if before.n_periods == 0 or case.explanation.tells_before:
        return
    said = escaped(before_words(before, case.assortment.data))
    if before.is_likely:
        st.warning(said, icon=":material/hourglass_bottom:")
    else:
        st.caption(said)


def effects_of(case: Case) -> tuple[Effect | None, Effect]:
    """Return what the agent's and the rule's quantities do; None for an agent not heard."""
    found = case.explanation.why_not
    if found is None:
        # Against ordering nothing: what the rule's own quantity risks is part of it.
        return None, Effect.of_reference(state.trial(case.line.key, 0.0))
    other, used = Effect.of_quantity(found), Effect.of_reference(found)
    return (used, other) if _by_agent(case) else (other, used)


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
    st.caption(f"{words.units(raw)} before pack and minimum. {_value_words(case, ordered)}")


def _value_words(case: Case, quantity: float) -> str:
    """Say what an order is worth; nothing where nothing is ordered."""
    value = quantity * case.line.item.costs.unit_cost
    return f"Worth {words.money(value)}{currency.suffix(' ')}." if quantity else ""


def _effect(effect: Effect, period: Period) -> None:
    money = effect.money_words(period, currency.plain(" "))
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


def _your_number(case: Case, shown: Effect) -> float | None:
    line = case.line
    key = f"keep.item.you.{case.ordering.run_id}.{line.key.label}"
    st.session_state.setdefault(key, f"{line.quantity:g}")
    # A text box: a number box keeps the last good number, and its answer, beside a bad one.
    text = st.text_input(
        "You: try a quantity",
        key=key,
        help="Units. Set against the proposal on 1,000 futures, the same for both.",
    )
    try:
        quantity = typed_quantity(text)
    except ParameterError as error:
        st.markdown(f":red[{escaped(str(error))}]")
        return None
    problem = quantity_problem(quantity, line.item, position_of(case))
    if problem:
        st.markdown(f":red[{escaped(problem[0].upper() + problem[1:])}.]")
    elif quantity == line.proposal.order_quantity:
        st.caption("As proposed: type another number to see what it costs and risks.")
    else:
        _tried(case, quantity, shown)
    return quantity


def _tried(case: Case, quantity: float, shown: Effect) -> None:
    """Say what a quantity of the planner's own costs, risks, is worth, and how long it lasts."""
    period = case.assortment.data.period
    found = state.trial(case.line.key, quantity)
    components.verdict_badge(found.outcome)
    effect = Effect.of_quantity(found)
    _effect(effect, period)
    reference = Effect.of_reference(found)
    st.caption(escaped(f"The proposal: {reference.risk_words(period).lower()}"))
    if effect.window != shown.window:
        st.caption("It lasts longer than the others, so both are looked at for longer here.")
    lasts = cover_with(case.assortment, case.line.key, quantity)
    told = f"Stock and orders would last {lasting(lasts, period)}. {_value_words(case, quantity)}"
    is_long = lasts > _LONG * period.per_year
    st.caption(f":orange[{told}]" if is_long else told)


def lasting(n_periods: float, period: Period) -> str:
    """Say how long stock lasts: in years where that is what a planner would say."""
    years = n_periods / period.per_year
    if years > _LONG:
        return f"about {years:,.0f} years"
    return f"about {words.periods(round(n_periods), period)}"


def position_of(case: Case) -> float:
    """Return the item's stock position: on hand and on order, less what is owed."""
    return case.assortment.data.position(case.line.key).inventory_position
