"""A report of one month is read; it becomes a part of the sales, and never all of them."""

from __future__ import annotations

import pytest

from core.domain import InputFileError
from core.ingest import ReadOptions, Source
from core.services.importing import ImportRequest, Preview, keep_import, preview_import
from core.services.workspace import load_plan_data
from core.store import Store

REPORT = "Umsatz März 2024\n\nArtikel;Menge\nA;9\n"
SALES = "date,item,quantity\n2024-01,A,3\n2024-02,A,4\n"


def preview(store: Store, text: str, **answers: str) -> Preview:
    source = Source("report.csv", text.encode())
    request = ImportRequest("history", source, ReadOptions(answers=answers))
    return preview_import(request, load_plan_data(store))


def test_one_month_alone_is_not_kept_and_added_to_others_it_is(store: Store) -> None:
    with pytest.raises(InputFileError, match="covers one month only"):
        keep_import(store, preview(store, REPORT, append="replace"))
    keep_import(store, preview(store, SALES, append="replace"))
    keep_import(store, preview(store, REPORT, append="add"))
    data = load_plan_data(store)
    assert data is not None
    assert data.history.quantity.tolist() == [[3, 4, 9]]
