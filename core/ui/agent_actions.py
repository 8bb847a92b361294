"""What can be done with an agent: use it, take it away, rename it, delete it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.domain import PlannerError
from core.services import agent_cards as known
from core.services.agents import (
    agent_file,
    agent_file_name,
    delete_agent,
    rename_agent,
    use_agent,
)
from core.services.shipped import keep_shipped, misses_shipped
from core.services.training import FINE_TUNING_S, start_fine_tuning
from core.store import AgentRecord
from core.ui import downloads, frame, state, words
from core.ui.words import escaped

_DONE, _FAILED = "agent.done", "agent.failed"


def told() -> None:
    """Say once what the last press of a button did, or why it did nothing."""
    done, failed = st.session_state.pop(_DONE, None), st.session_state.pop(_FAILED, None)
    if done:
        st.success(done, icon=":material/check_circle:")
    if isinstance(failed, PlannerError):
        frame.show_error(failed)


def attempt(work: Callable[[], str]) -> None:
    """Do what a button asks for; keep the sentence about it, or the error, for the next run."""
    try:
        st.session_state[_DONE] = work()
    except PlannerError as error:
        st.session_state[_FAILED] = error


def actions(card: known.AgentCard) -> None:
    """Draw the row of buttons under a card."""
    record = card.record
    with st.container(horizontal=True, vertical_alignment="center"):
        use_button(card)
        if card.is_general:
            _fine_tune(card)
        with st.popover("More", icon=":material/more_horiz:", key=f"_agent.more.{record.id}"):
            if not card.problem:
                label = "Compare it" if card.score is None else "See the comparison"
                st.page_link(frame.POLICIES_PAGE, label=label, icon=":material/balance:")
            _take_away(card)
            _rename(record)
            _delete(record)


def _take_away(card: known.AgentCard) -> None:
    record = card.record
    store = state.store()
    downloads.button(
        "Download",
        lambda: agent_file(store, record),
        agent_file_name(record),
        mime="application/octet-stream",
        disabled=bool(card.problem),
        help="One file with weights and facts, no code; bring it in on any Quartermaster.",
        key=f"_agent.download.{record.id}",
    )


def _fine_tune(card: known.AgentCard) -> None:
    record = card.record
    st.button(
        "Fine-tune on my items",
        icon=":material/tune:",
        disabled=card.suits_none,
        help=f"Goes on learning for {words.duration(FINE_TUNING_S)} on futures of your own items, "
        "and keeps the result as an agent of its own.",
        on_click=_start_fine_tuning,
        args=(record,),
        key=f"_agent.tune.{record.id}",
    )


def bring_back() -> None:
    """Offer the agent that comes with the program where it is not kept."""
    if misses_shipped(state.store()):
        st.button(
            "Bring in the generalist",
            icon=":material/add:",
            help="The agent that comes with the program, made for all items within its ranges.",
            on_click=_bring_back,
            key="_agent.bring_back",
        )


def use_button(card: known.AgentCard, place: str = "card", *, primary: bool = False) -> None:
    """Draw the button that puts an agent in use, or lets (s, S) decide again."""
    record = card.record
    if record.active:
        st.button(
            "Stop using it",
            icon=":material/block:",
            help="(s, S) works without an agent.",
            on_click=_stop_using,
            args=(record,),
            key=f"_agent.stop.{place}.{record.id}",
        )
        return
    label = "Use it all the same" if card.is_worse else "Use this agent"
    st.button(
        label,
        type="primary" if primary else "secondary",
        icon=":material/check:",
        disabled=card.suits_none,
        help="It suits none of today's items." if card.suits_none else None,
        on_click=_use,
        args=(record,),
        key=f"_agent.use.{place}.{record.id}",
    )


def _rename(record: AgentRecord) -> None:
    key = f"_agent.name.{record.id}.{record.name}"
    # Without a limit of its own: a name that is too long is refused in words.
    st.text_input("New name", value=record.name, key=key)
    st.button(
        "Rename",
        icon=":material/edit:",
        on_click=_do_rename,
        args=(record, key),
        key=f"_agent.rename.{record.id}",
    )


def _delete(record: AgentRecord) -> None:
    after = " It is in use: (s, S) decides from then on." if record.active else ""
    sure = st.checkbox(
        f"Delete {escaped(record.name)} for good",
        help=f"Download it first to be able to bring it back.{after}",
        key=f"_agent.sure.{record.id}",
    )
    st.button(
        "Delete",
        icon=":material/delete:",
        disabled=not sure,
        on_click=_do_delete,
        args=(record,),
        key=f"_agent.delete.{record.id}",
    )


def _use(record: AgentRecord) -> None:
    def work() -> str:
        use_agent(state.store(), record.id)
        return f"**{escaped(record.name)}** is in use: it decides where it is proved better."

    attempt(work)


def _start_fine_tuning(record: AgentRecord) -> None:
    def work() -> str:
        start_fine_tuning(state.store(), record)
        return "The fine-tuning begins: watch it at the top."

    attempt(work)


def _bring_back() -> None:
    def work() -> str:
        record = keep_shipped(state.store())
        return f"**{escaped(record.name)}** is kept." if record else "There is none."

    attempt(work)


def _stop_using(record: AgentRecord) -> None:
    def work() -> str:
        active = state.store().agents.active()
        if active is not None and active.id == record.id:
            use_agent(state.store(), None)
        return "(s, S) decides for every item now. It works without an agent."

    attempt(work)


def _do_rename(record: AgentRecord, key: str) -> None:
    def work() -> str:
        new = rename_agent(state.store(), record, str(st.session_state.get(key, "")))
        return f"**{escaped(record.name)}** is called **{escaped(new.name)}** now."

    attempt(work)


def _do_delete(record: AgentRecord) -> None:
    def work() -> str:
        delete_agent(state.store(), record)
        after = " (s, S) decides for every item now." if record.active else ""
        return f"**{escaped(record.name)}** is deleted.{after}"

    attempt(work)
