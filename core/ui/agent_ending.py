"""How a training ended: what it gave, or what can be saved of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.services import agent_cards as known
from core.services.assortment import Assortment
from core.services.training_watch import (
    Training,
    learning_curve,
    put_away,
    rescue_agent,
    train_again,
)
from core.store import JobStatus
from core.ui import agent_actions, state, words
from core.ui.agent_curve import against, show_curve
from core.ui.words import escaped


def show(now: Training, assortment: Assortment) -> None:
    """Say how it ended and what can be done about it."""
    (_gone if now.is_agent_gone else _ENDINGS[now.job.status])(now, assortment)
    curve = learning_curve(state.store(), now.job.id)
    if len(curve.ratio) > 1:
        with st.expander("How it learned"):
            show_curve(curve, now.job.id)


def _gone(now: Training, assortment: Assortment) -> None:
    st.info(f"The training of {escaped(now.name)} ended, but its agent is no longer there.")
    _after(now)


def _ended_well(now: Training, assortment: Assortment) -> None:
    assert now.agent is not None
    card = known.agent_card(state.store(), assortment, now.agent)
    title = escaped(now.agent.name)
    how = _HOW.get(now.job.status, "is kept")
    st.subheader(f"{title} {how}", anchor=False)
    st.markdown(_result(card, now))
    st.caption(_time(now))
    with st.container(horizontal=True, vertical_alignment="center"):
        agent_actions.use_button(card, "ending", primary=not card.is_worse)
        _after(now)


def _time(now: Training) -> str:
    """Say how long it took, and how much of that was learning."""
    learned = (now.agent.summary if now.agent else {}).get("seconds")
    whole = f"It took {words.duration(now.elapsed_s)}"
    if not isinstance(learned, int | float) or learned <= 0:
        return f"{whole}."
    return f"{whole}: {words.duration(learned)} of learning, the rest to read, prepare and compare."


def _result(card: known.AgentCard, now: Training) -> str:
    """Say what the agent is worth, in one or two sentences."""
    text = "On futures that it did not learn from, "
    if card.score is not None:
        score = card.score
        text += (
            f"it is {against(1 + score.overall.percent / 100)} over "
            f"{words.plural(score.n_items, 'item')}: better on {score.better}, worse on "
            f"{score.worse}, cannot tell on {score.cannot_tell}."
        )
    else:
        text += f"it is {against(card.ratio)}."
        text += " It was not compared item by item yet; do that on the Policies page."
    if card.is_worse and card.record.active:
        text += " **That is more than (s, S) costs; it is in use all the same, as you chose.**"
    elif card.is_worse:
        text += " **That is more than (s, S) costs, so it is not offered for use.**"
        text += " A longer training may help."
    elif card.record.active:
        text += " It is in use now."
    why_not = (now.job.result or {}).get("not_compared")
    return text + (f" {escaped(str(why_not))}" if why_not else "")


def _cancelled(now: Training, assortment: Assortment) -> None:
    if now.agent is not None:
        _ended_well(now, assortment)
        return
    kept = "Its best so far can still be kept." if now.can_rescue else "There was nothing to keep."
    st.info(f"The training of {escaped(now.name)} was cancelled. {kept}", icon=":material/block:")
    _mend(now)


def _broken(now: Training, assortment: Assortment) -> None:
    if now.agent is not None:
        st.warning(
            "The training's process was ended while the agent was being compared; the agent "
            "itself is kept.",
            icon=":material/warning:",
        )
        _ended_well(now, assortment)
        return
    st.error(
        f"The training of {escaped(now.name)} broke off. {escaped(now.job.error)}",
        icon=":material/error:",
    )
    if now.can_rescue:
        st.markdown(
            f"Its best until then is saved: {against(now.best_ratio)} on validation futures."
        )
    _mend(now)


def _mend(now: Training) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if now.can_rescue:
            st.button(
                "Keep the best so far",
                type="primary",
                icon=":material/health_and_safety:",
                on_click=_rescue,
                args=(now.job.id,),
                key="_agent.rescue",
            )
        st.button(
            "Train again",
            icon=":material/replay:",
            on_click=_again,
            args=(now.job.id,),
            key="_agent.again",
        )
        _after(now)


def _after(now: Training) -> None:
    st.button(
        "Put away",
        type="tertiary",
        help="Does not show the end of this training any more; agents stay.",
        on_click=_put_away,
        args=(now.job.id,),
        key="_agent.away",
    )


_HOW = {
    JobStatus.DONE: "is trained",
    JobStatus.CANCELLED: "was stopped; the best so far is kept",
}
_ENDINGS: dict[JobStatus, Callable[[Training, Assortment], None]] = {
    JobStatus.DONE: _ended_well,
    JobStatus.CANCELLED: _cancelled,
    JobStatus.FAILED: _broken,
    JobStatus.LOST: _broken,
}


def _again(job_id: int) -> None:
    def work() -> str:
        train_again(state.store(), job_id)
        return ""

    agent_actions.attempt(work)


def _rescue(job_id: int) -> None:
    def work() -> str:
        record = rescue_agent(state.store(), job_id)
        return f"**{escaped(record.name)}** is kept: the best of the training that broke off."

    agent_actions.attempt(work)


def _put_away(job_id: int) -> None:
    def work() -> str:
        put_away(state.store(), job_id)
        return ""

    agent_actions.attempt(work)
