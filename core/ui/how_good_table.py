"""The gaps as a table, what they rest on, and all of it as a file."""

from __future__ import annotations

import re

import pandas as pd
import streamlit as st

from core.evaluation import SOURCES
from core.services.textbook import BASE_STOCK, GENERALIST, TRAINED, Row, Study
from core.services.textbook_summary import is_dearer, notes, table_rows
from core.ui.how_good import NAMES, gap_words
from core.ui.words import escaped

AGENTS = (TRAINED, GENERALIST)
_DEARER = ":red[:material/trending_up:]"
_WORDS = (
    "**Best possible**: the least that any way of ordering can cost in the long run, money a "
    "period, found by value iteration: what every order leads to is reckoned back until the answer "
    "no longer changes.",
    "**Gap**: how much more a rule or agent costs than that, in percent; 0% cannot be beaten. Its "
    "cost is exact, too: from the chance of every stock it can come to (a Markov chain).",
    "**Lost sales**: who finds nothing buys elsewhere. **Backorders**: who finds nothing waits.",
    "**Poisson demand**: as many buyers who do not know of each other bring it about. **Geometric "
    "demand**: much more uneven; the most likely figure is 0, with now and then a very large one.",
    "**Costs**: 1 per unit left at the end of a period, the stock-out cost per unit short, and the "
    "cost per order where there is one. **Lead time**: periods until an order can serve demand.",
    "**Base-stock and (s, S)** have their best numbers: searched for as for your items, then moved "
    "by single units for as long as the exact cost falls. Agents start from what the search found.",
    "**They coincide** where an order costs nothing: s is then just below S.",
)


def show_table(study: Study) -> None:
    """Draw one row per problem, and say why a figure is missing."""
    st.markdown(
        "**In figures**: the best possible cost, money a period, and by how much each costs more"
    )
    st.table(
        pd.DataFrame([_cells(row, study.contenders) for row in study.rows]),
        border="horizontal",
        hide_index=True,
        alt="Best possible cost of every problem, and how far each rule and agent is above it",
    )
    if any(is_dearer(row, who) for row in study.rows for who in AGENTS):
        st.caption(f"{_DEARER} dearer than (s, S) on that problem.")
    for line in note_lines(study):
        st.caption(line)
    if GENERALIST not in study.contenders:
        st.caption(
            "When this was run no ready-made agent (generalist) came with the program, so it is "
            "not in the table."
        )


def _cells(row: Row, contenders: tuple[str, ...]) -> dict[str, str]:
    gaps = {NAMES[who]: _gap(row, who) for who in contenders}
    # A number stays on the line of its word.
    problem = re.sub(r" (?=\d)", "\u00a0", row.task.words)
    return {"Problem": problem, "Best possible": f"{row.optimum:.4f}", **gaps}


def _gap(row: Row, who: str) -> str:
    text = gap_words(row.gap(who))
    return f"{text}\u00a0{_DEARER}" if who in AGENTS and is_dearer(row, who) else text


def note_lines(study: Study) -> list[str]:
    """Say who has no figure where, and why, and which figures were found in another way."""
    return [
        f"{_subject(rows[0], who)} ({'; '.join(row.task.words for row in rows)}): {escaped(note)}"
        for (who, note), rows in notes(study).items()
    ]


def _subject(row: Row, who: str) -> str:
    return f"**{NAMES[who]}**" + (", no figure" if row.gap(who) is None else "")


def download(study: Study) -> None:
    """Offer everything about the run as one file."""
    table = pd.DataFrame(table_rows(study))
    st.download_button(
        "Download as CSV",
        table.to_csv(index=False).encode("utf-8-sig"),
        "how_good.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        help="All digits, with costs, parameters, sources, seeds and versions.",
    )


def rests_on(study: Study) -> None:
    """Say how the run was made, what the words mean, and where the problems are from."""
    with st.expander("What this rests on", icon=":material/gavel:"):
        st.markdown("\n".join(f"- {line}" for line in (*_WORDS, *_making(study))))
    used = dict.fromkeys(row.task.source for row in study.rows)
    st.caption("Problems from: " + "; ".join(SOURCES.get(one, one) for one in used) + ".")


def _making(study: Study) -> tuple[str, ...]:
    learned = [row.steps for row in study.rows]
    versions = ", ".join(f"{name} {number}" for name, number in study.versions.items())
    return (
        f"**The same on every machine**: the best possible costs, those of {NAMES[BASE_STOCK]} "
        "and (s, S), and that of a given agent.",
        f"**Not the same**: how far an agent gets in {study.request.seconds:g} s. Here it learned "
        f"from {min(learned):,} to {max(learned):,} periods of demand a problem, seed "
        f"{study.request.seed}.",
        f"**Made with**: {escaped(versions)}.",
    )
