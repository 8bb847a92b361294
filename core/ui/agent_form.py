"""Start a training, or bring an agent in from a file."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.agents.config import ALGORITHM_LABELS, PRESETS, TrainingConfig
from core.domain import ParameterError
from core.services.agents import upload_agent
from core.services.assortment import Assortment
from core.services.comparing_job import expected_seconds
from core.services.training import TrainingRequest, start_training
from core.ui import agent_actions, state, words
from core.ui.words import escaped

_KEY = "keep.agent"
_ALL, _SOME = "All items", "Some items"
MAX_FILE_MB = 64
_PRESET_LABELS = {name: f"{name.capitalize()} {PRESETS[name] / 60:.0f} min" for name in PRESETS}

# Setting, its words, its help, and the step of its input.
_Setting = tuple[str, str, str, float]
_SETTINGS: tuple[_Setting, ...] = (
    ("time_limit_s", "Time limit, seconds", "The best agent so far is handed over then.", 10.0),
    ("seed", "Seed", "The same seed and settings start the same training.", 1),
    (
        "n_envs",
        "Futures played side by side",
        "More is steadier and slower; at least one each.",
        16,
    ),
    ("learning_rate", "Learning rate", "Size of a step at the start; it falls with time.", 0.0005),
    ("gamma", "Discount per period", "Near 1 looks far ahead.", 0.005),
    ("width", "Network width", "Units in each hidden layer.", 16),
    ("depth", "Network depth", "Hidden layers.", 1),
)
_WITHOUT: dict[str, frozenset[str]] = {"q_learning": frozenset({"learning_rate", "width", "depth"})}


def train_form(assortment: Assortment, *, primary: bool) -> None:
    """Draw what can be chosen about a training, and the button that starts it."""
    if not assortment.planned:
        st.info("No item can be planned, so there is nothing to train on. See the Data page.")
        return
    _how(assortment)
    _name()
    may_start = _items(assortment)
    st.checkbox(
        "Learn from the items' own sales, too",
        key=f"{_KEY}.own_sales",
        help="It lives through the real past as well as drawn futures, and follows recent sales "
        "when it orders: for demand whose level changes.",
    )
    _advanced()
    # What was chosen is read when the button is pressed: what was typed just before counts.
    st.button(
        "Start training",
        type="primary" if primary else "secondary",
        icon=":material/play_arrow:",
        disabled=not may_start,
        on_click=_start,
        key="_agent.start",
    )
    st.caption(
        "It starts from (s, S), learns on simulated futures of your items, and runs in the "
        "background. The last eighth of your sales is held back to judge it."
    )


def _how(assortment: Assortment) -> None:
    st.session_state.setdefault(f"{_KEY}.preset", next(iter(PRESETS)))
    st.segmented_control(
        "How long",
        list(PRESETS),
        format_func=_PRESET_LABELS.__getitem__,
        key=f"{_KEY}.preset",
        required=True,
        help="Learning time alone. Its proof, the comparison with (s, S) item by item, comes on "
        "top.",
    )
    st.caption(_whole_time(assortment))
    st.session_state.setdefault(f"{_KEY}.algorithm", next(iter(ALGORITHM_LABELS)))
    st.selectbox(
        "How it learns",
        list(ALGORITHM_LABELS),
        format_func=ALGORITHM_LABELS.__getitem__,
        key=f"{_KEY}.algorithm",
    )


def _whole_time(assortment: Assortment) -> str:
    """Say how long a training takes with all that belongs to it."""
    learning = PRESETS[str(st.session_state[f"{_KEY}.preset"])]
    # An agent still to be learned has no record: no former comparison is its own.
    proof = expected_seconds(state.store(), assortment, 0)
    minutes = max(round((learning + proof) / 60), 1)
    return (
        f"{learning / 60:.0f} min of learning; about {minutes} min with its proof against "
        "(s, S), longer where the computer is busy."
    )


def _chosen() -> tuple[str, str]:
    """Return preset and algorithm as they stand."""
    now = st.session_state
    return str(now[f"{_KEY}.preset"]), str(now[f"{_KEY}.algorithm"])


def _name() -> None:
    st.text_input("Name", placeholder=_free_name(), max_chars=60, key=f"{_KEY}.name")


def _free_name() -> str:
    preset, algorithm = _chosen()
    first = ALGORITHM_LABELS[algorithm].split(" (")[0]
    return state.store().agents.free_name(f"{first} {preset}")


def _items(assortment: Assortment) -> bool:
    """Draw the choice of items; False where she wants some and has chosen none."""
    labels = [key.label for key in assortment.keys]
    st.session_state.setdefault(f"{_KEY}.which", _ALL)
    which = st.segmented_control(
        "For which items",
        [_ALL, _SOME],
        format_func={_ALL: f"All {len(labels)} that can be planned", _SOME: _SOME}.__getitem__,
        key=f"{_KEY}.which",
        required=True,
    )
    if which == _ALL:
        return True
    _drop_unknown(labels)
    st.multiselect("Items", labels, key=f"{_KEY}.items", placeholder="choose items")
    return bool(_chosen_items())


def _chosen_items() -> tuple[str, ...]:
    """Return the labels chosen; empty for all."""
    if st.session_state.get(f"{_KEY}.which") != _SOME:
        return ()
    return tuple(st.session_state.get(f"{_KEY}.items") or ())


def _drop_unknown(labels: list[str]) -> None:
    """Forget chosen items that the data no longer has."""
    kept = st.session_state.get(f"{_KEY}.items")
    if kept:
        st.session_state[f"{_KEY}.items"] = [label for label in kept if label in labels]


def _used_settings(algorithm: str) -> list[_Setting]:
    unused = _WITHOUT.get(algorithm, frozenset())
    return [setting for setting in _SETTINGS if setting[0] not in unused]


def _setting_key(name: str, preset: str, algorithm: str) -> str:
    """Every algorithm has values of its own, and every preset a time limit of its own."""
    return f"{_KEY}.{algorithm}.{preset if name == 'time_limit_s' else ''}.{name}"


def _advanced() -> None:
    """Draw the settings; those the algorithm does not use are left out."""
    preset, algorithm = _chosen()
    usual = TrainingConfig.preset(preset, algorithm)
    with st.expander("Advanced settings"):
        columns = st.columns(2)
        for i, (name, label, help_text, step) in enumerate(_used_settings(algorithm)):
            kind = type(getattr(usual, name))
            key = _setting_key(name, preset, algorithm)
            if st.session_state.get(key) is None:
                st.session_state[key] = getattr(usual, name)
            columns[i % 2].number_input(
                label,
                value=None,
                step=kind(step),
                format="%d" if kind is int else "%g",
                help=help_text,
                key=key,
            )


def _request() -> TrainingRequest:
    """Read the form as it stands now."""
    preset, algorithm = _chosen()
    items = _chosen_items()
    if st.session_state.get(f"{_KEY}.which") == _SOME and not items:
        raise ParameterError("No item is chosen", remedy="Choose some, or all.")
    changes: dict[str, Any] = {}
    for name, *_ in _used_settings(algorithm):
        value = st.session_state.get(_setting_key(name, preset, algorithm))
        if value is not None:
            changes[name] = value
    config = TrainingConfig.preset(preset, algorithm, **changes)
    typed = str(st.session_state.get(f"{_KEY}.name") or "").strip()
    own_sales = bool(st.session_state.get(f"{_KEY}.own_sales"))
    return TrainingRequest(typed or _free_name(), config, items, own_sales)


def _start() -> None:
    def work() -> str:
        request = _request()
        start_training(state.store(), request)
        st.session_state[f"{_KEY}.name"] = ""
        st.toast(f"The training of {escaped(request.name)} begins: watch it at the top.")
        return ""

    agent_actions.attempt(work)


def upload_form() -> None:
    """Draw the drop zone for an agent file."""
    st.subheader("Bring one in", anchor=False)
    st.file_uploader(
        "An agent from a file: .safetensors from here, or a Stable-Baselines3 .zip",
        type=["safetensors", "zip"],
        max_upload_size=MAX_FILE_MB,
        key=_uploader(),
        on_change=_upload,
        help=f"Up to {MAX_FILE_MB} MB. From a .zip, the weights of PPO, A2C, DQN and SAC with an "
        "MlpPolicy are read.",
    )
    st.caption(
        ":material/shield: Nothing in a file is ever run: only numbers and text are read, and a "
        "file with anything else is refused. An agent made for other items or costs says so here."
    )


def _uploader() -> str:
    return f"_agent.upload.{st.session_state.get('agent.round', 0)}"


def _upload() -> None:
    dropped = st.session_state.get(_uploader())
    assortment = state.assortment()
    if dropped is None or assortment is None:
        return
    st.session_state["agent.round"] = st.session_state.get("agent.round", 0) + 1

    def work() -> str:
        record = upload_agent(state.store(), assortment, dropped.name, dropped.getvalue())
        size = words.units(round(dropped.size / 1024)) + " KB"
        return f"**{escaped(record.name)}** is kept ({size}). Look at its card before you use it."

    agent_actions.attempt(work)
