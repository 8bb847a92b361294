"""What a file would give: how it was read, what was found, what the planner may choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
import streamlit as st

from core.domain import InputFileError, PlannerError
from core.ingest import Finding, Guess
from core.services.first_look import FirstLook
from core.services.importing import Preview, refused
from core.ui import words
from core.ui.importing import Reading, Upload, wishes
from core.ui.words import escaped

CHOICES = frozenset({"reject_bad_rows", "recalled"})

# Unused columns named at most.
_MANY = 12

_GROUPS: Mapping[str, tuple[str, str, str]] = {
    "error": (":material/error:", "red", "Must be mended"),
    "warning": (":material/warning:", "orange", "Please check"),
    "info": (":material/info:", "blue", "For your information"),
}


def show_reading(reading: Reading, top: FirstLook | None) -> None:
    """Say how the file was read and what it would give."""
    if reading.preview is not None:
        _facts(reading.preview)
        _guesses(reading.preview.guesses)
        _unused(reading.preview.unused)
    elif top is not None:
        _guesses(top.guesses)


def show_findings(reading: Reading) -> None:
    """List what was found, or everything that stands in the way."""
    if reading.preview is not None:
        _findings(reading.preview.findings)
    elif reading.refusal is not None:
        _refusal(reading.refusal)


def show_top(top: FirstLook) -> None:
    """Show the first rows of the file as text, numbered as in the file."""
    st.dataframe(
        top.rows, width="stretch", height="content", alt="The first rows of the file as text"
    )


def _facts(preview: Preview) -> None:
    """Numbers the planner can compare with what she expects."""
    left_out = preview.rows_read - preview.rows_used - preview.rows_rejected
    rows = {"Rows read": preview.rows_read, "Rows used": preview.rows_used}
    if preview.rows_rejected:
        rows["Faulty, left out"] = preview.rows_rejected
    if left_out > 0:
        rows["Left out by choice"] = left_out
    numbers = {name: f"{n:,}" for name, n in rows.items()} | dict(preview.facts)
    with st.container(horizontal=True):
        for name, value in numbers.items():
            told = f":gray[:small[{escaped(name)}]]  \n**{escaped(value)}**"
            st.markdown(told, width="content")


def _guesses(guesses: Iterable[Guess]) -> None:
    lines = [
        f"- {escaped(guess.name[0].upper() + guess.name[1:])}: **{escaped(guess.value)}** "
        f"– {escaped(guess.evidence)}"
        for guess in guesses
    ]
    st.markdown("**Read as**\n" + "\n".join(lines))


def _unused(columns: tuple[str, ...]) -> None:
    """Name the columns that play no part, so that none is missed."""
    if not columns:
        return
    more = f" and {len(columns) - _MANY} more" if len(columns) > _MANY else ""
    st.markdown(f"Columns not used: **{escaped(', '.join(columns[:_MANY]))}**{more}.")


def _refusal(error: PlannerError) -> None:
    st.error(
        f"This file cannot be used yet: {escaped(error.what)}. What is active now stays as it is.",
        icon=":material/error:",
    )
    found = refused(error) if isinstance(error, InputFileError) else ()
    if found:
        _findings(found)
    else:
        st.markdown(escaped(error.message))


def _findings(findings: Iterable[Finding]) -> None:
    """List findings by what they ask for, the gravest first."""
    by_severity: dict[str, list[Finding]] = {name: [] for name in _GROUPS}
    for finding in findings:
        by_severity[finding.severity].append(finding)
    for severity, found in by_severity.items():
        if found:
            icon, colour, title = _GROUPS[severity]
            st.markdown(f":{colour}[{icon} **{title} ({len(found)})**]")
            st.markdown("\n".join(_line(finding) for finding in found))


def _line(finding: Finding) -> str:
    """One finding: what, where, three examples, and the remedy."""
    if len(finding.examples) > 1:
        shown = "; ".join(finding.examples) + (" …" if finding.count > 3 else "")
        place = f"column {finding.column!r}, {shown}" if finding.column else shown
    else:
        value = f", found {finding.value!r}" if finding.value else ""
        place = finding.where.removeprefix(finding.file).lstrip(", ") + value
    place = f" – {escaped(place.lstrip(', '))}" if place else ""
    return f"- **{escaped(finding.title)}**{place}.  \n  {escaped(finding.remedy)}"


def choices(upload: Upload, reading: Reading) -> None:
    """Offer what can be decided about this file; only where there is something to decide."""
    said = wishes(upload)
    if said.get("reject_bad_rows") or has_row_faults(reading):
        st.toggle(
            "Leave out the faulty rows and use the rest (they can be downloaded with the reason)",
            key=upload.key("reject_bad_rows"),
        )


def rejected_download(preview: Preview) -> None:
    """Offer the rows that were left out, each with its reason."""
    if preview.rejected.empty:
        return
    st.download_button(
        f"Download the {words.plural(len(preview.rejected), 'row')} left out",
        csv_bytes(preview.rejected),
        file_name=f"left_out_{preview.request.kind}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Write a table as CSV that spreadsheets open with the right letters."""
    return frame.to_csv(index=False).encode("utf-8-sig")


def has_row_faults(reading: Reading) -> bool:
    """Whether single rows stand in the way: leaving them out may help."""
    if reading.preview is not None:
        return reading.preview.rows_rejected > 0
    return any(f.severity == "error" and f.examples for f in _all(reading))


def _all(reading: Reading) -> tuple[Finding, ...]:
    if reading.preview is not None:
        return reading.preview.findings
    error = reading.refusal
    return refused(error) if isinstance(error, InputFileError) else ()
