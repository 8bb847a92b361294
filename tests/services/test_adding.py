"""Next week's file: asked whether it is added, the differences told, and undone like any import."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.domain import Period
from core.ingest import ReadOptions, Source
from core.services.importing import (
    ImportRequest,
    Preview,
    keep_import,
    load_sample,
    preview_import,
    undo_import,
)
from core.services.workspace import load_plan_data
from core.store import Store


def rows(first: str, n_days: int, sold: int = 3, items: str = "AB") -> str:
    start = date.fromisoformat(first)
    days = [start + timedelta(days=k) for k in range(n_days)]
    return "date,item,quantity\n" + "".join(f"{d},{i},{sold}\n" for d in days for i in items)


def look(store: Store, text: str, period: Period | None = None, **answers: str) -> Preview:
    source = Source("week.csv", text.encode())
    request = ImportRequest("history", source, ReadOptions(answers=answers), period=period)
    return preview_import(request, load_plan_data(store))


@pytest.fixture
def january(store: Store) -> Store:
    keep_import(store, look(store, rows("2024-01-01", 31)))
    return store


def told(preview: Preview) -> dict[str, str]:
    return {f.code: f.message for f in preview.findings}


def test_a_newer_part_is_asked_about_and_added(january: Store) -> None:
    week = look(january, rows("2024-01-30", 9, sold=4, items="ABC"))
    (asked,) = week.open_questions
    assert (asked.question.id, asked.answer) == ("append", "add")
    assert told(week)["added"].startswith("It adds 7 days with 84 units")
    assert "4 numbers of before differ" in told(week)["changed"]
    keep_import(january, week)
    data = load_plan_data(january)
    assert data is not None
    assert (data.history.n_periods, len(data.history.keys)) == (38, 3)
    assert data.history.quantity.sum() == 2 * 29 * 3 + 3 * 9 * 4
    assert data.sales_until == date(2024, 2, 7)
    undo_import(january, "history")
    before = load_plan_data(january)
    assert before is not None and before.history.quantity.sum() == 2 * 31 * 3


def test_it_can_take_the_place_instead(january: Store) -> None:
    week = look(january, rows("2024-01-30", 9), append="replace")
    assert "added" not in told(week)
    keep_import(january, week)
    data = load_plan_data(january)
    assert data is not None and data.history.n_periods == 9


def test_days_are_added_to_a_plan_in_weeks(store: Store) -> None:
    keep_import(store, look(store, rows("2024-01-01", 31), Period.WEEK))  # until a Wednesday
    keep_import(store, look(store, rows("2024-02-01", 4), append="add"))
    data = load_plan_data(store)
    assert data is not None
    assert data.history.quantity.tolist() == [[21] * 5, [21] * 5]


@pytest.mark.parametrize(
    "text",
    [
        rows("2024-01-01", 60),  # all of it, and more
        rows("2024-02-01", 7, items="XYZ"),  # other items
    ],
)
def test_other_files_take_the_place_without_a_question(january: Store, text: str) -> None:
    assert look(january, text).questions == ()


def test_the_sample_is_never_added_to(store: Store) -> None:
    load_sample(store)
    data = load_plan_data(store)
    assert data is not None
    item = data.history.keys[0].item
    text = f"date,item,quantity\n2026-09-14,{item},3\n2026-09-15,{item},3\n"
    assert look(store, text).questions == ()
