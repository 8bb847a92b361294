"""Cards of the agents: what each was trained for, whether to trust it here, and what to do."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.domain import Outcome, PlannerError
from core.services import agent_cards as known
from core.services.agents import agent_file, agent_file_name, delete_agent, rename_agent, use_agent
from core.services.ordering import AGENT, AUTO, policy_in_use
from core.store import AgentRecord
from core.ui import frame, state, words
from core.ui.words import escaped

_DONE, _FAILED = "agent.done", "agent.failed"
_MANY = 8


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


def in_use(cards: tuple[known.AgentCard, ...]) -> None:
    """Say who decides now."""
    mode, active = policy_in_use(state.store()), next((c for c in cards if c.record.active), None)
    if mode not in (AUTO, AGENT):
        st.info(
            "A rule decides for every item now, as you chose on the Policies page; no agent does.",
            icon=":material/balance:",
        )
        st.page_link(frame.POLICIES_PAGE, label="Change that", icon=":material/arrow_forward:")
    elif active is None:
        st.markdown("**(s, S) decides for every item.** It works without an agent.")
    else:
        st.markdown(f"In use: **{escaped(active.record.name)}**. {_reach(active)}")


def _reach(card: known.AgentCard) -> str:
    """Say for how many items the agent in use decides."""
    if policy_in_use(state.store()) == AGENT:
        return "It decides for every item, as you chose on the Policies page."
    if card.suits_none:
        return "It suits none of today's items, so (s, S) decides for every one."
    if card.score is None:
        return "It was not compared on today's items yet: until it is, (s, S) decides."
    n, n_items = card.score.n_used, card.n_items
    if n == 0:
        return "It is proved better on no item, so (s, S) decides for every one."
    rest = "" if n == n_items else f"; (s, S) decides for the other {n_items - n}"
    return (
        f"It decides for {n} of {words.plural(n_items, 'item')}, where it is proved better{rest}."
    )


def show_cards(cards: tuple[known.AgentCard, ...]) -> None:
    """Draw every agent."""
    for card in cards:
        with st.container(border=True):
            _title(card)
            if card.problem:
                st.error(card.problem, icon=":material/error:")
            else:
                _numbers(card)
                _trust(card)
            _actions(card)


def _title(card: known.AgentCard) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {escaped(card.record.name)}", width="content")
        if card.record.active:
            st.badge("In use", icon=":material/check:", color="green")
        if card.is_worse:
            st.badge("Dearer than (s, S)", icon=":material/trending_up:", color="red")
        if card.suits_none:
            st.badge("Not for your items", icon=":material/block:", color="orange")
    st.caption(_origin(card))


def _origin(card: known.AgentCard) -> str:
    about, record = card.record.summary, card.record
    kept = "brought in" if "uploaded" in about else "trained"
    parts = [card.algorithm, f"{kept} {words.moment(record.created_at)}"]
    seconds = about.get("seconds")
    if isinstance(seconds, int | float) and seconds > 0:
        parts.append(f"learned for {words.duration(seconds)}")
    parts.append(f"on {words.plural(int(about.get('n_items', 0)), 'item')}")
    if about.get("as_of"):
        sample = " of the sample" if about.get("is_sample") else ""
        parts.append(f"sales{sample} to {about['as_of']}")
    parts.append(f"data {str(about.get('data_sha256') or '?')[:8]}")
    return escaped(" · ".join(parts))


def _numbers(card: known.AgentCard) -> None:
    score = card.score
    with st.container(horizontal=True):
        st.metric(
            "Cost, validation",
            words.NOTHING if card.ratio is None else words.percent(card.ratio - 1, signed=True),
            help="Against (s, S), on futures that the training looked at to choose its best agent: "
            "mean over the items it learned; below 0 is cheaper.",
            width=150,
        )
        st.metric(
            "Cost, test futures",
            words.NOTHING
            if score is None
            else words.percent(score.overall.percent / 100, signed=True),
            help="Against (s, S), over all items of today, on futures that nothing was learned or "
            "chosen on; below 0 is cheaper."
            if score
            else "Not compared on today's items yet.",
            width=150,
        )
        st.metric(
            "Valid today",
            f"{card.n_valid} / {card.n_items}",
            help="Items that stand as they did in training: same costs, rules and lead time, "
            "much the same demand.",
            width=120,
        )
    if score is not None:
        st.markdown(_verdict(score))


def against(ratio: float | None) -> str:
    """Say what a cost against (s, S) means: "2.7% cheaper"."""
    if ratio is None:
        return words.NOTHING
    if abs(ratio - 1) < 0.0005:
        return "the same"
    return f"{words.percent(abs(ratio - 1))} {'cheaper' if ratio < 1 else 'dearer'}"


def _verdict(score: known.Score) -> str:
    sure = {
        Outcome.BETTER: "cheaper than (s, S) beyond noise",
        Outcome.WORSE: "dearer than (s, S) beyond noise",
        Outcome.CANNOT_TELL: "not to be told apart from (s, S)",
    }[score.overall.outcome]
    text = (
        f"On {score.n_paths} test futures an item, over all items {sure}: better on "
        f"**{score.better}**, worse on **{score.worse}**, cannot tell on {score.cannot_tell}."
    )
    if score.losing:
        more = f" and {len(score.losing) - 5} more" if len(score.losing) > 5 else ""
        text += f" It loses most on {escaped(', '.join(score.losing[:5]))}{more}."
    return text


def _trust(card: known.AgentCard) -> None:
    """Say whether it can be trusted here, and where not."""
    if card.is_worse:
        st.markdown(
            ":material/warning: It costs more than (s, S), so it is not offered for use."
            + (" In use, it would decide only where it is proved better." if card.score else "")
        )
    if not card.doubts:
        return
    n = sum(len(doubt.items) for doubt in card.doubts)
    with st.expander(f"Not valid for {words.plural(n, 'item')}: (s, S) decides there"):
        for doubt in card.doubts:
            names = ", ".join(key.label for key in doubt.items[:_MANY])
            more = f" and {len(doubt.items) - _MANY} more" if len(doubt.items) > _MANY else ""
            st.markdown(
                f"**{words.plural(len(doubt.items), 'item')}: {doubt.words}** – "
                f"{escaped(names)}{more}.  \n{escaped(doubt.example)}"
            )


def _actions(card: known.AgentCard) -> None:
    record = card.record
    with st.container(horizontal=True, vertical_alignment="center"):
        use_button(card)
        with st.popover("More", icon=":material/more_horiz:", key=f"_agent.more.{record.id}"):
            _take_away(card)
            _rename(record)
            _delete(record)
        if not card.problem:
            label = "Compare it" if card.score is None else "See the comparison"
            st.page_link(frame.POLICIES_PAGE, label=label, icon=":material/balance:")


def _take_away(card: known.AgentCard) -> None:
    record = card.record
    st.download_button(
        "Download",
        lambda: agent_file(state.store(), record),
        file_name=agent_file_name(record),
        mime="application/octet-stream",
        icon=":material/download:",
        on_click="ignore",
        disabled=bool(card.problem),
        help="One file with weights and facts, no code; bring it in on any Quartermaster.",
        key=f"_agent.download.{record.id}",
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
    st.text_input("New name", value=record.name, max_chars=60, key=key)
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
