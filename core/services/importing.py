"""Bringing the planner's files in: first look, then keep; nothing already there is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from core.domain import InputFileError, Period
from core.ingest import Finding, Source
from core.ingest.findings import unusable
from core.services.adding import NewerPart, joined
from core.services.previewing import READERS, ImportRequest, Preview, preview_import
from core.services.tables import history_frame, history_of
from core.services.workspace import load_plan_data, sales_until
from core.store import REPOSITORY, DatasetRecord, NewDataset, Store, plain

__all__ = [
    "SAMPLE_FOLDER",
    "ImportRequest",
    "Preview",
    "can_undo",
    "import_from_file",
    "keep_import",
    "load_sample",
    "preview_import",
    "refused",
    "undo_import",
]

SAMPLE_FOLDER = REPOSITORY / "data" / "sample"


def keep_import(store: Store, preview: Preview) -> DatasetRecord:
    """Make a previewed table the active one; the one before can be brought back.

    The planner's first own sales set the whole sample aside.

    Raises:
        InputFileError: where it would leave the sales with a single period.
        StorageError: disk full, locked; what was active stays so.
    """
    _refuse_one_period(preview)
    was_sample = {kind for kind, record in store.datasets.all_active().items() if record.is_sample}
    new = _added(store, preview) if preview.is_added else _dataset(preview)
    (record,) = store.datasets.add(new)
    if record.kind == "history":
        for kind in was_sample - {"history"}:
            store.datasets.deactivate(kind)
    return record


def _refuse_one_period(preview: Preview) -> None:
    """Refuse a report of one month or week as all the sales there are: nothing follows from it."""
    told = next((f for f in preview.findings if f.code == "one_period"), None)
    if told is not None and not preview.is_added:
        raise unusable(
            told.code,
            told.what,
            preview.request.source.name,
            value=told.value,
            remedy="Bring in a file with more periods first, and then add this one to it.",
        )


def _added(store: Store, preview: Preview) -> NewDataset:
    """Join new sales to those in use; nothing that was marked on these is written into them."""
    active = store.datasets.active("history")
    assert active is not None and preview.span is not None
    before, newer = (history_of(f) for f in (store.datasets.frame(active), preview.frame))
    newer_part = NewerPart(newer, preview.span, preview.unmatched)
    found = joined(before, newer_part, sales_until(active))
    new = _dataset(replace(preview, span=_both(active, preview.span)))
    details = {**new.details, "added_to": [active.source_name, active.parquet_sha256]}
    return replace(new, frame=history_frame(found.history), details=details)


def _both(active: DatasetRecord, span: tuple[date, date]) -> tuple[date, date]:
    until = sales_until(active)
    return span if until is None else (span[0], max(span[1], until))


def undo_import(store: Store, kind: str) -> DatasetRecord | None:
    """Bring back the table that was active before the last import of its kind.

    Where that changes between the sample's sales and the planner's own, the tables that were
    set aside or brought in with them follow.

    Raises:
        StorageError: where there is nothing to undo.
    """
    was = store.datasets.active(kind)
    record = store.datasets.undo(kind)
    to_sample = record is not None and record.is_sample
    if kind == "history" and was is not None and was.is_sample != to_sample:
        for other in set(READERS) - {"history"}:
            _follow(store, other, to_sample=to_sample)
    return record


def can_undo(store: Store, kind: str) -> bool:
    """Whether the last change of a table can be taken back by itself.

    The sample stays, and another table never changes between the sample's and the planner's own
    without the sales: that is undone with them.
    """
    active, sales = store.datasets.active(kind), store.datasets.active("history")
    if active is None or sales is None:
        return False
    before = store.datasets.previous(kind)
    if before is None:
        return not active.is_sample
    return kind == "history" or before.is_sample == sales.is_sample


def _follow(store: Store, kind: str, *, to_sample: bool) -> None:
    """Undo what a change of sales did to another table: set aside, or brought in as sample."""
    active, before = store.datasets.active(kind), store.datasets.previous(kind)
    if active is None:
        if before is not None and before.is_sample == to_sample:
            store.datasets.undo(kind)
        return
    if to_sample:
        return
    while active is not None and active.is_sample and store.datasets.n_changes(kind):
        active = store.datasets.undo(kind)


def import_from_file(
    store: Store, kind: str, source: Source, **wishes: Any
) -> tuple[Preview, DatasetRecord]:
    """Preview and keep in one go."""
    preview = preview_import(ImportRequest(kind, source, **wishes), load_plan_data(store))
    return preview, keep_import(store, preview)


def load_sample(store: Store) -> None:
    """Make the sample the active data, all its tables at once; others are set aside.

    Raises:
        StorageError: disk full, locked; what was active stays so.
    """
    kinds = [kind for kind in READERS if _sample_file(kind).exists()]
    previews = [preview_import(_sample_request(kind), None) for kind in kinds]
    store.datasets.add(*(_dataset(preview, is_sample=True) for preview in previews))
    for kind in set(READERS) - set(kinds):
        store.datasets.deactivate(kind)


def _sample_request(kind: str) -> ImportRequest:
    source = Source.from_path(_sample_file(kind))
    return ImportRequest(kind, source, period=Period.DAY, today=date.max)


def _sample_file(kind: str) -> Path:
    return SAMPLE_FOLDER / f"{kind}.csv"


def _dataset(preview: Preview, *, is_sample: bool = False) -> NewDataset:
    return NewDataset(
        kind=preview.request.kind,
        source_name=preview.request.source.name,
        original=preview.request.source.data,
        frame=preview.frame,
        is_sample=is_sample,
        details=_details(preview),
    )


def _details(preview: Preview) -> dict[str, Any]:
    kept: dict[str, Any] = plain(
        {
            "guesses": preview.guesses,
            "columns": preview.columns,
            "findings": preview.findings,
            "rows": [preview.rows_read, preview.rows_used, preview.rows_rejected],
            "facts": preview.facts,
            "span": preview.span,
            "answers": [
                {"id": a.question.id, "question": a.question.text, "answer": a.answer}
                for a in preview.questions
            ],
            "options": replace(
                preview.request.options, columns=dict(preview.request.options.columns)
            ),
        }
    )
    return kept


def refused(error: InputFileError) -> tuple[Finding, ...]:
    """Return the findings a refused file carries."""
    return tuple(finding for finding in error.findings if isinstance(finding, Finding))
