"""How good are these agents? What the page is about, which run is shown, and what it says."""

from __future__ import annotations

import streamlit as st

from core.agents.config import ALGORITHM_LABELS
from core.evaluation import TEXTBOOK_PROBLEMS
from core.services.baselines import BASELINE
from core.services.textbook import (
    BASE_STOCK,
    GENERALIST,
    SAME,
    TRAINED,
    Row,
    Study,
    kept_studies,
)
from core.services.textbook_summary import Standing, n_rule_is_best, standing
from core.ui import charts, state, words

TITLE = "How good are these agents?"
QUESTION = "How near do they come to the best possible orders, where those are known?"
_ABOUT = (
    f"These {len(TEXTBOOK_PROBLEMS)} problems from the literature are small enough that the best "
    "possible orders can be worked out exactly (value iteration); every rule and agent is held "
    "against them by what it costs in the long run, worked out exactly as well (a Markov chain), "
    "so there is no luck in any number here."
)
NAMES = {
    BASE_STOCK: "Base-stock",
    BASELINE: "(s, S)",
    TRAINED: "Agent, trained",
    GENERALIST: "Generalist",
}
MEANINGS = {
    BASE_STOCK: "The best base-stock rule: fill up to one level in every period.",
    BASELINE: "The best (s, S) rule: at or below s, order up to S. The kind of rule that your "
    "items start from.",
    TRAINED: "An agent that learned on this very problem, starting from (s, S).",
    GENERALIST: "The agent that comes with the program, which has never seen this problem.",
}
COLOURS = {
    BASE_STOCK: charts.NEUTRAL,
    BASELINE: charts.RULE,
    TRAINED: charts.AGENT,
    GENERALIST: charts.OTHER,
}
_RUN = "keep.how_good.run"
_LISTED = 3


def about() -> None:
    """Say in one sentence what this is."""
    st.markdown(_ABOUT)


def chosen_study() -> Study | None:
    """Return the run to show; the planner may choose an earlier one. None before the first."""
    known = {study.run_id: study for study in kept_studies(state.store())}
    if not known:
        return None
    newest = max(known)
    # A run that has just ended is shown, whatever was chosen before.
    if st.session_state.get(_RUN) not in known or st.session_state.get("how_good.newest") != newest:
        st.session_state[_RUN] = newest
    st.session_state["how_good.newest"] = newest
    if len(known) == 1:
        return known[newest]
    picked = st.selectbox(
        "Run", list(known), key=_RUN, format_func=lambda run_id: run_words(known[run_id])
    )
    return known[picked]


def run_words(study: Study) -> str:
    """Say how a run was made: "Pathwise, 10 s a problem, seed 0 – 3 Dec 2026 10:04"."""
    asked = study.request
    done = "" if is_whole(study) else f", stopped after {len(study.rows)} of {study.n_problems}"
    return (
        f"{algorithm_name(asked.algorithm)}, {asked.seconds:g} s a problem, seed {asked.seed}"
        f"{done} – {words.moment(study.made_at)}"
    )


def is_whole(study: Study) -> bool:
    """Whether all problems were done."""
    return len(study.rows) == study.n_problems


def algorithm_name(algorithm: str) -> str:
    """Return the short name of a way of learning."""
    return ALGORITHM_LABELS.get(algorithm, algorithm).partition(" (")[0]


def headline(study: Study) -> None:
    """Say how near the agent comes, and where it is worse than (s, S)."""
    rule, agent = standing(study, BASELINE), standing(study, TRAINED)
    assert rule is not None, "the cost of (s, S) is always known"
    with st.container(border=True):
        if agent is None:
            st.markdown("#### :material/help: The agent's cost cannot be told on any problem.")
        else:
            st.markdown(
                f"#### {_icon(agent, rule)} The agent costs {near(agent.mean)} than the best "
                f"possible orders on average; (s, S) {near(rule.mean)}."
            )
            st.markdown(_detail(study, agent))
        general = standing(study, GENERALIST)
        if general is not None:
            st.markdown(_general_detail(general))
        for who in (TRAINED, GENERALIST):
            found = standing(study, who)
            if found is not None and found.dearer:
                st.markdown(f":material/trending_up: {dearer_words(found)}")
    if not is_whole(study):
        st.warning(
            f"This run was stopped after {len(study.rows)} of {study.n_problems} problems.",
            icon=":material/stop:",
        )
    st.caption(f"{run_words(study)}.")


def near(gap: float) -> str:
    """Write a gap in a sentence: "0.08% more", or "not even 0.01% more"."""
    return f"{gap_words(gap)} more" if gap >= SAME else "not even 0.01% more"


def gap_words(gap: float | None) -> str:
    """Write a gap to the optimum."""
    return words.percent(gap, 2)


def _icon(agent: Standing, rule: Standing) -> str:
    return ":material/trending_down:" if agent.mean < rule.mean else ":material/trending_up:"


def _detail(study: Study, agent: Standing) -> str:
    text = (
        f"Over {words.plural(agent.n, 'problem')}, {study.request.seconds:g} s of learning on "
        f"each. Worst: {gap_words(agent.worst)} more ({agent.worst_row.task.words}). Against "
        f"(s, S) it is cheaper on **{len(agent.cheaper)}**, the same on **{len(agent.same)}**, "
        f"dearer on **{len(agent.dearer)}**."
    )
    n = n_rule_is_best(study)
    if n:
        text += (
            f" On {words.plural(n, 'problem')} (s, S) is itself the best possible rule: there an "
            "agent can be as good, never better."
        )
    return text


def _general_detail(found: Standing) -> str:
    return (
        f"The generalist, without any training on these problems, costs {near(found.mean)} than "
        f"the best possible orders on average over {words.plural(found.n, 'problem')} (worst "
        f"{gap_words(found.worst)}): cheaper than (s, S) on **{len(found.cheaper)}**, the same on "
        f"**{len(found.same)}**, dearer on **{len(found.dearer)}**."
    )


def dearer_words(found: Standing) -> str:
    """Name the problems on which a contender costs more than (s, S)."""
    ranked = sorted(found.dearer, key=lambda row: -_excess(row, found.who))
    named = "; ".join(
        f"{row.task.words} ({gap_words(row.gap(found.who))} against {gap_words(row.gap(BASELINE))})"
        for row in ranked[:_LISTED]
    )
    more = f"; and {len(ranked) - _LISTED} more" if len(ranked) > _LISTED else ""
    return f"**{NAMES[found.who]}: dearer than (s, S)** on {named}{more}."


def _excess(row: Row, who: str) -> float:
    return (row.gap(who) or 0.0) - (row.gap(BASELINE) or 0.0)


def tiles(study: Study) -> None:
    """Draw mean and worst gap of everyone."""
    st.markdown("**Cost above the best possible: mean over the problems, and the worst**")
    with st.container(horizontal=True, gap="small"):
        for who in study.contenders:
            found = standing(study, who)
            st.metric(
                NAMES[who],
                words.NOTHING if found is None else gap_words(found.mean),
                "not known" if found is None else f"worst {gap_words(found.worst)}",
                delta_color="off",
                delta_arrow="off",
                help=MEANINGS[who] + _over(study, found),
                border=True,
                width=160,
            )


def _over(study: Study, found: Standing | None) -> str:
    if found is None or found.n == len(study.rows):
        return ""
    return f" Known on {found.n} of {words.plural(len(study.rows), 'problem')}."
