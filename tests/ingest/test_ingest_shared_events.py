"""Real delivery records and a real calendar, dirt included."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from core.domain import InputFileError
from core.ingest import Source, read_calendar, read_deliveries, read_history

DATA = Path(__file__).parents[2].parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data files are not here")


def test_aid_deliveries_use_the_rows_with_both_dates_and_reject_the_rest_with_reasons() -> None:
    source = Source.from_path(DATA / "scms_delivery_history.csv")
    with pytest.raises(InputFileError):
        read_deliveries(source)
    result = read_deliveries(source, reject_bad_rows=True)
    counts = result.counts
    assert (counts.rows_read, counts.rows_used, counts.rows_rejected) == (4462, 1867, 2595)
    told = {finding.code: finding.count for finding in result.findings}
    # 267 "Date Not Captured" and 2,325 "N/A - From RDC"; 3 received before they were ordered.
    assert (told["not_a_date"], told["received_before_ordered"]) == (2592, 3)
    assert {guess.attribute: guess.column for guess in result.columns.values()} == {
        "item": "Item Description",
        "supplier": "Vendor",
        "order_date": "PO Sent to Vendor Date",
        "receipt_date": "Delivered to Client Date",
        "promised_date": "Scheduled Delivery Date",
    }
    days = result.value.days
    assert (days.min(), days.max()) == (0, 522)
    assert (days.mean(), days.std()) == (pytest.approx(94.88, abs=0.01), pytest.approx(93.77, 1e-3))
    assert [one.question.id for one in result.questions] == ["column_item"]


def test_order_lines_with_shipping_dates_ask_whether_shipped_means_received() -> None:
    result = read_deliveries(Source.from_path(DATA / "dataco_order_lines.csv"))
    assert result.counts.rows_used == 4200
    assert {one.question.id for one in result.questions} == {"column_item", "column_receipt_date"}
    days = result.value.days
    assert (days.min(), days.max(), round(float(days.mean()), 2)) == (0, 6, 3.50)


def test_a_calendar_of_every_day_gives_its_events_and_the_sales_show_when_it_was_closed() -> None:
    sold = read_history(Source.from_path(DATA / "m5_walmart_tx3_foods3_daily_long.csv")).value
    source = Source.from_path(DATA / "m5_walmart_calendar.csv")
    result = read_calendar(source, known=sold.keys, sold=sold)
    assert (result.counts.rows_read, result.counts.rows_used) == (1969, 162)
    order = next(guess for guess in result.guesses if guess.name == "date order of date")
    assert (order.value, order.evidence) == ("month first", "'1/29/2011' proves it")
    assert [one.question.id for one in result.questions] == ["named_days"]
    events = result.value
    closed = events.of_kind("closed")
    assert closed.first.tolist() == [date(year, 12, 25) for year in (2013, 2014, 2015)]
    both = events.name[events.first == np.datetime64("2011-04-24")]
    assert both.tolist() == ["OrthodoxEaster + Easter"]
    assert "event_name_2" not in result.unused_columns and "snap_TX" in result.unused_columns
