"""Odd and hostile files: each gives the right series or an error in words, soon."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import pytest

from core.domain import InputFileError
from core.ingest import Source
from core.ingest.findings import Finding
from core.services.previewing import ImportRequest, Preview, preview_import
from core.services.tables import history_of
from tests.ingest.corpus import (
    days_and_months,
    encodings,
    hostile,
    layouts,
    numbers,
    separators,
    web_pages,
    wide_tables,
    workbooks,
)
from tests.ingest.corpus.case import Case, Series

TOPICS = {
    "letters": encodings,
    "cells": separators,
    "numbers": numbers,
    "dates": days_and_months,
    "layout": layouts,
    "wide": wide_tables,
    "workbooks": workbooks,
    "pages": web_pages,
    "hostile": hostile,
}
TODAY = date(2024, 12, 31)
LONGEST = 2.0
PARAMETERS = [
    pytest.param(
        case,
        id=f"{topic}: {case.name}",
        marks=[pytest.mark.xfail(strict=True, reason=case.fault)] if case.fault else [],
    )
    for topic, module in TOPICS.items()
    for case in module.CASES
]


def look(case: Case, data: bytes) -> Preview | InputFileError:
    """Read the file as the Data page does; no question is answered."""
    request = ImportRequest("history", Source(case.file, data), today=TODAY)
    try:
        return preview_import(request, None)
    except InputFileError as error:
        return error


def series_of(preview: Preview) -> Series:
    """Return item -> date -> units, of days with sales."""
    history = history_of(preview.frame)
    return {
        key.item: {
            str(history.starts[k]): float(history.quantity[i, k])
            for k in np.flatnonzero(history.quantity[i])
        }
        for i, key in enumerate(history.keys)
    }


@pytest.mark.parametrize("case", PARAMETERS)
def test_an_odd_file_gives_the_right_series_or_an_error_in_words(case: Case) -> None:
    """Never a wrong number, never a traceback, never a long wait."""
    data = case.bytes()
    start = time.process_time()
    seen = look(case, data)
    seconds = time.process_time() - start
    if case.series is None:
        assert isinstance(seen, InputFileError), f"was read as {series_of(seen)}"
        check_error(seen, case)
    else:
        assert not isinstance(seen, InputFileError), str(seen)
        assert series_of(seen) == case.series
        assert {asked.question.id for asked in seen.open_questions} == case.opens
        assert case.tells <= {finding.code for finding in seen.findings}
        assert seen.rows_used + seen.rows_rejected <= seen.rows_read
    assert seconds < LONGEST


def check_error(error: InputFileError, case: Case) -> None:
    """What is wrong, where, and what to do about it."""
    first = next(f for f in error.findings if isinstance(f, Finding) and f.severity == "error")
    assert first.code == case.error, str(error)
    assert first.remedy and case.file in str(error)
    for part in case.says:
        assert part in str(error), (part, str(error))
    assert len(str(error)) < 1000


def test_the_corpus_is_large_and_no_trap_stands_in_it_twice() -> None:
    names = [case.name for module in TOPICS.values() for case in module.CASES]
    assert len(names) >= 120
    assert len(names) == len(set(names))
