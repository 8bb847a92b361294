"""The reasons on the Item page, best first: words, sums, comparison, drivers, demand, limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.domain import Period
from core.explain import Arithmetic, Explanation, Sum, WhyNot
from core.services.assortment import Assortment, PlannedItem
from core.services.explaining import try_words
from core.services.order_lines import OrderLine
from core.services.ordering import Ordering
from core.ui import (
    components,
    currency,
    plan_item_change,
    plan_item_drivers,
    plan_item_facts,
    state,
    words,
)
from core.ui.plan_item_drivers import amount
from core.ui.words import escaped

_OPEN = "keep.item.tab"


@dataclass(frozen=True, eq=False)
class Case:
    """One item's order with everything that is said about it."""

    assortment: Assortment
    ordering: Ordering
    line: OrderLine
    explanation: Explanation

    @property
    def plan(self) -> PlannedItem:
        """The item with its demand model."""
        return self.assortment.planned[self.assortment.row(self.line.key)]

    @property
    def rule(self) -> str:
        """The rule's name on screen."""
        return components.policy_label(self.ordering.baseline.name)

    @property
    def agent(self) -> str:
        """The agent's name on screen; empty without one."""
        at_work = self.ordering.at_work
        return "" if at_work is None else at_work.record.name

    @property
    def is_agent_heard(self) -> bool:
        """Whether what the agent orders means anything: it suits the item, or it decides."""
        return self.explanation.agent is not None


def tabs(case: Case) -> None:
    """Draw the reasons, one at a time; only the chosen one is worked out."""
    drawn = _tabs(case)
    # Not st.tabs: these wrap on a phone, where tabs would scroll away without a sign of it.
    if st.session_state.get(_OPEN) not in drawn:
        st.session_state[_OPEN] = next(iter(drawn))
    chosen = st.segmented_control(
        "Reasons", list(drawn), key=_OPEN, required=True, label_visibility="collapsed"
    )
    drawn[str(chosen)](case)


def _tabs(case: Case) -> dict[str, Callable[[Case], None]]:
    against = f"Why not {escaped(_other(case))}" if case.is_agent_heard else "Why order at all"
    return {
        "Words": _words,
        "Arithmetic": _arithmetic,
        against: _why_not,
        "What would change it": _change,
        "Drivers": _drivers,
        "The rule in small": _rule_in_small,
        "Demand model": _demand_model,
        "What it cannot see": _limits,
    }


def _other(case: Case) -> str:
    """Return the name of the one that does not decide."""
    return case.rule if _is_agents(case) else case.agent


def _in_use(case: Case) -> str:
    """Return the name of the one that decides."""
    return case.agent if _is_agents(case) else case.rule


def _is_agents(case: Case) -> bool:
    return case.explanation.policy != case.ordering.baseline.name


def _words(case: Case) -> None:
    explanation = case.explanation
    if explanation.why_not_sentence:
        st.markdown(escaped(explanation.why_not_sentence))
    if explanation.learned_sentence:
        st.markdown(escaped(explanation.learned_sentence))
    policy = escaped(components.policy_label(explanation.policy))
    st.markdown(f"Why {policy} decides: {escaped(case.line.proposal.reason)}")
    for note in case.line.proposal.notes:
        st.markdown(f"- {escaped(note)}")
    n_passed = sum(check.passed for check in explanation.checks)
    with st.expander(
        f"{n_passed} of {len(explanation.checks)} checks passed",
        expanded=not explanation.is_sound,
        icon=":material/verified:" if explanation.is_sound else ":material/warning:",
    ):
        st.markdown(_checks(explanation))
        for each in explanation.not_checked:
            st.caption(f"Not checked here: {escaped(each)}.")


def _checks(explanation: Explanation) -> str:
    """Write what was verified as a table whose texts wrap, what failed first and in red."""
    rows = ["| Held | Check | Found |", "|:--|:--|:--|"]
    for check in sorted(explanation.checks, key=lambda each: each.passed):
        held = ":green[yes]" if check.passed else ":red[**no**]"
        rows.append(f"| {held} | {escaped(check.name)} | {escaped(check.detail)} |")
    return "\n".join(rows)


def _arithmetic(case: Case) -> None:
    explanation = case.explanation
    sums = [(case.rule, explanation.baseline)]
    if explanation.agent is not None:
        sums.insert(0, (case.agent, explanation.agent))
    for column, (name, arithmetic) in zip(st.columns(len(sums), gap="large"), sums, strict=True):
        with column:
            in_use = " · in use" if arithmetic is explanation.in_use else ""
            st.markdown(f"**{escaped(name)}**{in_use}")
            st.markdown(bridge(arithmetic))
            if not arithmetic.is_reconciled:
                st.warning("These sums do not add up. Please report it.", icon=":material/error:")


def bridge(arithmetic: Arithmetic) -> str:
    """Write the way from stock to order as one table, a bold line under every sum."""
    rows = ["| | units |", "|:--|--:|"]
    for each in arithmetic.sums:
        rows += _sum_rows(each)
    return "\n".join(rows)


def _sum_rows(each: Sum) -> list[str]:
    rows = [f"| {escaped(part.label)} | {amount(part.amount)} |" for part in each.parts]
    return [*rows, f"| **= {escaped(each.total_label)}** | **{amount(each.total)}** |"]


def _why_not(case: Case) -> None:
    found = case.explanation.why_not
    if found is None:
        if case.line.proposal.order_quantity == 0:
            st.markdown("Nothing is ordered, and there is no other quantity to set against it.")
            return
        _against_nothing(case)
        return
    st.markdown(escaped(case.explanation.why_not_sentence))
    comparison(found, (_other(case), _in_use(case)), case.assortment.data.period)


def _against_nothing(case: Case) -> None:
    period = case.assortment.data.period
    found = state.trial(case.line.key, 0.0)
    st.markdown(escaped(try_words(found, case.ordering, case.line.key, period)))
    comparison(found, ("order nothing", case.rule), period)


def comparison(found: WhyNot, names: tuple[str, str], period: Period) -> None:
    """Draw a paired comparison of two quantities: cost, risk, interval, verdict."""
    components.verdict_badge(found.outcome, f"{names[0]}: {found.outcome.value}")
    cost, risk = found.cost, found.risk
    st.dataframe(
        pd.DataFrame(
            [
                (
                    f"Cost over {words.periods(found.n_periods, period)}{currency.plain()}",
                    words.NOTHING,
                    words.NOTHING,
                    f"{words.money(cost.difference, signed=True)} ± {words.money(cost.half_width)}",
                ),
                (
                    "Runs out",
                    words.percent(found.quantity_risk),
                    words.percent(found.reference_risk),
                    f"{words.percent(risk.low, signed=True)} to "
                    f"{words.percent(risk.high, signed=True)}",
                ),
            ],
            columns=["", *_titles(found, names), "Difference, 95 % interval"],
        ),
        hide_index=True,
        width="stretch",
        height="content",
        alt="The two quantities on the same futures",
    )
    st.caption(
        f"{cost.n_pairs:,} futures, the same for both (seed {found.seed}); the policy in use "
        "orders from the next chance on. What both cost alike is left out, so that only the "
        f"difference in cost is known. Running out counts from {period.value} "
        f"{found.first_risk_period} from today, when an order of today can be there, to "
        f"{period.value} {found.end_of_risk}."
    )


def _titles(found: WhyNot, names: tuple[str, str]) -> tuple[str, str]:
    quantities = (words.units(found.quantity), words.units(found.reference_quantity))
    first, second = (f"{name}: {units}" for name, units in zip(names, quantities, strict=True))
    return (first, second) if first != second else (first, f"{second} ")


def _change(case: Case) -> None:
    policy = components.policy_label(case.explanation.policy)
    period = case.assortment.data.period.value
    plan_item_change.draw(case.explanation, policy, period)


def _drivers(case: Case) -> None:
    plan_item_drivers.drivers(case.explanation, case.rule)


def _rule_in_small(case: Case) -> None:
    plan_item_drivers.rule_in_small(case.explanation)


def _demand_model(case: Case) -> None:
    plan = case.plan
    plan_item_facts.facts(case.line.key, case.assortment.data)
    st.markdown(f"**{escaped(plan.demand_label)}** · {escaped(plan.demand_class)} demand")
    st.markdown(escaped(plan.demand_reason))


def _limits(case: Case) -> None:
    st.markdown("A planner may know what no policy here can:")
    st.markdown("\n".join(f"- {escaped(each)}" for each in case.explanation.cannot_see))
    st.caption("If you know better, order your own quantity above and say why.")
