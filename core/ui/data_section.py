"""One kind of table on the Data page: what counts now, the drop zone, the file that waits."""

from __future__ import annotations

import streamlit as st

from core.domain import PlannerError, attributes
from core.ingest import template_csv
from core.services.health import KIND_LABELS, FileHealth
from core.services.importing import can_undo, keep_import, undo_import
from core.services.remembered_answers import remember_answers
from core.services.workspace import PlanData
from core.ui import data_questions, downloads, frame, importing, state, words
from core.ui.data_preview import (
    CHOICES,
    choices,
    has_row_faults,
    rejected_download,
    show_findings,
    show_reading,
    show_top,
)
from core.ui.words import escaped

_NEEDS = {
    "history": "One row per sale, or one column per period or per item. Several years are welcome.",
    "items": "One row per item: lead time, costs, and rules such as pack and minimum order.",
    "stock": "One row per item: what is on hand now.",
    "open_orders": "One row per order under way: how many units, due when.",
    "deliveries": "One row per order line that arrived. They show how long suppliers really take.",
    "stockout_days": "One row per stock-out, or per item and day. On these days sales say little "
    "about demand. A list of the stock of each day does as well.",
    "promotions": "One row per promotion, past or coming. They are marked on the sales; no sale "
    "is taken away.",
    "calendar": "One row per closed day, holiday or event. On closed days nothing could be sold: "
    "they are no demand of 0.",
}
_DONE = "data.done"


def section(kind: str, file: FileHealth, data: PlanData | None) -> None:
    """Draw one kind of table."""
    _told()
    _needed(kind)
    if kind != "history" and data is not None and data.is_sample:
        st.info(
            "The sales in use are the sample's, and this file is checked against its items. "
            "Bring in your own sales first.",
            icon=":material/info:",
        )
    upload = importing.drop_zone(kind)
    if upload is not None:
        _waiting_file(upload, data)
    if file.is_there:
        _active(file)


def _told() -> None:
    """Say once what the last press of a button did."""
    done = st.session_state.pop(_DONE, None)
    if done:
        st.success(done, icon=":material/check_circle:")


def _needed(kind: str) -> None:
    needed = ", ".join(f"**{a.label.lower()}**" for a in attributes(kind) if a.required)
    more = ", ".join(a.label.lower() for a in attributes(kind) if a.in_template and not a.required)
    st.markdown(
        f"{_NEEDS[kind]} Needed: {needed}."
        + (f" Useful: {more}." if more else "")
        + " Columns may have other names and any order."
    )
    st.download_button(
        f"Template for {KIND_LABELS[kind].lower()}",
        template_csv(kind).encode("utf-8-sig"),
        file_name=f"{kind}_template.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
    )


def _waiting_file(upload: importing.Upload, data: PlanData | None) -> None:
    """Draw the preview of a file that is not used yet."""
    with st.container(border=True):
        st.subheader(escaped(upload.source.name), anchor=False)
        st.caption("Not used yet: look it over first.")
        top = importing.look(upload)
        reading = data_questions.recall(upload, importing.read(upload, top, data))
        if reading is None:
            reading = importing.read(upload, top, data)
        show_reading(reading, top)
        with st.expander("Read it differently", expanded=_wants_form(upload, reading)):
            importing.read_as_form(upload, top)
            if top is not None:
                show_top(top)
        show_findings(reading)
        data_questions.ask(upload, reading)
        choices(upload, reading)
        if reading.preview is not None:
            rejected_download(reading.preview)
        _decide(upload, reading)


def _wants_form(upload: importing.Upload, reading: importing.Reading) -> bool:
    """Whether the form stands open: used already, or the file cannot be read as guessed."""
    said = {name for name, value in importing.wishes(upload).items() if value} - CHOICES
    said = {name for name in said if not name.startswith(importing.answer_key(""))}
    return bool(said) or (reading.preview is None and not has_row_faults(reading))


def _decide(upload: importing.Upload, reading: importing.Reading) -> None:
    with st.container(horizontal=True):
        use = st.button(
            "Use this file",
            type="primary",
            icon=":material/check:",
            disabled=reading.preview is None or bool(reading.preview.open_questions),
            key=f"_data.use.{upload.kind}",
        )
        st.button(
            "Set it aside",
            on_click=importing.set_aside,
            args=(upload.kind,),
            key=f"_data.aside.{upload.kind}",
        )
    if use and reading.preview is not None:
        keep_import(state.store(), reading.preview)
        remember_answers(state.store(), reading.preview)
        importing.set_aside(upload.kind)
        st.session_state[_DONE] = (
            f"{escaped(upload.source.name)} is in use: "
            f"{words.plural(reading.preview.rows_used, 'row')}. It can be undone below."
        )
        st.rerun()


def _active(file: FileHealth) -> None:
    """Say what counts now, and offer the file itself and the way back."""
    badge = " :orange-badge[Sample]" if file.is_sample else ""
    rows = words.plural(file.rows_used or 0, "row")
    when = words.moment(file.imported_at) if file.imported_at else words.NOTHING
    st.markdown(f"In use: **{escaped(file.source_name)}**{badge}, {rows}, brought in {when}.")
    store = state.store()
    record = store.datasets.active(file.kind)
    with st.container(horizontal=True):
        if record is not None:
            downloads.button(
                "Download as it came",
                lambda: store.datasets.original(record),
                record.source_name if "." in record.source_name else f"{file.kind}.csv",
                key=f"_data.original.{file.kind}",
            )
        if can_undo(store, file.kind):
            st.button(
                "Undo the last change",
                icon=":material/undo:",
                on_click=_undo,
                args=(file.kind,),
                key=f"_data.undo.{file.kind}",
            )


def _undo(kind: str) -> None:
    try:
        record = undo_import(state.store(), kind)
    except PlannerError as error:
        st.session_state["data.failed"] = error
        return
    name = "nothing" if record is None else record.source_name
    st.session_state[_DONE] = (
        f"Undone. In use for {KIND_LABELS[kind].lower()} now: {escaped(name)}."
    )


def show_failure() -> None:
    """Say why the last press of a button did nothing."""
    error = st.session_state.pop("data.failed", None)
    if error is not None:
        frame.show_error(error)
