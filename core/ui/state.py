"""What pages share: the record, the data, and which item is looked at.

The store holds it all; these are copies, dropped as soon as the record says something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread

import streamlit as st

from core.demand.forecasts import Forecast
from core.domain import ItemKey
from core.explain import Explanation, WhyNot, warm_up
from core.services.assortment import Assortment, build_assortment
from core.services.currency import currency
from core.services.deciding import todays_decisions
from core.services.explaining import (
    DemandOutlook,
    StockOutlook,
    demand_outlook,
    explain_order,
    stock_outlook,
    try_quantity,
)
from core.services.forecast_job import latest_forecast, latest_record
from core.services.forecast_use import forecast_mark
from core.services.forecasts import ForecastChart, forecast_chart
from core.services.kept_understanding import understand_once
from core.services.order_lines import OrderLine, order_lines
from core.services.ordering import Ordering, ordering_fingerprint, plan_today
from core.services.understanding import Understanding
from core.services.workspace import PlanData, data_fingerprint, load_plan_data
from core.store import Store, open_store

ITEM_PARAMETER = "item"


def store() -> Store:
    """Return the record; opened once per process and folder."""
    return open_store()


def plan_data() -> PlanData | None:
    """Return the active data, or None where there is none yet."""
    record = store()
    return _plan_data(str(record.home), data_fingerprint(record))


def assortment() -> Assortment | None:
    """Return today's ordering problems, or None where there is no data yet."""
    record = store()
    data = plan_data()
    if data is None:
        return None
    return _assortment(str(record.home), data.fingerprint, forecast_mark(record, data))


def understanding() -> Understanding | None:
    """Return what is known of each item's demand, or None where there is no data yet."""
    data = plan_data()
    if data is None:
        return None
    # One-offs are looked at all the same, so that leaving some out changes nothing here.
    return _understanding(str(store().home), data.whole_fingerprint or data.fingerprint)


def ordering() -> Ordering | None:
    """Return today's orders, or None where there is no data yet."""
    record, problems = store(), assortment()
    if problems is None:
        return None
    return _ordering(str(record.home), _plan_mark(record, problems))


def lines() -> tuple[OrderLine, ...]:
    """Return today's orders with the decisions that stand on them; empty without data."""
    problems, plan = assortment(), ordering()
    if problems is None or plan is None:
        return ()
    return order_lines(problems, plan, todays_decisions(store(), problems))


def explanation(key: ItemKey) -> Explanation:
    """Return why an item's order is what it is; worked out once per plan."""
    worker = warm_explanations()
    if worker.is_alive():
        with st.spinner("Getting ready to explain, once after a start …"):
            worker.join()
    return _explanation(*of_plan(key))


def trial(key: ItemKey, quantity: float) -> WhyNot:
    """Return what a tried quantity does against the proposal; worked out once per plan."""
    return _trial(*of_plan(key), quantity)


def stock_ahead(key: ItemKey, quantities: Mapping[str, float]) -> StockOutlook:
    """Return where stock goes for each quantity, by label; worked out once per plan."""
    return _stock_ahead(*of_plan(key), tuple(quantities.items()))


def demand_ahead(key: ItemKey, n_past: int, n_ahead: int) -> DemandOutlook:
    """Return past sales and expected demand; worked out once per data."""
    problems = assortment()
    assert problems is not None
    mark = f"{problems.data.fingerprint} {problems.fingerprint}"
    return _demand_ahead(str(store().home), mark, key.label, n_past, n_ahead)


def forecast_beside(key: ItemKey) -> ForecastChart | None:
    """Return an item's forecast where there is one that the plan does not stand on."""
    record, problems = store(), assortment()
    if problems is None or problems.planned[problems.row(key)].demand_label.startswith("forecast"):
        return None
    made = latest_record(record, problems.data)
    found = None if made is None else _forecast(str(record.home), made.id)
    if found is None or key not in found.keys:
        return None
    return forecast_chart(problems.data.history.item(key), found)


@st.cache_resource(max_entries=2, show_spinner=False)
def _forecast(home: str, job: int) -> Forecast | None:
    data = plan_data()
    return None if data is None else latest_forecast(store(), data)


def of_plan(key: ItemKey) -> tuple[str, str, str]:
    """Return what everything worked out for an item hangs on: folder, plan, and its label."""
    record, problems = store(), assortment()
    assert problems is not None
    return str(record.home), _plan_mark(record, problems), key.label


def _plan_mark(record: Store, problems: Assortment) -> str:
    """Mark the plan and the words that are said of it."""
    return f"{ordering_fingerprint(record, problems)} {currency(record)}"


@st.cache_resource(show_spinner=False)
def warm_explanations() -> Thread:
    """Load what explanations need (seconds) beside the first page, once per process."""
    worker = Thread(target=warm_up, name="warm-explanations")
    worker.start()
    return worker


@st.cache_resource(max_entries=3, show_spinner="Working out today's orders …")
def _ordering(home: str, fingerprint: str) -> Ordering:
    problems = assortment()
    assert problems is not None
    return plan_today(problems, store())


@st.cache_resource(max_entries=500, show_spinner="Asking the policy why …")
def _explanation(home: str, fingerprint: str, label: str) -> Explanation:
    problems, plan = assortment(), ordering()
    assert problems is not None and plan is not None
    return explain_order(problems, plan, ItemKey.parse(label))


@st.cache_resource(max_entries=500, show_spinner=False)
def _trial(home: str, fingerprint: str, label: str, quantity: float) -> WhyNot:
    problems, plan = assortment(), ordering()
    assert problems is not None and plan is not None
    return try_quantity(problems, plan, ItemKey.parse(label), quantity)


@st.cache_resource(max_entries=200, show_spinner=False)
def _stock_ahead(
    home: str, fingerprint: str, label: str, quantities: tuple[tuple[str, float], ...]
) -> StockOutlook:
    problems, plan = assortment(), ordering()
    assert problems is not None and plan is not None
    return stock_outlook(problems, plan, ItemKey.parse(label), dict(quantities))


@st.cache_resource(max_entries=200, show_spinner=False)
def _demand_ahead(
    home: str, fingerprint: str, label: str, n_past: int, n_ahead: int
) -> DemandOutlook:
    problems = assortment()
    assert problems is not None
    return demand_outlook(problems, ItemKey.parse(label), n_past, n_ahead)


@st.cache_resource(max_entries=3, show_spinner="Reading your data …")
def _plan_data(home: str, fingerprint: str) -> PlanData | None:
    return load_plan_data(store())


@st.cache_resource(max_entries=3, show_spinner="Looking at each item's demand …")
def _understanding(home: str, fingerprint: str) -> Understanding:
    data = plan_data()
    assert data is not None
    return understand_once(data, store())


@st.cache_resource(max_entries=3, show_spinner="Choosing each item's demand model …")
def _assortment(home: str, fingerprint: str, forecast: str) -> Assortment:
    data = _plan_data(home, fingerprint)
    assert data is not None
    return build_assortment(data, store())


def chosen_item(keys: tuple[ItemKey, ...]) -> ItemKey | None:
    """Return the item named in the link, else the one looked at last, else None.

    A link to an item that is not there is told, not followed in silence.
    """
    wished = st.query_params.get(ITEM_PARAMETER) or st.session_state.get("chosen_item")
    if wished is None:
        return None
    key = ItemKey.parse(str(wished))
    if key in keys:
        return key
    st.warning(f"There is no item {wished!r} in your data. Choose another one below.")
    return None


def choose_item(key: ItemKey) -> None:
    """Remember the item, in the link as well, so that it can be shared."""
    st.session_state["chosen_item"] = key.label
    st.query_params[ITEM_PARAMETER] = key.label


def keep_widgets() -> None:
    """Keep what was typed on one page while another is looked at.

    Streamlit forgets keyed widgets that a run did not draw; setting a key again keeps it. Keys
    that start with an underscore are left to Streamlit: buttons, uploads and editors refuse it.
    """
    for key in list(st.session_state):
        if isinstance(key, str) and key.startswith("keep."):
            st.session_state[key] = st.session_state[key]
