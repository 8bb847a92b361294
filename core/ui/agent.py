"""Cards of the agents: what each was trained for, and whether to trust it here."""

from __future__ import annotations

import streamlit as st

from core.domain import Outcome
from core.services import agent_cards as known
from core.services.ordering import AGENT, AUTO, policy_in_use
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
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Cost, validation",
            words.NOTHING if card.ratio is None else words.percent(card.ratio - 1, signed=True),
            help="Against (s, S), on futures that the training looked at to choose its best agent: "
            "mean over the items it learned; below 0 is cheaper.",
            width="content",
        )
        st.metric(
            "Cost, test futures",
            words.NOTHING
            if score is None
            else words.percent(score.overall.percent / 100, signed=True),
            help="Against (s, S), over the items it is valid for, on futures that nothing was "
            "learned or chosen on; below 0 is cheaper."
            if score
            else "Not compared on today's items yet.",
            width="content",
        )
        st.metric(
            "Valid today",
            f"{card.n_valid} / {card.n_items}",
            help="Items that stand as they did in training: same costs, rules and lead time, "
            "much the same demand.",
            width="content",
        )
    if score is not None:
        st.markdown(_verdict(score))


def against(ratio: float | None) -> str:
    """Say what a cost against (s, S) means: "2.7% cheaper than (s, S)"."""
    if ratio is None:
        return "not measured against (s, S)"
    if abs(ratio - 1) < 0.0005:
        return "as dear as (s, S)"
    return f"{words.percent(abs(ratio - 1))} {'cheaper' if ratio < 1 else 'dearer'} than (s, S)"


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
    if not card.doubts:
        return
    n = sum(len(doubt.items) for doubt in card.doubts)
    why = card.doubts[0].words if len(card.doubts) == 1 else "for several reasons"
    with st.expander(f"Not valid for {words.plural(n, 'item')} ({why}): (s, S) decides there"):
        for doubt in card.doubts:
            names = ", ".join(key.label for key in doubt.items[:_MANY])
            more = f" and {len(doubt.items) - _MANY} more" if len(doubt.items) > _MANY else ""
            st.markdown(
                f"**{words.plural(len(doubt.items), 'item')}: {doubt.words}** – "
                f"{escaped(names)}{more}.  \n{escaped(doubt.example)}"
            )
