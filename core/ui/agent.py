"""Cards of the agents: what each was trained for, and whether to trust it here."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core.domain import Outcome
from core.services import agent_cards as known
from core.services.ordering import AGENT, AUTO, policy_in_use
from core.store import AgentRecord
from core.ui import agent_actions, frame, state, words
from core.ui.words import escaped

_MANY = 8


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
        return (
            "No item passes both tests yet (test futures beyond luck, held-out sales), so (s, S) "
            "decides for every one."
        )
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
            agent_actions.actions(card)


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
    if card.is_general:
        source = "came with the program" if about.get("is_shipped") else f"{kept}"
        return escaped(f"{card.algorithm} · {source} · made for all items within its ranges")
    parts = [card.algorithm, f"{kept} {words.moment(_when(record))}"]
    parts.append(f"on {words.plural(int(about.get('n_items', 0)), 'item')}")
    return escaped(" · ".join(parts))


def _when(record: AgentRecord) -> datetime:
    """Return when an agent learned: one that was kept later learned before that."""
    told = record.summary.get("trained_at")
    return datetime.fromisoformat(told) if isinstance(told, str) else record.created_at


def _making(card: known.AgentCard) -> str:
    """Say what is asked for more rarely: how long it learned, and on which data."""
    about = card.record.summary
    seconds = about.get("seconds")
    has_learned = isinstance(seconds, int | float) and seconds > 0
    parts = [f"{words.duration(seconds)} of learning"] if has_learned else []
    if about.get("as_of"):
        sample = " of the sample" if about.get("is_sample") else ""
        parts.append(f"sales{sample} to {about['as_of']}")
    parts.append(f"data {str(about.get('data_sha256') or '?')[:8]}")
    return escaped(" · ".join(parts))


def _numbers(card: known.AgentCard) -> None:
    """Draw three figures on one line, a phone's width wide."""
    score = card.score
    with st.container(horizontal=True, gap="medium"):
        _figure(
            "Cost, validation",
            words.NOTHING if card.ratio is None else words.percent(card.ratio - 1, signed=True),
            "Against a quickly searched (s, S), on drawn items that it did not learn from: mean "
            "over them; below 0 is cheaper."
            if card.is_general
            else "Against (s, S), on futures that the training looked at to choose its best "
            "agent: mean over the items it learned; below 0 is cheaper.",
        )
        _figure(
            "Cost, test futures",
            words.NOTHING
            if score is None
            else words.percent(score.overall.percent / 100, signed=True),
            "Against (s, S), over the items it is valid for, on futures that nothing was "
            "learned or chosen on; below 0 is cheaper."
            if score
            else "Not compared on today's items yet.",
        )
        _figure(
            "Valid today",
            f"{card.n_valid} / {card.n_items}",
            "Items within the ranges it was made for."
            if card.is_general
            else "Items that stand as they did in training: same costs, rules and lead time, "
            "much the same demand.",
        )


def _figure(label: str, figure: str, meaning: str) -> None:
    st.markdown(f":gray[:small[{label}]]  \n**{figure}**", help=meaning, width="content")


def _verdict(score: known.Score) -> str:
    sure = {
        Outcome.BETTER: "cheaper than (s, S) beyond noise",
        Outcome.WORSE: "dearer than (s, S) beyond noise",
        Outcome.CANNOT_TELL: "not to be told apart from (s, S)",
    }[score.overall.outcome]
    text = (
        f"On {score.n_paths} test futures for each valid item: {sure} over all "
        f"{score.n_items}, better on **{score.better}**, worse on **{score.worse}**, cannot tell "
        f"on {score.cannot_tell}."
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
    if card.idle[0]:
        st.markdown(f":material/info: {_idle_words(card)}")
    with st.expander(_trust_words(card)):
        if card.score is not None:
            st.markdown(_verdict(card.score))
        for doubt in card.doubts:
            names = ", ".join(key.label for key in doubt.items[:_MANY])
            more = f" and {len(doubt.items) - _MANY} more" if len(doubt.items) > _MANY else ""
            st.markdown(
                f"**{words.plural(len(doubt.items), 'item')}: {doubt.words}** – "
                f"{escaped(names)}{more}.  \n{escaped(doubt.example)}"
            )
        st.caption(_making(card))


def _idle_words(card: known.AgentCard) -> str:
    """Say for how many items what it learned changes nothing."""
    n_idle, n_played = card.idle
    where = f"{n_idle} of the {words.plural(n_played, 'item')} that were played"
    if card.adds_nothing:
        where = "any item" if n_played == 1 else f"any of the {n_played} items that were played"
    return (
        f"What it learned changes no order for {where}: it orders there as its own (s, S), which "
        "is the plan's or was found by a quicker search."
    )


def _trust_words(card: known.AgentCard) -> str:
    """Say the most important thing about an agent's fit in one line."""
    if not card.doubts:
        return "How it did, and on what" if card.score else "How it was made"
    n = sum(len(doubt.items) for doubt in card.doubts)
    why = card.doubts[0].words if len(card.doubts) == 1 else "for several reasons"
    return f"Not valid for {words.plural(n, 'item')} ({why}): (s, S) decides there"
