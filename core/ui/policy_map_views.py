"""The views of the Policy map page: the map, what drives the orders, where two policies differ."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.domain import ItemKey, Period, PlannerError
from core.explain import GROUPS, DriverSummary, still_words, summary_words, worth_words
from core.services.assortment import Assortment
from core.services.ordering import Ordering
from core.services.policy_map import names_of, why_alone
from core.services.policy_map_drivers import (
    Visits,
    Worth,
    differences_of,
    drivers_of,
    kept_worth,
    visits_of,
    worth_of,
)
from core.services.policy_map_job import Summaries, drivers_job, kept_drivers, start_drivers
from core.ui import charts, components, frame, job_watch, policy_map_charts, state, words
from core.ui.policy_map import choose, the_map
from core.ui.words import escaped

_OF = {"item": "This item", "all": "All items together"}
_FAILED = "policy_map.failed"
_SAME = 1e-3


def show(assortment: Assortment, ordering: Ordering, key: ItemKey) -> None:
    """Draw the page of one item, below the picker."""
    alone = why_alone(ordering, key)
    if alone:
        st.info(escaped(alone), icon=":material/info:")
    view = choose(
        "View", {name: label for name, (label, _) in VIEWS.items()}, "keep.policy_map.view"
    )
    VIEWS[view][1](assortment, ordering, key)
    st.page_link(
        frame.ITEM_PAGE,
        label="Why today's order of this item is what it is",
        icon=":material/search_insights:",
        query_params={"item": key.label},
    )


def drivers(assortment: Assortment, ordering: Ordering, key: ItemKey) -> None:
    """Draw what moves the orders, of this item or of all."""
    if choose("Of", _OF, "keep.policy_map.of") == "all":
        found = kept_drivers(state.store(), assortment)
        _all_items(found)
        scaled = (
            "Every order is set beside typical ones of its own item and divided by the item's "
            "expected demand, so that large and small items count alike. "
        )
    else:
        found, scaled = drivers_of_item(key), ""
    if found is None:
        return
    names = names_of(ordering)
    reach = max(float(abs(each.amounts).max()) for each in found.values())
    for place, (column, name) in enumerate(
        zip(st.columns(len(found), gap="medium"), found, strict=True)
    ):
        with column:
            _one_summary(found[name], names[name], (place, reach))
    first = next(iter(found.values()))
    st.caption(
        f"{_points(first.n_states)}, blue where the quantity is high and orange where it is low; "
        f"below its name the mean size. Compared with {first.background}. "
        f"{scaled}Exact: all combinations of the groups are worked out; {_adds_up(found)}."
    )
    with st.expander("The same as a table", icon=":material/table:"):
        for name, each in found.items():
            st.markdown(escaped(f"{names[name]}, {each.unit}"))
            st.dataframe(
                table_of(each),
                hide_index=True,
                width="stretch",
                height="content",
                alt=f"How much each group of quantities moves the orders of {names[name]}",
            )


def _points(n_states: int) -> str:
    drawn = policy_map_charts.MOST_POINTS
    if n_states <= drawn:
        return f"One point per situation, {n_states:,} in all"
    return f"{drawn} of {n_states:,} situations are drawn, one point each"


def _adds_up(found: Summaries) -> str:
    """Say whether typical order and amounts come to the orders."""
    gap = max(each.additivity_gap for each in found.values())
    if gap < _SAME:
        return "typical order and amounts add up to every order"
    return f"typical order and amounts miss an order by {gap:.2g} units at most"


def _one_summary(found: DriverSummary, name: str, at: tuple[int, float]) -> None:
    """Draw one policy's drivers, at a place and on a scale."""
    place, reach = at
    st.markdown(f"**{escaped(name)}**")
    told = summary_words(found, name)
    st.markdown(escaped(told))
    if found.mean_sizes.any():
        charts.show(
            policy_map_charts.driver_points(found, reach), f"policy_map.drivers.{place}", told
        )
        if still_words(found):
            st.caption(still_words(found))


def table_of(found: DriverSummary) -> pd.DataFrame:
    """Return mean size and spread of every group's amounts, the largest first."""
    low, high = (pd.DataFrame(found.amounts).quantile(point) for point in (0.1, 0.9))
    rows = [
        {
            "What moves the order": GROUPS[place].label,
            "Mean size": round(float(found.mean_sizes[place]), 3),
            "Lowest 10 %": round(float(low[place]), 3),
            "Highest 10 %": round(float(high[place]), 3),
        }
        for place in found.ranking
    ]
    return pd.DataFrame(rows)


def _all_items(found: Summaries | None) -> None:
    """Draw the button that works all items out, or how far that is."""
    error = st.session_state.pop(_FAILED, None)
    if error is not None:
        frame.show_error(error)
    job = drivers_job(state.store())
    if job is not None and not job.status.is_over:
        watch = job_watch.Watch(
            lambda: drivers_job(state.store()), _keep_failure, "policy_map.stop"
        )
        job_watch.progress(watch)
    elif found is None:
        st.markdown("Not worked out yet for this plan. It takes about a second an item.")
        if job is not None and job.error:
            st.error(escaped(job.error), icon=":material/error:")
        st.button(
            "Work it out", type="primary", icon=":material/play_arrow:", on_click=_start_drivers
        )


def _start_drivers() -> None:
    try:
        start_drivers(state.store())
    except PlannerError as error:
        _keep_failure(error)


def _keep_failure(error: PlannerError) -> None:
    st.session_state[_FAILED] = error


def differences(assortment: Assortment, ordering: Ordering, key: ItemKey) -> None:
    """Tell where agent and rule differ most on the way of the item, and what that is worth."""
    visits = visits_to(key)
    found = differences_of(visits)
    if found is None:
        st.markdown("There is nothing to hold the rule against.")
        return
    names = names_of(ordering)
    pair = names[visits.in_use[0]], names[visits.in_use[1]]
    st.markdown(
        f"**{escaped(pair[0])} decides here. In {words.percent(found.share_equal, 0)} of "
        f"{found.n_states:,} chances to order, {escaped(pair[1])} would order the same; on "
        f"average they are {words.units(round(found.mean_size, 1))} units apart.**"
    )
    if not found.places:
        return
    worth = kept_worth(state.store(), assortment, key)
    period = assortment.data.period
    st.markdown("Where they differ most:")
    for number, place in enumerate(found.places):
        told = escaped(place.words(*pair))
        if worth is not None:
            told += f"  \n  :gray[{escaped(worth_words(worth.apart[number], pair, period))}]"
        st.markdown(f"- {told}")
    if worth is None:
        asked = st.button(
            "Work out what that is worth",
            type="primary",
            icon=":material/payments:",
            help="Plays a year 1,000 times with either order in these situations; some seconds.",
        )
        if asked:
            with st.spinner("Playing a year 1,000 times …"):
                worth_of(state.store(), assortment, ordering, key)
            st.rerun()
    else:
        _worth(worth, pair, period)
    st.caption(
        "Chances to order are those of a year under the policy that decides, each as often as the "
        "item comes to it. Quantities are means over the situations named."
    )


def _worth(worth: Worth, pair: tuple[str, str], period: Period) -> None:
    """Draw what the differences are worth, all situations together."""
    with st.container(border=True):
        told = worth_words(worth.together, pair, period)
        st.markdown(f"#### {escaped('All these situations together: ' + told)}")
        components.verdict_badge(worth.together.outcome, _BADGES[worth.together.outcome.value])
        st.caption(
            f"Mean over a year and {worth.together.n_pairs:,} futures, the same for both, with the "
            f"95 % interval. {escaped(pair[0])} decides everywhere else; all its orders together "
            f"cost {words.money(period.per_year * worth.together.reference_cost)} a year."
        )


_BADGES = {
    "better": "the other order is cheaper",
    "worse": "the other order is dearer",
    "cannot tell": "cannot tell",
}


def visits_to(key: ItemKey) -> Visits:
    """Return the situations that an item comes to; played once per plan."""
    return _visits(*state.of_plan(key))


@st.cache_resource(max_entries=50, show_spinner="Playing a year …")
def _visits(home: str, fingerprint: str, label: str) -> Visits:
    problems, plan = state.assortment(), state.ordering()
    assert problems is not None and plan is not None
    return visits_of(problems, plan, ItemKey.parse(label))


def drivers_of_item(key: ItemKey) -> Summaries:
    """Return what drives an item's orders; worked out once per plan."""
    return _drivers(*state.of_plan(key))


@st.cache_resource(max_entries=50, show_spinner="Taking 512 orders apart …")
def _drivers(home: str, fingerprint: str, label: str) -> Summaries:
    return drivers_of(visits_to(ItemKey.parse(label)))


VIEWS: dict[str, tuple[str, Callable[[Assortment, Ordering, ItemKey], None]]] = {
    "map": ("The map", the_map),
    "drivers": ("What drives it", drivers),
    "differences": ("Where they differ", differences),
}
