"""A newer file is added to the sales in use, and only what differs is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.domain import HistoryError, ItemKey, Period, SalesHistory
from core.services.appending import append, in_periods

A, B, C = ItemKey("A"), ItemKey("B"), ItemKey("C")


def sales(
    start: str, rows: dict[ItemKey, list[float]], period: Period = Period.DAY
) -> SalesHistory:
    quantity = np.array([rows[key] for key in sorted(rows)], dtype=np.float64)
    return SalesHistory(
        period,
        int(period.number(np.datetime64(start))),
        tuple(sorted(rows)),
        quantity,
        np.ones(quantity.shape, dtype=np.bool_),
        np.zeros(len(rows), dtype=np.int64),
    )


def test_new_days_are_added_and_the_newer_number_counts() -> None:
    before = sales("2024-01-01", {A: [1, 2, 3], B: [4, 5, 6]})
    newer = sales("2024-01-03", {A: [9, 7], C: [0, 8]})
    found = append(before, newer, date(2024, 1, 3), date(2024, 1, 3))
    assert found.history.keys == (A, B, C)
    assert found.history.quantity.tolist() == [[1, 2, 9, 7], [4, 5, 0, 0], [0, 0, 0, 8]]
    assert found.history.first_listed.tolist() == [0, 0, 2]
    assert (found.n_new, found.n_missing, found.units_added) == (1, 0, 15)
    assert (found.new_items, found.silent_items) == ((C,), (B,))
    told = [(c.key, c.day, c.before, c.now) for c in found.changes]
    assert told == [(A, date(2024, 1, 3), 3, 9), (B, date(2024, 1, 3), 6, 0)]
    assert found.history.in_stock.all()


def test_the_same_file_again_changes_nothing() -> None:
    before = sales("2024-01-01", {A: [1, 2, 3], B: [4, 5, 6]})
    found = append(before, before, date(2024, 1, 1), date(2024, 1, 3))
    assert (found.n_new, found.changes, found.new_items) == (0, (), ())
    np.testing.assert_array_equal(found.history.quantity, before.quantity)


def test_what_came_back_stays_with_its_days_and_adds_up_in_weeks() -> None:
    before = sales("2024-01-01", {A: [5, 5, 5]})
    newer = replace(sales("2024-01-03", {A: [4, 4]}), returned=np.array([[1.0, 2.0]]))
    found = append(before, newer, date(2024, 1, 3), date(2024, 1, 3)).history
    assert found.returned is not None and found.returned.tolist() == [[0, 0, 1, 2]]
    weeks = in_periods(found, Period.WEEK)
    assert weeks.returned is not None and weeks.returned.tolist() == [[3]]
    assert append(before, before, date(2024, 1, 1), date(2024, 1, 3)).history.returned is None


def test_days_that_neither_file_covers_are_not_known() -> None:
    before, newer = sales("2024-01-01", {A: [1, 2]}), sales("2024-01-05", {A: [3, 4]})
    found = append(before, newer, date(2024, 1, 5), date(2024, 1, 2))
    assert found.n_missing == 2
    assert found.history.in_stock.tolist() == [[True, True, False, False, True, True]]


def test_a_week_cut_in_two_by_the_files_is_added_up() -> None:
    before = sales("2024-01-01", {A: [10, 4]}, Period.WEEK)  # until Wednesday 10
    newer = sales("2024-01-08", {A: [3, 7]}, Period.WEEK)  # from Thursday 11
    found = append(before, newer, date(2024, 1, 11), date(2024, 1, 10))
    assert found.history.quantity.tolist() == [[10, 7, 7]]
    assert found.cut_period == date(2024, 1, 8)


def test_a_whole_week_is_not_replaced_by_a_part_of_it() -> None:
    before = sales("2024-01-01", {A: [10, 9]}, Period.WEEK)
    newer = sales("2024-01-08", {A: [3, 7]}, Period.WEEK)
    found = append(before, newer, date(2024, 1, 11), date(2024, 1, 14))
    assert found.history.quantity.tolist() == [[10, 9, 7]]


def test_days_are_counted_in_the_weeks_of_before() -> None:
    days = sales("2024-01-10", {A: [1, 2, 3, 4, 5, 6, 7], B: [0, 0, 0, 0, 0, 1, 0]})
    weeks = in_periods(days, Period.WEEK)
    assert (str(weeks.starts[0]), weeks.quantity.tolist()) == ("2024-01-08", [[15, 13], [0, 1]])
    with pytest.raises(HistoryError, match="counts in weeks"):
        in_periods(weeks, Period.DAY)


def test_shares_of_days_in_stock_are_kept_and_a_period_added_up_has_none() -> None:
    before = sales("2024-01-01", {A: [1, 2, 3, 4]})
    before.in_stock[0, 1] = False
    before = replace(before, stocked_share=np.array([[1.0, 0.4, 1.0, 1.0]]))
    newer = sales("2024-01-05", {A: [9, 7]})
    share = append(before, newer, date(2024, 1, 5), date(2024, 1, 4)).history.stocked_share
    assert share is not None and share.tolist() == [[1.0, 0.4, 1.0, 1.0, 1.0, 1.0]]
    both = append(newer, newer, date(2024, 1, 5), date(2024, 1, 6)).history
    assert both.stocked_share is None
