"""Goods that come back in next week's file were sold in the sales in use."""

from __future__ import annotations

import pytest

from core.ingest import ReadOptions, Source
from core.services.importing import import_from_file, undo_import
from core.services.workspace import load_plan_data
from core.store import Store, open_store

HEAD = "date,item,quantity\n"
WEEK = HEAD + "".join(
    f"2024-01-{d:02d},{i},{q}\n" for d in range(1, 8) for i, q in (("A", 5), ("B", 3))
)
NEXT = HEAD + "2024-01-08,A,-7\n2024-01-08,B,4\n2024-01-09,A,2\n2024-01-10,A,6\n2024-01-10,B,1\n"
ADD = ReadOptions(answers={"append": "add"})


@pytest.fixture
def store(var_dir):
    record = open_store()
    yield record
    record.close()


def units(store: Store) -> list[list[float]]:
    data = load_plan_data(store)
    assert data is not None
    found: list[list[float]] = data.history.quantity.tolist()
    return found


def test_it_is_taken_off_the_sales_in_use(store) -> None:
    import_from_file(store, "history", Source("week.csv", WEEK.encode()))
    preview, _ = import_from_file(store, "history", Source("next.csv", NEXT.encode()), options=ADD)
    assert units(store) == [[5, 5, 5, 5, 5, 3, 0, 0, 2, 6], [3] * 7 + [4, 0, 1]]
    (told,) = [f for f in preview.findings if f.code == "returned"]
    assert told.what.startswith("7 returned units")
    undo_import(store, "history")
    assert units(store) == [[5] * 7, [3] * 7]


def test_the_same_file_again_takes_it_off_once_only(store) -> None:
    import_from_file(store, "history", Source("week.csv", WEEK.encode()))
    for _ in range(2):
        import_from_file(store, "history", Source("next.csv", NEXT.encode()), options=ADD)
    assert units(store) == [[5, 5, 5, 5, 5, 3, 0, 0, 2, 6], [3] * 7 + [4, 0, 1]]


def test_a_file_that_takes_the_place_of_the_sales_leaves_it_out(store) -> None:
    import_from_file(store, "history", Source("week.csv", WEEK.encode()))
    replaced = ReadOptions(answers={"append": "replace"})
    preview, _ = import_from_file(
        store, "history", Source("next.csv", NEXT.encode()), options=replaced
    )
    assert units(store) == [[0, 2, 6], [4, 0, 1]]
    assert {f.code for f in preview.findings} >= {"returns_exceed_sales"}
