"""What a planner turns most, on the card itself: demand, lead time, and what a stock-out costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from core.domain import Period, PlannerError
from core.services.what_if_scenario import Scenario, automatic_name, ready_made
from core.ui import frame

Keep = Callable[[int, Scenario], None]

_LEAD_TIME = {Period.DAY: (-10.0, 30.0), Period.WEEK: (-4.0, 8.0), Period.MONTH: (-2.0, 4.0)}
_ERROR = "what_if.slider"


@dataclass(frozen=True, slots=True)
class Slider:
    """One slider.

    Args:
        field: What of the scenario it moves.
        label: For the screen.
        low, high, step: Of what is shown.
        shown: From the field's value to what is shown.
        meant: The way back.
        format: How what is shown is written.
        help: What it does.
    """

    field: str
    label: str
    low: float
    high: float
    step: float
    shown: Callable[[float], float] = float
    meant: Callable[[float], float] = float
    format: str = "%+g"
    help: str | None = None


def _percent_of(factor: float) -> float:
    return round(100 * (factor - 1), 6)


def _factor_of(percent: float) -> float:
    return round(1 + percent / 100, 9)


def _sliders_of(scenario: Scenario, period: Period) -> tuple[Slider, ...]:
    """Return the sliders of a card; a scenario with a target has its target to move."""
    low, high = _LEAD_TIME[period]
    dear = Slider(
        "stockout_factor", "Stock-out cost, %", -50, 200, 10, _percent_of, _factor_of, "%+g %%"
    )
    target = Slider(
        "target_service",
        "Target service, %",
        80,
        99.5,
        0.5,
        lambda share: round(100 * share, 6),
        lambda percent: round(percent / 100, 9),
        "%g %%",
        "Sets the stock-out cost p so that p / (p + h) is this share.",
    )
    return (
        Slider("demand_factor", "Demand, %", -50, 100, 5, _percent_of, _factor_of, "%+g %%"),
        Slider("lead_time_change", f"Lead time, {period.value}s", low, high, 1),
        target if scenario.target_service else dear,
    )


def sliders(number: int, scenario: Scenario, period: Period, keep: Keep) -> None:
    """Draw a card's sliders; the answer below follows each."""
    error = st.session_state.pop(f"{_ERROR}.{number}", None)
    if isinstance(error, PlannerError):
        frame.show_error(error)
    for slider in _sliders_of(scenario, period):
        now = float(slider.shown(getattr(scenario, slider.field)))
        key = f"what_if.slide.{number}.{slider.field}"
        # The card may have been changed elsewhere: the slider shows what is kept.
        st.session_state[key] = now
        st.slider(
            slider.label,
            min_value=float(min(slider.low, now)),
            max_value=float(max(slider.high, now)),
            step=float(slider.step),
            format=slider.format,
            key=key,
            help=slider.help,
            on_change=_slid,
            args=(number, scenario, slider, period, keep),
        )


def _slid(number: int, scenario: Scenario, slider: Slider, period: Period, keep: Keep) -> None:
    value = float(st.session_state[f"what_if.slide.{number}.{slider.field}"])
    changed: dict[str, float] = {slider.field: slider.meant(value)}
    moved = replace(scenario, **changed)  # type: ignore[arg-type]
    try:
        keep(number, replace(moved, name=_name(scenario, moved, period)))
    except PlannerError as error:
        st.session_state[f"{_ERROR}.{number}"] = error


def _name(before: Scenario, after: Scenario, period: Period) -> str:
    """Return the name: one that said what changed says it still, her own stays."""
    ready = {one.name for one in ready_made(period)}
    is_told = before.name in ready or before.name.split(" (")[0] == automatic_name(before, period)
    return automatic_name(after, period) if is_told else before.name
