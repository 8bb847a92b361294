"""Sales rows become one calendar of items and periods."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import ItemKey, Period
from core.ingest import Source, read_history

HEAD = "date,item,location,quantity,in_stock\n"


def read(text: str, **kwargs: object):  # type: ignore[no-untyped-def]
    return read_history(Source("sales.csv", text.encode()), **kwargs)  # type: ignore[arg-type]


def test_gaps_are_no_sales_in_stock_and_items_start_when_first_listed() -> None:
    rows = "2024-01-01,B,N,2,yes\n2024-01-04,B,N,3,no\n2024-01-03,A,N,1,\n2024-01-04,A,S,1,1\n"
    history = read(HEAD + rows, period=Period.DAY).value
    assert history.keys == (ItemKey("A", "N"), ItemKey("A", "S"), ItemKey("B", "N"))
    assert history.quantity.tolist() == [[0, 0, 1, 0], [0, 0, 0, 1], [2, 0, 0, 3]]
    assert history.first_listed.tolist() == [2, 3, 0]
    assert np.argwhere(~history.in_stock).tolist() == [[2, 3]]


def test_a_period_with_one_day_out_of_stock_is_out_of_stock() -> None:
    rows = "".join(f"2024-01-{d:02d},A,,1,{'no' if d == 3 else 'yes'}\n" for d in range(1, 15))
    history = read(HEAD + rows, period=Period.WEEK).value
    assert history.quantity.tolist() == [[7, 7]]
    assert history.in_stock.tolist() == [[False, True]]


@pytest.mark.parametrize(
    ("dates", "period"),
    [
        (["2024-01-01", "2024-01-02", "2024-01-05"], Period.DAY),
        (["2024-01-01", "2024-01-08", "2024-01-22"], Period.WEEK),
        (["2024-01-31", "2024-02-29", "2024-03-31"], Period.MONTH),
        (["2024-01", "2024-02", "2024-05"], Period.MONTH),
        (["2024-W01", "2024-W02", "2024-W03"], Period.WEEK),
    ],
)
def test_period_is_taken_from_the_spacing_of_the_dates(dates: list[str], period: Period) -> None:
    text = "date,item,quantity\n" + "".join(f"{day},A,1\n" for day in dates)
    result = read(text)
    assert result.value.period is period
    assert next(g for g in result.guesses if g.name == "period").value == period.value


def test_period_finer_than_the_dates_is_told() -> None:
    text = "date,item,quantity\n2024-01-01,A,1\n2024-01-08,A,1\n2024-01-15,A,1\n"
    assert "period_too_fine" in {f.code for f in read(text, period=Period.DAY).findings}


ROWS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from("ABC"), st.integers(0, 50)),
    min_size=2,
    max_size=40,
).filter(lambda rows: any(q for _, _, q in rows) and len({d for d, _, _ in rows}) > 1)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.permutations(["date", "item", "quantity"]))
def test_units_are_conserved_in_any_order_of_rows_and_columns(
    rows: list[tuple[int, str, int]], order: list[str]
) -> None:
    days = np.datetime64("2024-01-01") + np.array([d for d, _, _ in rows])
    cells = [
        {"date": str(day), "item": item, "quantity": str(quantity)}
        for day, (_, item, quantity) in zip(days, rows, strict=True)
    ]
    text = "\n".join([";".join(order), *(";".join(row[name] for name in order) for row in cells)])
    history = read(text, period=Period.DAY).value
    for key, sold in zip(history.keys, history.quantity, strict=True):
        assert sold.sum() == sum(q for _, item, q in rows if item == key.item)


def test_300_000_rows_are_read_in_under_3_seconds() -> None:
    days = np.datetime64("2023-01-01") + np.arange(600)
    text = HEAD + "".join(
        f"{day},SKU{i:04d},L{i % 3},{(i + j) % 37},yes\n"
        for j, day in enumerate(days.astype(str))
        for i in range(500)
    )
    start = time.perf_counter()
    result = read(text)
    assert time.perf_counter() - start < 3.0
    assert result.value.quantity.shape == (500, 600)
