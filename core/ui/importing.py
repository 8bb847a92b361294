"""The planner's upload while she looks at it: kept in the session, read anew when she corrects.

Streamlit forgets an uploaded file as soon as another page is looked at. The bytes are therefore
kept here, with the last reading of them, until the file is used or set aside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import streamlit as st

from core.domain import InputFileError, Period, PlannerError, attribute, attributes
from core.ingest import Asked, ReadOptions, Source
from core.ingest.columns import ONE_ITEM
from core.ingest.questions import MANY
from core.ingest.stages import listening
from core.services.first_look import FirstLook, first_look
from core.services.importing import ImportRequest, Preview, preview_import
from core.services.workspace import PlanData
from core.store import sha256_of
from core.ui.words import escaped

T = TypeVar("T")

# An .xls that is a web page is read; a real one is refused in words.
FILE_TYPES = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "html", "htm"]
NOT_THERE = "(not in this file)"
# Files with one column per week have thousands: their names alone tell them apart.
MAX_WITH_SAMPLES = 100
# What may be said instead of a column.
_NO_COLUMN = {("history", "item"): (ONE_ITEM,)}


@dataclass(frozen=True, eq=False)
class Upload:
    """A file the planner dropped, not used yet.

    Args:
        kind: Which table it is for.
        source: Name and bytes.
        sha: Fingerprint of the bytes.
    """

    kind: str
    source: Source
    sha: str

    def key(self, name: str) -> str:
        """Return the key of a widget about this file; it outlives a change of page."""
        return f"keep.data.{self.kind}.{self.sha[:12]}.{name}"


@dataclass(frozen=True, eq=False)
class Reading:
    """How the file reads now: a preview, or why there is none."""

    request: ImportRequest
    preview: Preview | None
    refusal: PlannerError | None

    @property
    def questions(self) -> tuple[Asked, ...]:
        """What the file raises; of a refused file too, where another answer may help."""
        if self.preview is not None:
            return self.preview.questions
        asked = self.refusal.questions if isinstance(self.refusal, InputFileError) else ()
        return tuple(a for a in asked if isinstance(a, Asked))


def drop_zone(kind: str) -> Upload | None:
    """Draw the drop zone; return the file that waits to be used, also after a change of page."""
    st.file_uploader(
        "Drop a CSV, text or Excel file here, or browse",
        type=FILE_TYPES,
        key=_uploader(kind),
        on_change=_remember,
        args=(kind,),
        help="Nothing is kept until you press 'Use this file'.",
    )
    waiting = st.session_state.get(_waiting(kind))
    return waiting if isinstance(waiting, Upload) else None


def set_aside(kind: str) -> None:
    """Forget the file that waits, and empty the drop zone."""
    _forget(kind)
    st.session_state[_round(kind)] = st.session_state.get(_round(kind), 0) + 1


def wishes(upload: Upload) -> dict[str, Any]:
    """Return what the planner has said about a file so far, by name of the widget."""
    start = upload.key("")
    return {
        key.removeprefix(start): value
        for key, value in st.session_state.items()
        if isinstance(key, str) and key.startswith(start)
    }


def look(upload: Upload) -> FirstLook | None:
    """Return the top of the file as it is cut into cells now; None where it cannot be."""
    options = options_of(wishes(upload))
    return _kept(upload, "look", options, lambda: first_look(upload.kind, upload.source, options))


def read(upload: Upload, top: FirstLook | None, data: PlanData | None) -> Reading:
    """Read the file as the planner wishes; a reading is kept until the wishes change."""
    request = request_of(upload, top)
    mark = replace(request, source=Source("", b"")), data and data.fingerprint
    return _kept(upload, "reading", mark, lambda: _read(request, data))


def _kept(upload: Upload, name: str, mark: object, work: Callable[[], T]) -> T:
    """Do slow work once per file and wishes."""
    key, mark = f"data.{name}.{upload.kind}", (upload.sha, repr(mark))
    kept = st.session_state.get(key)
    if kept is None or kept[0] != mark:
        bar = st.progress(0.0, f"Reading {escaped(upload.source.name)} …")

        def tell(share: float, what: str) -> None:
            bar.progress(share, f"{what} …")

        with listening(tell):
            kept = mark, work()
        bar.empty()
        st.session_state[key] = kept
    result: T = kept[1]
    return result


def request_of(upload: Upload, top: FirstLook | None) -> ImportRequest:
    """Put the planner's wishes together; a column is meant only as long as the file has it."""
    said = wishes(upload)
    period = said.get("period")
    return ImportRequest(
        upload.kind,
        upload.source,
        options=replace(options_of(said), columns=_chosen_columns(said, top)),
        period=Period(period) if period else None,
        reject_bad_rows=bool(said.get("reject_bad_rows")),
    )


def options_of(said: Mapping[str, Any]) -> ReadOptions:
    """Turn the answers of the form into reading options; no answer leaves it to the program."""
    names = {field.name for field in fields(ReadOptions)} - {"columns", "answers"}
    given: dict[str, Any] = {name: said[name] for name in names if said.get(name)}
    start = answer_key("")
    answers = {
        k.removeprefix(start): MANY.join(v) if isinstance(v, list) else str(v)
        for k, v in said.items()
        if k.startswith(start) and v
    }
    return ReadOptions(**given, answers=answers)


def answer_key(question: str) -> str:
    """Return the name of the widget that holds the answer to a question."""
    return f"answer.{question}"


def _chosen_columns(said: Mapping[str, Any], top: FirstLook | None) -> dict[str, str]:
    if top is None:
        return {}
    found = {
        name.split(".")[1]: "" if value == NOT_THERE else str(value)
        for name, value in said.items()
        if value and name.startswith("column.") and name.endswith(_mark(top))
    }
    return {name: value for name, value in found.items() if value in ("", ONE_ITEM, *top.columns)}


def _mark(top: FirstLook) -> str:
    """Tell the columns of one reading from those of another."""
    return sha256_of("\n".join(top.columns).encode())[:8]


_CHOICES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "encoding": (
        "Encoding",
        {"utf-8": "UTF-8", "cp1252": "Windows-1252", "utf-16": "UTF-16", "latin-1": "Latin-1"},
    ),
    "delimiter": ("Delimiter", {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}),
    "decimal": ("Decimal sign", {".": "point, 1,234.5", ",": "comma, 1.234,5"}),
    "date_order": (
        "Day or month first",
        {
            "day_first": "day first, 31.12.",
            "month_first": "month first, 12/31",
            "year_first": "year first, 25-12-31",
        },
    ),
    "period": ("Period of the plan", {"day": "day", "week": "week", "month": "month"}),
}
_OF_TEXT = ("encoding", "delimiter")


def read_as_form(upload: Upload, top: FirstLook | None) -> None:
    """Draw what can be said about the reading of a file; what is left empty is guessed."""
    is_workbook = upload.source.data.startswith(b"PK\x03\x04")
    with st.container(horizontal=True):
        for name, (label, options) in _CHOICES.items():
            if (name == "period" and upload.kind != "history") or (
                name in _OF_TEXT and is_workbook
            ):
                continue
            st.selectbox(
                label,
                list(options),
                index=None,
                format_func=options.__getitem__,
                placeholder="as guessed",
                key=upload.key(name),
                width=190,
            )
        st.number_input(
            "Row with the column names",
            min_value=1,
            max_value=1000,
            value=None,
            step=1,
            placeholder="as guessed",
            key=upload.key("header_row"),
            width=190,
        )
        if is_workbook:
            st.text_input("Sheet", placeholder="as guessed", key=upload.key("sheet"), width=190)
    if top is not None:
        _columns_form(upload, top)


def _columns_form(upload: Upload, top: FirstLook) -> None:
    """Draw one choice per attribute; the guess stands as placeholder."""
    st.markdown("**Columns**")
    with st.container(horizontal=True):
        for known in attributes(upload.kind):
            guess = top.taken.get(known.name)
            st.selectbox(
                known.label + (" \\*" if known.required else ""),
                [*top.columns, *_NO_COLUMN.get((upload.kind, known.name), ()), NOT_THERE],
                index=None,
                format_func=lambda column: _with_samples(top, column),
                placeholder=_with_samples(top, guess) if guess else "not found",
                help=attribute(upload.kind, known.name).help,
                key=upload.key(f"column.{known.name}.{_mark(top)}"),
                width=260,
            )


def _with_samples(top: FirstLook, column: str) -> str:
    is_wide = len(top.columns) > MAX_WITH_SAMPLES
    samples = "" if column not in top.columns or is_wide else top.samples(column)
    return f"{column}  ({samples})" if samples else column


def _read(request: ImportRequest, data: PlanData | None) -> Reading:
    try:
        return Reading(request, preview_import(request, data), None)
    except (InputFileError, PlannerError) as error:
        return Reading(request, None, error)


def _remember(kind: str) -> None:
    """Keep the dropped file; taking it out of the drop zone sets it aside."""
    dropped = st.session_state.get(_uploader(kind))
    _forget(kind)
    if dropped is None:
        return
    data = dropped.getvalue()
    st.session_state[_waiting(kind)] = Upload(kind, Source(dropped.name, data), sha256_of(data))


def _forget(kind: str) -> None:
    for name in ("waiting", "look", "reading"):
        st.session_state.pop(f"data.{name}.{kind}", None)


def _uploader(kind: str) -> str:
    return f"_data.upload.{kind}.{st.session_state.get(_round(kind), 0)}"


def _round(kind: str) -> str:
    return f"data.round.{kind}"


def _waiting(kind: str) -> str:
    return f"data.waiting.{kind}"
