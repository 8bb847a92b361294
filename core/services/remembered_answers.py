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
        known = store.settings.get(_key(preview), {})
        store.settings.set(_key(preview), {**known, **answers, **columns})


def recalled_answers(store: Store, preview: Preview) -> dict[str, str]:
    """Return the answers given last time to the questions that are open now."""
    known = store.settings.get(_key(preview), {})
    open_ids = {asked.question.id for asked in preview.open_questions}
    return {name: answer for name, answer in known.items() if name in open_ids}


def _key(preview: Preview) -> str:
    """Tell a layout: the kind of table and the names of its columns, whatever they are taken for.

    A column per period is no part of it, or every week would be a new layout.
    """
    columns = sorted({*preview.columns.values(), *preview.unused})
    return "layout." + sha256_of(json.dumps([preview.request.kind, columns]).encode())[:16]
