"""What a file does not tell: asked on the Data page, each question with what is proposed."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from core.ingest import Asked, Question
from core.services.remembered_answers import recalled_answers
from core.ui import state
from core.ui.importing import Reading, Upload, answer_key
from core.ui.words import escaped, plural

# With more choices than these a list to pick from is easier to read.
_FEW = 4
_RECALLED = "recalled"
_FIRST = date(1970, 1, 1)


def recall(upload: Upload, reading: Reading) -> Reading | None:
    """Answer as last time what a file of this layout asks again; None where it is to be reread."""
    if reading.preview is None or upload.key(_RECALLED) in st.session_state:
        return reading
    known = recalled_answers(state.store(), reading.preview)
    st.session_state[upload.key(_RECALLED)] = bool(known)
    asked = {asked.question.id: asked.question for asked in reading.preview.questions}
    for name, answer in known.items():
        st.session_state[upload.key(answer_key(name))] = _picked(asked[name], answer)
    return None if known else reading


def ask(upload: Upload, reading: Reading) -> None:
    """Put every question that the file raises, and offer to take what is proposed."""
    if not reading.questions:
        return
    open_ones = tuple(asked for asked in reading.questions if asked.is_open)
    told = f"{plural(len(open_ones), 'question')} open" if open_ones else "all answered"
    st.markdown(f"**Only you know this** – {told}.")
    if st.session_state.get(upload.key(_RECALLED)):
        st.caption("Answered as last time for a file with these columns; change what is different.")
    for asked in reading.questions:
        _question(upload, asked)
    if open_ones:
        st.button(
            "Take what is proposed",
            icon=":material/done_all:",
            on_click=_take_proposed,
            args=(upload, open_ones),
            key=f"_data.proposed.{upload.kind}",
        )


def _question(upload: Upload, asked: Asked) -> None:
    q, key = asked.question, upload.key(answer_key(asked.question.id))
    text = escaped(q.text)
    if not q.choices:
        # Picked and not typed: an answer that is no date would leave nothing to ask about.
        st.date_input(text, None, min_value=_FIRST, format="YYYY-MM-DD", key=key, width=420)
        st.caption(f"Proposed: {q.default}")
    elif q.many:
        st.multiselect(
            text,
            list(q.choices),
            format_func=lambda value: q.choices[value],
            key=key,
            placeholder=f"proposed: {q.default}",
            width=620,
        )
    elif len(q.choices) > _FEW:
        proposed = f"proposed: {q.default}" if q.default else "choose one"
        st.selectbox(
            text,
            list(q.choices),
            index=None,
            format_func=q.choices.__getitem__,
            key=key,
            placeholder=proposed,
            width=420,
        )
    else:
        st.radio(
            text,
            list(q.choices),
            index=None,
            format_func=lambda value: _choice(asked, value),
            key=key,
        )
    if q.examples and not set(q.examples) <= set(q.choices.values()):
        st.caption("For example " + escaped("; ".join(q.examples)))


def _choice(asked: Asked, value: str) -> str:
    words = asked.question.choices[value]
    words = escaped(words[0].upper() + words[1:])
    return f"{words} (proposed)" if value == asked.question.default else words


def _take_proposed(upload: Upload, questions: tuple[Asked, ...]) -> None:
    for asked in questions:
        q = asked.question
        st.session_state[upload.key(answer_key(q.id))] = _picked(q, asked.answer)


def _picked(q: Question, answer: str) -> Any:
    """Return an answer as the question's widget holds it."""
    if q.many:
        return q.parts(answer)
    return answer if q.choices else date.fromisoformat(answer)
