"""The What-if page: what scenarios come to, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import plotly.graph_objects as go
import streamlit as st

from core.domain import ItemKey, Period, PlannerError
from core.evaluation import StockChart
from core.services.agents import AgentAtWork
from core.services.assortment import Assortment
from core.services.currency import money_unit
from core.services.what_if import ask
from core.services.what_if_cards import to_link
from core.services.what_if_outcome import AGENT, Outcome, Question, kept_outcome
from core.services.what_if_results import (
    PARTS,
    cost_split,
    headline,
    order_changes,
    policies_for,
    to_be_played,
    who_orders,
)
from core.services.what_if_scenario import Scenario
from core.ui import charts, frame, policies, state, what_if_promote, words
from core.ui.policies_item import stock_figure
from core.ui.what_if_tables import kpi_table, orders_table

ALL = "All items"
# What takes longer waits for a button. Seconds on a busy machine, without and with an agent.
AT_ONCE, SECONDS_PER_ITEM = 10.0, 0.004
SECONDS_PER_FUTURE, AGENT_SECONDS_PER_FUTURE = 0.00005, 0.0003
Wanted = tuple[Scenario, tuple[str, ...]]
_ITEM, _POLICY, _LOOK = "what_if.item", "keep.what_if.policy", "keep.what_if.look"
PART_WORDS = {
    "holding_cost": "Holding",
    "ordering_cost": "Ordering",
    "stockout_cost": "Stock-out",
}
PART_COLOURS = (charts.AGENT, charts.RULE, charts.BAD)


def choose_items(assortment: Assortment) -> tuple[ItemKey, ...]:
    """Let the planner look at one item, or at all."""
    labels = [ALL, *(key.label for key in assortment.keys)]
    if st.session_state.get(_ITEM) not in labels:
        wished = state.chosen_item(assortment.keys) if "item" in st.query_params else None
        st.session_state[_ITEM] = ALL if wished is None else wished.label
    label = st.selectbox("For", labels, key=_ITEM)
    return assortment.keys if label == ALL else (ItemKey.parse(label),)


def question(assortment: Assortment, keys: tuple[ItemKey, ...]) -> Question:
    """Return what is asked, with the active agent."""
    record = state.store().agents.active()
    at_work: AgentAtWork | None = None
    if record is not None:
        at_work = policies.at_work(assortment, record)
    return Question(assortment, keys, state.store(), at_work)


def outcomes(asked: Question, scenarios: Sequence[Scenario], policy: str) -> list[Outcome] | None:
    """Return the base and every scenario that is worked out, and offer to work out the others.

    Args:
        asked: For which items.
        scenarios: Beside the base.
        policy: Who orders where a scenario does not say; the others are not played.

    Returns:
        The base first; None where that is not worked out yet.
    """
    wanted = to_be_played(asked, scenarios, policy)
    if len(asked.keys) == 1:
        return _in_words(asked, wanted)
    found = [kept_outcome(asked, *one) for one in wanted]
    if all(outcome is not None for outcome in found):
        return [outcome for outcome in found if outcome is not None]
    missing = [one for one, outcome in zip(wanted, found, strict=True) if outcome is None]
    seconds = sum(_seconds(asked, labels) for _, labels in missing)
    pressed = seconds > AT_ONCE and st.button(
        f"Work it out (about {words.duration(max(15, 5 * round(seconds / 5)))})",
        type="primary",
        icon=":material/calculate:",
    )
    if seconds > AT_ONCE and not pressed:
        names = ", ".join(scenario.name for scenario, _ in missing)
        st.caption(f"Not worked out yet: {words.escaped(names)}.")
        return [outcome for outcome in found if outcome is not None] if found[0] else None
    results = _with_progress(asked, wanted)
    if pressed and len(results) == len(wanted):
        st.rerun()
    return results


def _seconds(asked: Question, labels: Sequence[str]) -> float:
    """Return how long one scenario takes, about."""
    each = AGENT_SECONDS_PER_FUTURE if AGENT in labels else SECONDS_PER_FUTURE
    return len(asked.keys) * (SECONDS_PER_ITEM + each * asked.settings.n_paths)


def _in_words(asked: Question, wanted: Sequence[Wanted]) -> list[Outcome] | None:
    """Work scenarios out for one item; one that cannot be is said, and left out."""
    results = []
    for scenario, labels in wanted:
        try:
            results.append(_one(asked, scenario, labels))
        except PlannerError as error:
            frame.show_error(error)
    return results


def _with_progress(asked: Question, wanted: Sequence[Wanted]) -> list[Outcome]:
    bar = st.progress(0.0, "Beginning")
    results: list[Outcome] = []
    for number, (scenario, labels) in enumerate(wanted):

        def tell(share: float, step: str, number: int = number, name: str = scenario.name) -> None:
            bar.progress((number + share) / len(wanted), words.escaped(f"{name}: {step}"))

        try:
            results.append(ask(asked, scenario, labels, tell))
        except PlannerError as error:
            frame.show_error(error)
    bar.empty()
    return results


def _one(asked: Question, scenario: Scenario, labels: tuple[str, ...]) -> Outcome:
    agent = asked.at_work
    return _cached(
        str(state.store().home),
        f"{asked.assortment.data.fingerprint}/{asked.assortment.fingerprint}",
        asked.keys[0].label,
        to_link(scenario),
        labels,
        agent.record.bundle_sha256 if agent is not None and AGENT in labels else "",
        _asked=(asked, scenario, labels),
    )


@st.cache_resource(max_entries=100, show_spinner="Playing the futures …")
def _cached(
    home: str,
    fingerprint: str,
    item: str,
    scenario: str,
    labels: tuple[str, ...],
    agent: str,
    *,
    _asked: tuple[Question, Scenario, tuple[str, ...]],
) -> Outcome:
    return ask(*_asked)


def choose_policy(asked: Question, scenarios: Sequence[Scenario]) -> str:
    """Let the planner choose whose orders are played."""
    options = policies_for(asked, scenarios)
    if st.session_state.get(_POLICY) not in options:
        st.session_state[_POLICY] = next(iter(options))
    return str(
        st.segmented_control(
            "Who orders",
            list(options),
            format_func=options.__getitem__,
            key=_POLICY,
            required=True,
            help="Adapted: the plan's s and S move with the scenario. As today: nobody adapts.",
        )
    )


def results(asked: Question, found: Sequence[Outcome], policy: str, period: Period) -> None:
    """Draw sentences, key figures, the cost split, and one scenario in detail."""
    unit = money_unit(state.store())
    for outcome in found[1:]:
        name = outcome.scenario.name
        said = headline(found[0], outcome, policy, period, words.escaped(unit))
        st.markdown(f"- {words.escaped(name)}{said.removeprefix(name)}")
    _doubts(found[1:], policy)
    for note in dict.fromkeys(note for outcome in found for note in outcome.notes):
        st.caption(words.escaped(note))
    st.markdown("**Key figures, and how they differ from today**")
    kpi_table(found, policy, period)
    st.caption(_rests_on(found[0], period))
    if len(found) < 2:
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**What it costs, {words.escaped(unit)} a {period.value}**")
        charts.show(
            split_chart(found, policy, f"{unit} a {period.value}"),
            "what_if.split",
            "Holding, ordering and stock-out cost of every scenario",
        )
    with right:
        outcome = _look_closer(found)
    _stock(found[0], outcome, policy)
    what_if_promote.bar(asked, found, outcome, policy)


def _rests_on(base: Outcome, period: Period) -> str:
    return (
        f"{base.n_paths} futures of {base.horizon} {period.value}s from today's stock and open "
        "orders, the same for every scenario; differences are paired, ± is a 95 % interval. The "
        "Policies page shows the long run, once stock has settled, so its totals differ. Today's s "
        "and S are the plan's own; adapted, they move as far as theory says the scenario moves "
        "them, and are searched anew once it is put into the plan."
    )


def _doubts(found: Sequence[Outcome], policy: str) -> None:
    """Say where the agent was not trained for a scenario."""
    for outcome in found:
        if outcome.doubts and who_orders(outcome, policy) == AGENT:
            name = words.escaped(outcome.scenario.name)
            n, first = len(outcome.doubts), next(iter(outcome.doubts.values()))
            whole = n == len(outcome.orders)
            st.warning(
                f"{name}: the agent was not trained for this on {n} of "
                f"{words.plural(len(outcome.orders), 'item')}; (s, S), adapted, orders there"
                f"{', and differences are against (s, S) today' if whole else ''}. "
                f"For example {words.escaped(first)}",
                icon=":material/school:",
            )


def split_chart(found: Sequence[Outcome], policy: str, unit: str) -> go.Figure:
    """Return stacked bars of the cost's parts, one bar per scenario."""
    chart = charts.figure(unit=unit)
    names = [charts.plain(outcome.scenario.name) for outcome in found]
    splits = [cost_split(outcome, policy) for outcome in found]
    for part, colour in zip(PARTS, PART_COLOURS, strict=True):
        chart.add_bar(
            x=names,
            y=[split[part] for split in splits],
            name=PART_WORDS[part],
            marker_color=colour,
            hovertemplate="%{y:,.4~g}<extra>" + PART_WORDS[part] + "</extra>",
        )
    chart.update_layout(barmode="stack", bargap=0.4, legend_traceorder="normal")
    chart.update_xaxes(type="category")
    return chart


def _look_closer(found: Sequence[Outcome]) -> Outcome:
    """Let the planner choose a scenario, and draw the orders that it changes most."""
    names, base = [outcome.scenario.name for outcome in found[1:]], found[0]
    if st.session_state.get(_LOOK) not in names:
        st.session_state[_LOOK] = names[0]
    name = st.selectbox("Look closer at", names, key=_LOOK)
    outcome = found[1 + names.index(name)]
    orders_table(order_changes(base, outcome))
    if len(outcome.orders) == 1:
        line, before = outcome.orders[0], base.orders[0]
        st.caption(
            f"(s, S) was ({words.units(before.reorder_point)}, "
            f"{words.units(before.order_up_to_level)}) and becomes "
            f"({words.units(line.reorder_point)}, {words.units(line.order_up_to_level)})."
        )
    return outcome


def _stock(base: Outcome, outcome: Outcome, policy: str) -> None:
    """Draw one item's stock over time as today and under a scenario."""
    if outcome.chart is None or base.chart is None:
        return
    name = outcome.scenario.name
    st.markdown("**Stock over time, with orders**")
    charts.show(
        stock_figure(
            _beside(base, outcome, policy), {"base": "As today", "then": charts.plain(name)}
        ),
        "what_if.stock",
        f"Stock over time as today and under {name}, with orders",
    )


def _beside(base: Outcome, then: Outcome, policy: str) -> StockChart:
    assert base.chart is not None and then.chart is not None
    longer = max(base.chart, then.chart, key=lambda chart: len(chart.index))
    paths = {
        "base": base.chart.paths[policy],
        "then": then.chart.paths[who_orders(then, policy)],
    }
    return replace(longer, paths=paths)
