"""One item on the Policies page: its verdict, its stock over time, its own frontier."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from core.domain import ItemKey
from core.evaluation import Frontier, StockChart
from core.services.assortment import Assortment
from core.services.baselines import BASELINE, fitted_baseline
from core.services.comparing import DEFAULT_RULES, Proof
from core.services.currency import money_unit
from core.services.judging import ItemRow, say
from core.services.stock_charts import stock_over_time
from core.store import AgentRecord
from core.ui import charts, policies, state
from core.ui.policies_frontier import frontier
from core.ui.policies_tables import kpi_table


def one_item(
    proof: Proof,
    assortment: Assortment,
    rows: list[ItemRow],
    policy: str,
    record: AgentRecord | None,
    traced: Frontier | None,
) -> None:
    """Draw everything about one item."""
    row = _choose(assortment, rows)
    label = row.key.label
    name, unit = proof.names[policy], money_unit(state.store())
    told = say(row.verdict, name, proof.comparison.contract, f"On {label}", unit)
    policies.sentence(told)
    st.markdown(f"**Auto uses {row.used}.** {row.why} Demand is {row.demand_class}.")
    st.markdown("**Stock over time from today, with orders, on the same futures**")
    chart = _chart(assortment, row.key, policy, record)
    charts.show(
        stock_figure(chart, {BASELINE: proof.names[BASELINE], policy: proof.names[policy]}),
        "policies.stock",
        f"Stock of {label} over time under {proof.names[policy]} and (s, S), and their orders",
    )
    st.caption(
        f"Bands hold 80 % of {chart.n_paths} futures; lines and bars are one of them, the same "
        "for both. It starts from today's stock and open orders."
    )
    figures, service = st.columns([7, 5], gap="medium")
    with figures:
        st.markdown("**Key figures**")
        kpi_table(proof.comparison.kpi_table(label), proof.names, policy, is_narrow=True)
    with service:
        frontier(traced, proof.names, label, policy)
    st.page_link(
        "pages/plan/item.py",
        label="Why today's order of this item is what it is",
        icon=":material/search_insights:",
        query_params={"item": label},
    )


def _choose(assortment: Assortment, rows: list[ItemRow]) -> ItemRow:
    labels = [row.key.label for row in rows]
    wished = state.chosen_item(assortment.keys)
    if st.session_state.get("policies.item") not in labels:
        st.session_state["policies.item"] = labels[0] if wished is None else wished.label
    label = st.selectbox("Item", labels, key="policies.item")
    row = rows[labels.index(label)]
    if wished != row.key:
        state.choose_item(row.key)
    return row


def _chart(
    assortment: Assortment, key: ItemKey, policy: str, record: AgentRecord | None
) -> StockChart:
    who = (0, "") if record is None else (record.id, record.bundle_sha256)
    home = str(state.store().home)
    return _stock_chart(home, assortment.fingerprint, key.label, policy, *who)


@st.cache_resource(max_entries=50, show_spinner="Playing the futures …")
def _stock_chart(
    home: str, fingerprint: str, label: str, policy: str, agent_id: int, sha256: str
) -> StockChart:
    assortment, store = state.assortment(), state.store()
    assert assortment is not None
    chosen = {BASELINE: fitted_baseline(assortment, BASELINE, store)}
    if policy in DEFAULT_RULES:
        chosen[policy] = fitted_baseline(assortment, policy, store)
        return stock_over_time(assortment, ItemKey.parse(label), chosen)
    agent = policies.at_work(assortment, store.agents.get(agent_id))
    return stock_over_time(assortment, ItemKey.parse(label), {**chosen, policy: agent.policy})


def stock_figure(chart: StockChart, names: dict[str, str]) -> go.Figure:
    """Return stock over time above, orders below.

    Args:
        chart: The futures.
        names: What screens call the policies to draw, by label, the rule first.
    """
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.72, 0.28], vertical_spacing=0.06
    )
    whole = list(chart.index if chart.dates is None else chart.dates)
    for (label, name), colour in zip(
        reversed(names.items()), (charts.AGENT, charts.RULE), strict=False
    ):
        path = chart.paths[label]
        x = whole[: len(path.on_hand)]
        edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        figure.add_scatter(x=x, y=path.high, row=1, col=1, **edge)
        fill = {"fill": "tonexty", "fillcolor": charts.faded(colour, 0.16)}
        figure.add_scatter(x=x, y=path.low, row=1, col=1, **fill, **edge)
        figure.add_scatter(
            x=x,
            y=path.on_hand,
            name=name,
            legendgroup=label,
            mode="lines",
            line={"color": colour, "width": 2, "shape": "hv"},
            hovertemplate="%{y:,.4~g} on hand<extra>" + name + "</extra>",
            row=1,
            col=1,
        )
        placed = [value if value > 0 else None for value in path.orders]
        figure.add_bar(
            x=x,
            y=placed,
            name=name,
            legendgroup=label,
            showlegend=False,
            marker_color=colour,
            hovertemplate="orders %{y:,.4~g}<extra>" + name + "</extra>",
            row=2,
            col=1,
        )
    house = charts.figure(height=430).layout
    figure.update_layout(
        height=house.height,
        margin=house.margin,
        legend=house.legend,
        paper_bgcolor=house.paper_bgcolor,
        plot_bgcolor=house.plot_bgcolor,
        hovermode="x unified",
        bargap=0.1,
    )
    figure.update_yaxes(title="units on hand", rangemode="tozero", automargin=True, row=1, col=1)
    figure.update_yaxes(title="units ordered", rangemode="tozero", automargin=True, row=2, col=1)
    figure.update_xaxes(showgrid=False)
    return figure
