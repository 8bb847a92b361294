"""Answers remembered by the layout of a file: next week's file is not asked about again."""

from __future__ import annotations

import json

from core.services.previewing import Preview
from core.store import Store, sha256_of

# When the first numbered column begins changes from one export to the next.
_ASKED_ANEW = frozenset({"first_period"})


def remember_answers(store: Store, preview: Preview) -> None:
    """Keep what the planner answered about a file of this layout.

    Raises:
        StorageError: disk full, locked.
    """
    answers = {
        asked.question.id: asked.answer
        for asked in preview.questions
        if asked.by_planner and asked.question.id not in _ASKED_ANEW
    }
    columns = {
        name: value
        for name, value in preview.request.options.answers.items()
        if name.startswith("column_")
    }
    if answers or columns:
        known = store.settings.get(layout_key(preview), {})
        store.settings.set(layout_key(preview), {**known, **answers, **columns})


def recalled_answers(store: Store, preview: Preview) -> dict[str, str]:
    """Return the answers given last time to the questions that are open now."""
    known = store.settings.get(layout_key(preview), {})
    choices = {asked.question.id: asked.question.choices for asked in preview.open_questions}
    return {name: answer for name, answer in known.items() if answer in choices.get(name, ())}


def layout_key(preview: Preview) -> str:
    """Return what a layout is kept under: the kind of table and the names of its columns.

    What the columns are taken for does not count, since an answer may change it; nor does a column
    per period, or every week would be a new layout.
    """
    columns = sorted({*preview.columns.values(), *preview.unused})
    return "layout." + sha256_of(json.dumps([preview.request.kind, columns]).encode())[:16]
