"""Answers remembered by the layout of a file: next week's file is not asked about again."""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.ingest import Asked, Question
from core.ingest.questions import MANY, NONE
from core.ingest.sheet_names import is_time
from core.services.previewing import Preview
from core.store import Store, sha256_of

# When the first numbered column begins changes from one export to the next.
_ASKED_ANEW = frozenset({"first_period"})


def remember_answers(store: Store, preview: Preview) -> None:
    """Keep what the planner answered about a file of this layout.

    Raises:
        StorageError: disk full, locked.
    """
    answers: dict[str, str] = {}
    for asked in preview.questions:
        if asked.by_planner and not _is_for_once(asked):
            answers[asked.question.id] = asked.answer
            if asked.question.many:
                answers[_seen(asked.question)] = MANY.join(asked.question.choices)
    columns = {
        name: value
        for name, value in preview.request.options.answers.items()
        if name.startswith("column_")
    }
    if answers or columns:
        known = store.settings.get(layout_key(preview), {})
        store.settings.set(layout_key(preview), {**known, **answers, **columns})


def recalled_answers(store: Store, preview: Preview) -> dict[str, str]:
    """Return the answers given last time to the questions that are open now.

    Where several choices may be named, a choice that was not there last time opens the question
    again.
    """
    known = store.settings.get(layout_key(preview), {})
    questions = [asked.question for asked in preview.open_questions]
    return {
        q.id: _as_far_as_it_goes(q, known[q.id])
        for q in questions
        if q.id in known and _still_fits(q, known)
    }


def _is_for_once(asked: Asked) -> bool:
    """Whether an answer is no good for the next file: the sheet of one month, say."""
    id_ = asked.question.id
    return id_ in _ASKED_ANEW or (id_ == "sheet" and is_time(asked.answer))


def _still_fits(question: Question, known: Mapping[str, str]) -> bool:
    if question.many:
        return set(question.choices) <= set(known.get(_seen(question), "").split(MANY))
    return known[question.id] in question.choices


def _as_far_as_it_goes(question: Question, answer: str) -> str:
    """Drop what is no choice this time."""
    parts = [part for part in question.parts(answer) if part in question.choices]
    return MANY.join(parts) or (NONE if question.many else answer)


def _seen(question: Question) -> str:
    return f"{question.id}.choices"


def layout_key(preview: Preview) -> str:
    """Return what a layout is kept under: the kind of table and the names of its columns.

    What the columns are taken for does not count, since an answer may change it; nor does a column
    per period, or every week would be a new layout.
    """
    columns = sorted({*preview.columns.values(), *preview.unused})
    return "layout." + sha256_of(json.dumps([preview.request.kind, columns]).encode())[:16]
