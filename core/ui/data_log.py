"""The import log on the Data page: every file that was brought in, and how it was read."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.services.import_log import LogEntry, import_log, log_table
from core.ui import downloads, state, words
from core.ui.data_preview import csv_bytes

_SHOWN = 200


def log() -> None:
    """Draw the log, folded, with the whole of it to download."""
    entries = import_log(state.store())
    if not entries:
        return
    with st.expander(f"Import log: {words.plural(len(entries), 'file')} so far"):
        st.dataframe(
            pd.DataFrame([_row(entry) for entry in entries[:_SHOWN]]),
            hide_index=True,
            width="stretch",
            height="content" if len(entries) < 10 else 360,
            column_config={"File": st.column_config.TextColumn(width="medium")},
            alt="Every file that was brought in, the newest first",
        )
        downloads.button(
            "Download the log with all answers and findings",
            lambda: csv_bytes(log_table(entries)),
            "import_log.csv",
            mime="text/csv",
        )


def _row(entry: LogEntry) -> dict[str, str]:
    n_answers = sum(what.startswith("answer: ") for what, _ in entry.lines)
    return {
        "When": words.moment(entry.when),
        "Table": entry.table,
        "File": entry.file,
        "Used": f"{entry.rows_used:,} of {entry.rows_read:,} rows",
        "Answers": f"{n_answers:,}" if n_answers else words.NOTHING,
        "State": "in use" if entry.is_active else "replaced or undone",
        "SHA-256": entry.sha256[:12],
    }
