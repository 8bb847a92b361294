"""The Policies page: the verdict, by kind of demand, item by item, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import streamlit as st

from core.domain import ItemKey, Outcome, Verdict, difference
from core.evaluation import Contract, Frontier, GateDecision, WinTieLose
from core.services.agents import AgentAtWork, agent_at_work
from core.services.assortment import Assortment
from core.services.comparing import Proof, gate_decisions, latest_proof
from core.services.currency import money_unit
from core.services.fit_words import fit_statement, say_overall, training_statement
from core.services.judging import (
    OUTCOME_WORDS,
    ItemRow,
    Sentence,
    by_demand_class,
    challengers,
    contract_lines,
    item_rows,
    tail_sentence,
)
from core.store import AgentRecord
from core.ui import charts, state, words
from core.ui.policies_frontier import frontier
from core.ui.policies_tables import kpi_table

ICONS = {
    Outcome.BETTER: ":material/trending_down:",
    Outcome.WORSE: ":material/trending_up:",
    Outcome.CANNOT_TELL: ":material/balance:",
}
QUESTION = (
    "The question here: what does it cost to order by this policy from now on, always? What "
    "today's one order changes is a smaller question, and the Item page answers that one."
)
COLOURS = {
    Outcome.BETTER: charts.YOU,
    Outcome.CANNOT_TELL: charts.NEUTRAL,
    Outcome.WORSE: charts.BAD,
}


def at_work(assortment: Assortment, record: AgentRecord) -> AgentAtWork:
    """Return an agent held against today's items; read once."""
    home = str(state.store().home)
    return _at_work(home, assortment.fingerprint, record.id, record.bundle_sha256, record.name)


@st.cache_resource(max_entries=4, show_spinner="Reading the agent …")
def _at_work(home: str, fingerprint: str, agent_id: int, sha256: str, name: str) -> AgentAtWork:
    assortment = state.assortment()
    assert assortment is not None
    return agent_at_work(state.store(), assortment, state.store().agents.get(agent_id))


def decisions(
    assortment: Assortment, record: AgentRecord | None, proof: Proof
) -> Mapping[ItemKey, GateDecision]:
    """Return what Auto does with every item; worked out once per comparison."""
    if record is None:
        return {}
    home = str(state.store().home)
    return _decisions(home, assortment.fingerprint, record.id, record.name, proof.run_id)


@st.cache_resource(max_entries=4, show_spinner=False)
def _decisions(
    home: str, fingerprint: str, agent_id: int, name: str, run_id: int
) -> Mapping[ItemKey, GateDecision]:
    assortment, record = state.assortment(), state.store().agents.get(agent_id)
    assert assortment is not None
    proof = latest_proof(state.store(), assortment, record)
    return gate_decisions(proof, at_work(assortment, record), assortment)


def choose_challenger(proof: Proof) -> str:
    """Let the planner choose which policy to hold against (s, S)."""
    options = challengers(proof)
    key = "keep.policies.challenger"
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    return str(
        st.selectbox(
            "Compare (s, S) with",
            options,
            key=key,
            format_func=lambda label: proof.names.get(label, label),
            help="The agent, or one of the other rules: its cost beside that of (s, S).",
        )
    )


def sentence(told: Sentence) -> None:
    """Draw a verdict: the answer large, the numbers below it."""
    with st.container(border=True):
        st.markdown(f"#### {ICONS[told.outcome]} {told.headline}")
        st.markdown(told.detail)


def unfit_rows(assortment: Assortment, record: AgentRecord | None) -> frozenset[int]:
    """Return the rows of the items that the agent does not fit as they stand today."""
    if record is None:
        return frozenset()
    return frozenset(assortment.row(key) for key in at_work(assortment, record).doubts)


def verdict(proof: Proof, policy: str, unfit: frozenset[int]) -> None:
    """Say whether the policy is better over all items that it fits."""
    sentence(say_overall(proof, policy, unfit, money_unit(state.store())))
    st.caption(QUESTION)
    if policy == proof.agent and unfit:
        st.warning(fit_statement(proof, len(unfit)), icon=":material/rule:")


def overview(proof: Proof, assortment: Assortment, policy: str, traced: Frontier | None) -> None:
    """Draw who wins where, the frontier, and every key figure."""
    if traced is None:
        left = right = st.container()
    else:
        left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Items won and lost, by kind of demand**")
        groups = by_demand_class(proof, assortment, policy)
        charts.show(
            class_chart(groups),
            "policies.classes",
            f"Bars: items on which {proof.names[policy]} is better, cannot be told apart, or worse",
        )
        period = proof.comparison.contract.period or "period"
        st.caption(_class_words(groups, period))
    with right:
        frontier(traced, proof.names, None, policy)
    st.markdown("**Key figures side by side, all items**")
    kpi_table(proof.comparison.kpi_table(), proof.names, policy)
    st.caption(
        "Costs of the long run, once stock has settled. The What-if page looks at the time from "
        "today's stock on, so its totals differ."
    )


def class_chart(groups: Mapping[str, tuple[WinTieLose, Verdict]]) -> go.Figure:
    """Return bars of items better, not told apart and worse, one per kind of demand."""
    chart = charts.figure(height=90 + 56 * len(groups))
    counts = {
        Outcome.BETTER: [counts.wins for counts, _ in groups.values()],
        Outcome.CANNOT_TELL: [counts.ties for counts, _ in groups.values()],
        Outcome.WORSE: [counts.losses for counts, _ in groups.values()],
    }
    for outcome, values in counts.items():
        chart.add_bar(
            y=list(groups),
            x=values,
            name=OUTCOME_WORDS[outcome],
            orientation="h",
            marker_color=COLOURS[outcome],
            text=[str(n) if n else "" for n in values],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertemplate="%{y}: %{x} items<extra>" + OUTCOME_WORDS[outcome] + "</extra>",
        )
    chart.update_layout(barmode="stack", hovermode="closest", bargap=0.35)
    chart.update_layout(legend_traceorder="normal")
    chart.update_xaxes(title="items", dtick=_tick(groups))
    chart.update_yaxes(autorange="reversed", title="")
    return chart


def _tick(groups: Mapping[str, tuple[WinTieLose, Verdict]]) -> int | None:
    most = max(counts.wins + counts.ties + counts.losses for counts, _ in groups.values())
    return 1 if most <= 10 else None


def _class_words(groups: Mapping[str, tuple[WinTieLose, Verdict]], period: str) -> str:
    parts = [
        f"{name}: {difference(verdict.difference, verdict.half_width)}"
        for name, (_, verdict) in groups.items()
    ]
    return f"Cost against (s, S), {money_unit(state.store())} a {period}: " + "; ".join(parts) + "."


def real_sales(proof: Proof, policy: str, unfit: frozenset[int]) -> None:
    """Draw how policies did on the held-out tail of the real sales, and whether that is fair."""
    told, tail = tail_sentence(proof, policy, money_unit(state.store())), proof.backtest
    if told is None or tail is None:
        st.info("The sales are too short to hold out a part of them.", icon=":material/info:")
        return
    sentence(told)
    if policy == proof.agent:
        statement = training_statement(proof, len(unfit))
        flattered = tail.agent_saw_tail(policy) or len(unfit) == len(proof.comparison.items)
        (st.warning if flattered else st.success)(statement)
    counts = tail.counts(policy)
    st.markdown(
        f"Item by item: better on **{counts.wins}**, cannot tell on **{counts.ties}**, worse on "
        f"**{counts.losses}**."
    )
    for note in tail.notes:
        st.caption(note.replace("s_S", "(s, S)"))
    kpi_table(tail.kpi_table(), proof.names, policy)


def contract_box(contract: Contract, proof: Proof) -> None:
    """Say what the numbers rest on."""
    with st.expander("What this rests on", icon=":material/gavel:"):
        lines = [*contract_lines(contract), f"Compared on {words.moment(proof.made_at)}."]
        st.markdown("\n".join(f"- {line}" for line in lines))


def rows_of(
    proof: Proof, assortment: Assortment, policy: str, record: AgentRecord | None
) -> list[ItemRow]:
    """Return the item rows, with what Auto does."""
    return item_rows(proof, assortment, policy, decisions(assortment, record, proof))
