"""One item's costs worked out, live: what they ask for, and the (s, S) that follows."""

from __future__ import annotations

import streamlit as st

from core.domain import Item, Period
from core.services.assortment import Assortment
from core.services.baselines import fitted_baseline
from core.services.worked_example import WorkedExample, worked_example
from core.ui import state, words
from core.ui.costs import implied


def example(assortment: Assortment, items: tuple[Item, ...]) -> None:
    """Draw the worked example of one planned item.

    Args:
        assortment: The planned items, as saved.
        items: Every item with the edits that are not saved yet, as far as they can be.
    """
    if not assortment.planned:
        st.caption("No item can be planned yet, so there is nothing to work out.")
        return
    labels = [key.label for key in assortment.keys]
    if st.session_state.get("keep.costs.example") not in labels:
        st.session_state["keep.costs.example"] = labels[0]
    label = st.selectbox(
        "What the costs ask for, worked out for one item",
        labels,
        key="keep.costs.example",
        width=420,
    )
    plan = assortment.planned[labels.index(label)]
    item = next(item for item in items if item.key == plan.key)
    period = assortment.data.period
    worked = worked_example(item, plan, assortment.data.today_index, period.per_year)
    st.markdown(_words(item, worked, period))
    st.markdown(_rule(assortment, labels.index(label), is_saved=item == plan.item))


def _words(item: Item, worked: WorkedExample, period: Period) -> str:
    costs = item.costs
    one = period.value
    times = _about(costs.stockout_cost / costs.holding_cost)
    lines = [
        f"Sells about **{_about(worked.demand)}** a {one}.",
        f"One unit on hand costs **{_small(costs.holding_cost)}** a {one}, one unit short "
        f"**{_small(costs.stockout_cost)}** {_charged(item.lost_share, one)}: {times} times "
        f"as much. That implies a service of **{implied(item)}**.",
        f"Stock has to last {words.periods(worked.waiting, period)} (lead time and review): about "
        f"**{_about(worked.demand_waiting)}** ± {_about(worked.demand_waiting_sd)} units.",
    ]
    if worked.order_quantity:
        lines.append(
            f"An order costs **{words.money(costs.fixed_cost)}**, so by the square-root rule "
            f"(EOQ) about **{_about(worked.order_quantity)}** at a time: "
            f"{worked.orders_per_year:,.0f} orders a year cost "
            f"{words.money(worked.ordering_per_year)}, and holding that quantity "
            f"{words.money(worked.holding_per_year)}."
        )
    else:
        lines.append("An order itself costs nothing, so small and frequent orders are cheapest.")
    return "\n".join(f"- {line}" for line in lines)


def _charged(lost_share: float, period: str) -> str:
    """Say how often the stock-out cost of one unit is charged."""
    waiting = f"every {period} until it is delivered"
    if lost_share == 1:
        return "once, since the sale is lost"
    if lost_share == 0:
        return f"{waiting}, since the customer waits"
    return f"once where the sale is lost, and {waiting} where the customer waits"


def _about(value: float) -> str:
    """Write units worked out: whole where that is exact enough."""
    return f"{value:,.0f}" if value >= 20 else f"{value:.2g}"


def _small(value: float) -> str:
    """Write a cost with three figures that matter; a day's holding cost is often far below 1."""
    return f"{value:,.3g}" if value < 100 else f"{value:,.2f}"


def _rule(assortment: Assortment, row: int, *, is_saved: bool) -> str:
    numbers = fitted_baseline(assortment, store=state.store()).parameters_of(row)
    told = (
        f"With the saved costs, (s, S) orders when stock and orders fall to "
        f"**{words.units(numbers['reorder_point'])}**, up to "
        f"**{words.units(numbers['order_up_to_level'])}**."
    )
    return told if is_saved else told + " It is found anew when you save."
