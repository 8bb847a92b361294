"""The Data page where columns are in doubt: choices show cells; a file may be about one item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.ingest.columns import ONE_ITEM
from core.store import Store, open_store
from tests.pages.page_parts import opened, sound

PAGE = "pages/setup/data.py"


@pytest.fixture(autouse=True)
def store(var_dir) -> Iterator[Store]:
    """Return an empty record that will not offer the sample by itself."""
    store = open_store()
    store.settings.set("sample_offered", True)
    yield store
    store.close()


def drop(text: str) -> Any:
    app = opened(PAGE)
    app.file_uploader[0].set_value(("sales.csv", text.encode(), "text/csv"))
    return sound(app.run())


def test_the_question_for_a_column_shows_cells_of_each():
    rows = "".join(f"2026-03-{d:02d},A,{d},{d % 3},x,y\n" for d in range(1, 29))
    app = drop("date,item,sales,orders,one,two\n" + rows)
    (box,) = [box for box in app.selectbox if "Which column is quantity" in box.label]
    assert box.options[2:4] == ["sales: 1; 2; 3", "orders: 1; 2; 0"]


def test_a_file_without_an_item_can_be_used_as_one():
    rows = "".join(f"2026-03-{d:02d},{d}\n" for d in range(1, 29))
    app = drop("date,quantity\n" + rows)
    assert "cannot be used yet" in "\n".join(e.value for e in (*app.markdown, *app.error))
    box = next(box for box in app.selectbox if box.label.startswith("Item"))
    app = sound(box.set_value(ONE_ITEM).run())
    (use,) = [button for button in app.button if button.label == "Use this file"]
    assert not use.disabled
