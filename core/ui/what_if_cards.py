"""Scenario cards: what is assumed, side by side; every change is kept at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.domain import Period, PlannerError
from core.services import what_if_cards as kept
from core.services.currency import money_unit
from core.services.what_if_cards import MAX_CARDS
from core.services.what_if_scenario import WHO, Scenario, ready_made
from core.ui import frame, state, words
from core.ui.what_if_sliders import sliders

PARAMETER = "scenario"
_FAILED, _OPEN = "what_if.failed", "what_if.open"
_WHOLE = ("peak_after", "peak_length", "outage_after", "outage_length")
_OWN = "A scenario of my own"
_TO_CHANGE = Scenario("My scenario", demand_factor=1.1)


def follow_link(period: Period) -> None:
    """Put the scenario named in the link beside the others, once."""
    text = st.query_params.get(PARAMETER)
    if not text:
        return
    # Else a card that was changed or taken away would be back when the page is loaded again.
    del st.query_params[PARAMETER]
    try:
        scenario = kept.from_link(state.store(), text, period)
        _add(scenario)
    except PlannerError as error:
        st.session_state[_FAILED] = error


def told() -> None:
    """Say what went wrong with the last change of a card."""
    error = st.session_state.pop(_FAILED, None)
    if error is not None:
        frame.show_error(error)


def empty_state(period: Period) -> None:
    """Offer scenarios to begin with."""
    with st.container(border=True):
        st.markdown("**Nothing is assumed yet.** Begin with one of these, or with your own:")
        with st.container(horizontal=True):
            for scenario in (*ready_made(period), *_kept_beside(period)):
                st.button(
                    words.escaped(scenario.name),
                    key=f"what_if.start.{scenario.name}",
                    help=scenario.words(period.value, words.escaped(money_unit(state.store()))),
                    on_click=_try,
                    args=(_add, scenario),
                )
            st.button(
                _OWN,
                key="what_if.start.own",
                icon=":material/add:",
                on_click=_try,
                args=(_add_own,),
            )


def cards(scenarios: tuple[Scenario, ...], period: Period, *, one_item: bool) -> None:
    """Draw the base and every scenario with what it changes."""
    places = st.columns(len(scenarios) + 1, gap="small")
    with places[0].container(border=True, height="stretch"):
        st.markdown("**As today**")
        st.caption("Your demand, lead times, costs and rules as they are. The base of every ±.")
        if len(scenarios) < MAX_CARDS:
            _add_box(scenarios, period)
        else:
            st.caption(f"{MAX_CARDS} scenarios are the most: take one away to add another.")
    for number, (place, scenario) in enumerate(zip(places[1:], scenarios, strict=True)):
        with place.container(border=True, height="stretch"):
            _card(number, scenario, period, one_item)
    fresh = st.session_state.pop(_OPEN, None)
    if fresh is not None and fresh < len(scenarios):
        _edit(fresh, scenarios[fresh], period, one_item)


def _card(number: int, scenario: Scenario, period: Period, one_item: bool) -> None:
    st.markdown(f"**{words.escaped(scenario.name)}**")
    st.caption(_sentence(scenario.words(period.value, words.escaped(money_unit(state.store())))))
    sliders(number, scenario, period, _replace)
    with st.container(horizontal=True, gap="small"):
        if st.button("Change", key=f"what_if.change.{number}", icon=":material/edit:"):
            _edit(number, scenario, period, one_item)
        _less(number, "remove", "Take away", ":material/close:", _remove)
        with st.popover("More", icon=":material/more_horiz:"):
            _less(number, "keep", "Keep it under its name", ":material/bookmark:", _keep)
            _less(number, "copy", "Make a copy", ":material/content_copy:", _duplicate)
            st.caption("This link puts the scenario on the page:")
            st.code(_address(scenario), language=None, wrap_lines=True)
    if scenario.name in {one.name for one in kept.saved(state.store())}:
        st.badge("kept", icon=":material/bookmark_added:", color="green")


def _less(number: int, what: str, label: str, icon: str, do: Callable[[int], None]) -> None:
    """Draw a button that is pressed less often."""
    key = f"what_if.{what}.{number}"
    st.button(label, key=key, icon=icon, on_click=_try, args=(do, number))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _add_box(scenarios: tuple[Scenario, ...], period: Period) -> None:
    names = {one.name for one in scenarios}
    known = {one.name: one for one in (*ready_made(period), *_kept_beside(period))}
    options = [name for name in known if name not in names] + [_OWN]
    key = f"what_if.add.{len(scenarios)}"

    def add() -> None:
        name = st.session_state.get(key)
        if name == _OWN:
            _try(_add_own)
        elif name is not None:
            _try(_add, known[name])
        st.session_state[key] = None

    st.selectbox(
        "Add a scenario", options, index=None, key=key, on_change=add,
        placeholder="Add a scenario", label_visibility="collapsed",
    )  # fmt: skip


@st.dialog("Change the scenario", width="large")
def _edit(number: int, scenario: Scenario, period: Period, one_item: bool) -> None:
    periods = f"{period.value}s"
    with st.form(f"what_if.form.{number}", border=False):
        name = st.text_input("Name", scenario.name, max_chars=60)
        left, right = st.columns(2, gap="medium")
        values: dict[str, float] = {}
        inputs = _Inputs(scenario, values)
        with left:
            inputs.percent("demand_factor", "Demand, % more or less")
            inputs.number(
                "season_factor", "Swing of the yearly season, times today's", 0.5, "0 for none."
            )
            inputs.number("lead_time_change", f"Lead time, {periods} more or less")
            inputs.number("lead_time_spread_factor", "Lead time spread, times today's", 0.5)
            st.caption("A passing peak or dip of demand")
            inputs.percent("peak_factor", "Peak, % more or less")
            inputs.whole("peak_after", f"It begins after … {periods}")
            inputs.whole("peak_length", f"It lasts … {periods}; 0: no peak")
            st.caption("A supplier outage: nothing is delivered")
            inputs.whole("outage_after", f"Outage begins after … {periods}")
            inputs.whole("outage_length", f"Outage lasts … {periods}; 0: none")
        with right:
            inputs.service()
            inputs.percent("holding_factor", "Holding cost, % more or less")
            inputs.percent("stockout_factor", "Stock-out cost, % more or less")
            inputs.percent("fixed_factor", "Fixed cost per order, % more or less")
            inputs.number(
                "min_order", "Minimum order, units", help_text="0 leaves every item's own minimum."
            )
            unit = words.escaped(money_unit(state.store()))
            inputs.number("budget", f"Budget for today's orders, {unit}; 0: no limit", 100.0)
            who = inputs.who()
            if one_item:
                st.caption("Your own (s, S) for this item; 0 and 0 to let it be found")
                inputs.number("reorder_point", "Reorder point s, units")
                inputs.number("order_up_to_level", "Order-up-to level S, units")
        if st.form_submit_button("Apply", type="primary", width="stretch"):
            try:
                _replace(number, replace(_changed(scenario, name, values), who=who))
            except PlannerError as error:
                frame.show_error(error)
            else:
                st.rerun()


class _Inputs:
    """Inputs that show a scenario's values and write what is typed into a mapping."""

    def __init__(self, scenario: Scenario, values: dict[str, float]):
        self._scenario, self._values = scenario, values

    def percent(self, field: str, label: str) -> None:
        now = round(100 * (getattr(self._scenario, field) - 1), 6)
        self._values[field] = 1 + st.number_input(label, value=now, step=5.0, format="%g") / 100

    def number(self, field: str, label: str, step: float = 1.0, help_text: str = "") -> None:
        now = float(getattr(self._scenario, field))
        self._values[field] = st.number_input(
            label, value=now, step=step, format="%g", help=help_text or None
        )

    def whole(self, field: str, label: str) -> None:
        now = int(getattr(self._scenario, field))
        self._values[field] = st.number_input(label, value=now, step=1)

    def who(self) -> str:
        return str(
            st.selectbox(
                "Who orders",
                list(WHO),
                index=list(WHO).index(self._scenario.who),
                format_func=lambda who: WHO[who][:1].upper() + WHO[who][1:],
            )
        )

    def service(self) -> None:
        typed = st.number_input(
            "Target service, %",
            value=round(100 * self._scenario.target_service, 6),
            step=1.0,
            format="%g",
            help="Sets the stock-out cost p so that p / (p + h) is this share. 0 leaves it alone.",
        )
        self._values["target_service"] = typed / 100


def _changed(scenario: Scenario, name: str, values: dict[str, float]) -> Scenario:
    whole = {field: int(values.pop(field)) for field in _WHOLE}
    rounded = {field: round(value, 9) for field, value in values.items()}
    numbers = {**rounded, **whole}
    return replace(scenario, name=name.strip(), **numbers)  # type: ignore[arg-type]


def _try(do: Callable[..., None], *args: object) -> None:
    """Do what was asked; an error is shown on the next drawing of the page."""
    try:
        do(*args)
    except PlannerError as error:
        st.session_state[_FAILED] = error


def _add(scenario: Scenario) -> None:
    now = kept.cards(state.store())
    if any(one.changes == scenario.changes and one.name == scenario.name for one in now):
        return
    name = kept.free_name(scenario.name, [one.name for one in now])
    kept.set_cards(state.store(), [*now, replace(scenario, name=name)])


def _add_own() -> None:
    """Add a scenario to be changed, and open its editor."""
    now = kept.cards(state.store())
    name = kept.free_name(_TO_CHANGE.name, [one.name for one in now])
    kept.set_cards(state.store(), [*now, replace(_TO_CHANGE, name=name)])
    st.session_state[_OPEN] = len(now)


def _replace(number: int, scenario: Scenario) -> None:
    now = list(kept.cards(state.store()))
    others = [one.name for place, one in enumerate(now) if place != number]
    now[number] = replace(scenario, name=kept.free_name(scenario.name, others))
    kept.set_cards(state.store(), now)


def _remove(number: int) -> None:
    now = list(kept.cards(state.store()))
    kept.set_cards(state.store(), now[:number] + now[number + 1 :])


def _duplicate(number: int) -> None:
    now = kept.cards(state.store())
    name = kept.free_name(now[number].name, [one.name for one in now])
    kept.set_cards(state.store(), [*now, replace(now[number], name=name)])


def _keep(number: int) -> None:
    scenario = kept.cards(state.store())[number]
    name = words.escaped(scenario.name)
    if scenario.name in {one.name for one in kept.saved(state.store())}:
        st.toast(f"{name} replaces the one kept before.", icon=":material/bookmark:")
    else:
        st.toast(f"{name} is kept.", icon=":material/bookmark:")
    kept.keep(state.store(), scenario)


def _kept_beside(period: Period) -> tuple[Scenario, ...]:
    names = {one.name for one in ready_made(period)}
    return tuple(one for one in kept.saved(state.store()) if one.name not in names)


def _address(scenario: Scenario) -> str:
    from urllib.parse import quote

    base = str(st.context.url or "").split("?")[0]
    return f"{base}?{PARAMETER}={quote(kept.to_link(scenario))}"
