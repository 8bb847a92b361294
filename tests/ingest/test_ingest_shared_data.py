"""Real files, dirt included, read with the totals they hold."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from core.domain import ItemKey, Period
from core.ingest import ReadOptions, Source, read_history, read_items, read_stock

DATA = Path(__file__).parents[2].parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data files are not here")


def total(name: str, column: str) -> float:
    with (DATA / name).open(encoding="utf-8") as lines:
        return sum(float(row[column]) for row in csv.DictReader(lines))


CASES = {
    "m5_walmart_tx3_foods3_daily_long.csv": ("units", Period.DAY, 26, {}),
    "stallion_beverage_monthly_long.csv": ("volume", Period.MONTH, 110, {}),
    "m3_monthly_micro_industry_long.csv": ("value", Period.MONTH, 140, {}),
    "dataco_order_lines.csv": (
        "Order Item Quantity",
        Period.DAY,
        104,
        {"item": "Product Name", "quantity": "Order Item Quantity"},
    ),
    "freshretail_hourly_stockouts.csv": (
        "hourly_sale",
        Period.DAY,
        18,
        {"item": "product_id", "location": "store_id", "date": "dt", "quantity": "hourly_sale"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_long_file_is_read_with_its_total(name: str) -> None:
    column, period, n_items, columns = CASES[name]
    no_status = {"status": "(none)", "document_type": "(none)"}
    answers = no_status if name.startswith("dataco") else {}
    options = ReadOptions(columns=columns, answers=answers)
    result = read_history(Source.from_path(DATA / name), options=options)
    assert result.value.period is period
    assert len(result.value.keys) == n_items
    assert result.counts.rows_rejected == 0
    assert result.value.quantity.sum() == pytest.approx(total(name, column), rel=1e-9)


def test_invoice_lines_keep_codes_net_returns_and_tell_of_the_dirt() -> None:
    source = Source.from_path(DATA / "online_retail_invoice_lines.csv")
    apart = ReadOptions(answers={"spelling": "apart"})
    result = read_history(source, options=apart)
    history = result.value
    assert {guess.column for guess in result.columns.values()} == {
        "InvoiceDate",
        "StockCode",
        "Quantity",
    }
    assert history.keys.index(ItemKey("85123a")) != history.keys.index(ItemKey("85123A"))
    told = {f.code: f for f in result.findings}
    assert told["duplicate_row"].count == 177
    assert told["returns"].what.startswith("890 rows")
    assert told["case_twins"] and told["same_item_and_date"].severity == "info"
    by_key = history.item(ItemKey("85123A"))
    with (DATA / source.name).open(encoding="utf-8") as lines:
        days: dict[str, float] = {}
        for row in csv.DictReader(lines):
            if row["StockCode"] == "85123A":
                day = row["InvoiceDate"][:10]
                days[day] = days.get(day, 0.0) + float(row["Quantity"])
    assert by_key.quantity.sum() == sum(days.values())


def test_order_lines_that_came_to_nothing_are_left_out_by_default() -> None:
    name = "dataco_order_lines.csv"
    columns = {"item": "Product Name", "quantity": "Order Item Quantity"}
    result = read_history(Source.from_path(DATA / name), options=ReadOptions(columns=columns))
    with (DATA / name).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    gone = {"CANCELED", "SUSPECTED_FRAUD"}
    kept = [float(r["Order Item Quantity"]) for r in rows if r["Order Status"] not in gone]
    assert len(rows) - len(kept) == 83 + 89
    assert result.value.quantity.sum() == pytest.approx(sum(kept))
    assert (result.counts.rows_read, result.counts.rows_used) == (4200, len(kept))


def test_stockouts_at_night_are_none() -> None:
    result = read_history(Source.from_path(DATA / "freshretail_hourly_stockouts.csv"))
    hours = next(guess for guess in result.guesses if guess.name == "opening hours")
    assert hours.value == "5 to 22"
    flagged = 1 - result.value.in_stock.mean()
    assert 0.5 < flagged < 0.65  # with the nights, 19 of 20 days would be out of stock


def test_six_rows_of_names_are_read_as_the_sheet_means_them() -> None:
    name = "man_spareparts_sheet_as_exported.csv"
    result = read_history(Source.from_path(DATA / name))
    with (DATA / name).open(encoding="utf-8") as lines:
        rows = list(csv.reader(lines))[6:]
    assert result.value.quantity.shape == (120, 150)
    assert result.value.quantity.sum() == pytest.approx(sum(float(c) for r in rows for c in r[9:]))
    assert (str(result.value.starts[0]), str(result.value.starts[-1])) == (
        "2012-01-02",
        "2014-11-10",
    )
    assert result.counts.rows_read == result.counts.rows_used == 120


def test_dataco_dates_are_month_first_by_proof() -> None:
    columns = {"item": "Product Name", "quantity": "Order Item Quantity"}
    source = Source.from_path(DATA / "dataco_order_lines.csv")
    result = read_history(source, options=ReadOptions(columns=columns))
    order = next(g for g in result.guesses if g.name == "date order of date")
    assert (order.value, "proves it" in order.evidence) == ("month first", True)
    assert result.value.starts[-1] == np.datetime64("2018-01-31")


FIRST = {"first_period": "2011-01-29"}
WIDE = {
    "carparts_monthly_wide.csv": (Period.MONTH, 2674, "1998-01-01", "2002-03-01", {}),
    "hospital_monthly_wide.csv": (Period.MONTH, 767, "2000-01-01", "2006-12-01", {}),
    "raf_spares_monthly_wide.csv": (Period.MONTH, 2500, "1996-01-01", "2002-12-01", {}),
    "man_spareparts_weekly_wide.csv": (Period.WEEK, 1600, "2012-01-02", "2014-11-10", {}),
    "pharma_sales_daily.csv": (Period.DAY, 8, "2014-01-02", "2019-10-08", {}),
    "pharma_sales_weekly.csv": (Period.WEEK, 8, "2013-12-30", "2019-10-07", {}),
    "pharma_sales_monthly.csv": (Period.MONTH, 8, "2014-01-01", "2019-10-01", {}),
    "replenishmentenv_sku58_demand.csv": (Period.DAY, 58, "2010-12-01", "2012-04-14", {}),
    "m5_walmart_tx3_foods3_daily_wide.csv": (Period.DAY, 120, "2011-01-29", "2016-04-24", FIRST),
    "uci_sales_transactions_weekly_wide.csv": (
        Period.WEEK,
        811,
        "2014-01-06",
        "2014-12-29",
        {"first_period": "2014-01-06"},
    ),
}
# Columns that are no sales, by what their names begin with.
BESIDE = (
    *("month", "datum", "Date", "id", "Item Ref", "DESCRIPTION", "Lead Time", "PRICE", "sku_nr"),
    *("products_per", "cost_price", "fixed_cost", "inventory_cost", "lead_time", "min_order"),
    *("Sales=", "Year", "Month", "Hour", "Weekday", "Product_Code", "MIN", "MAX"),
)


def wide_total(name: str) -> float:
    """Add up every number of a wide file that stands in a column of sales."""
    with (DATA / name).open(encoding="utf-8") as lines:
        rows = csv.reader(lines)
        kept = [i for i, column in enumerate(next(rows)) if not column.startswith(BESIDE)]
        return sum(float(row[i]) for row in rows for i in kept if row[i] not in ("", "NA"))


@pytest.mark.parametrize("name", WIDE)
def test_wide_file_is_read_with_its_total(name: str) -> None:
    period, n_items, first, last, answers = WIDE[name]
    result = read_history(Source.from_path(DATA / name), options=ReadOptions(answers=answers))
    history = result.value
    assert (history.period, len(history.keys)) == (period, n_items)
    assert (str(history.starts[0]), str(history.starts[-1])) == (first, last)
    assert result.counts.rows_rejected == 0
    assert history.quantity.sum() == pytest.approx(wide_total(name), rel=1e-9)


def test_files_raise_the_questions_they_should_and_no_others() -> None:
    asked = {
        "carparts_monthly_wide.csv": {"blank_cells"},
        "hospital_monthly_wide.csv": set(),
        "m3_monthly_micro_industry_long.csv": set(),
        "m5_walmart_tx3_foods3_daily_long.csv": {"zero_runs"},
        "m5_walmart_tx3_foods3_next56_wide.csv": {"first_period", "zero_runs"},
        "freshretail_hourly_stockouts.csv": {"column_quantity"},
        "man_spareparts_sheet_as_exported.csv": set(),
        "online_retail_invoice_lines.csv": {
            "negatives",
            "duplicates",
            "missing_periods",
            "no_goods",
            "spelling",
            "zero_runs",
        },
        "pharma_sales_daily.csv": set(),
        "stallion_beverage_monthly_long.csv": set(),
        "dataco_order_lines.csv": {"column_item", "column_quantity", "status"},
        "uci_sales_transactions_weekly_wide.csv": {"first_period"},
    }
    found = {
        name: {a.question.id for a in read_history(Source.from_path(DATA / name)).questions}
        for name in asked
    }
    assert found == asked


def test_tab_file_with_bare_carriage_returns_is_cut_into_columns() -> None:
    columns = {
        "date": "Delivered to Client Date",
        "item": "Item Description",
        "quantity": "Line Item Quantity",
    }
    result = read_history(
        Source.from_path(DATA / "scms_delivery_history.csv"),
        as_of=date(2016, 1, 1),
        options=ReadOptions(columns=columns),
    )
    assert result.counts.rows_read == 4462
    assert next(g for g in result.guesses if g.name == "delimiter").value == "tab"


def test_stock_snapshot_keeps_negative_stock() -> None:
    result = read_stock(Source.from_path(DATA / "backorder_stock_snapshot.csv"))
    negative = sum(position.on_hand < 0 for position in result.value)
    assert (result.counts.rows_read, negative) == (8000, 135)


def test_a_real_item_master_without_costs_gets_them_assumed() -> None:
    result = read_items(Source.from_path(DATA / "replenishmentenv_sku58_info.csv"))
    assert len(result.value) == 58 and result.counts.rows_rejected == 0
    first = result.value[0]
    assert {"holding_cost", "stockout_cost"} <= first.assumed and "lead_time" not in first.assumed
    costs = first.costs
    assert costs.holding_cost == pytest.approx(0.25 * costs.unit_cost / Period.DAY.per_year)
    assert costs.stockout_cost == pytest.approx(19 * costs.holding_cost)
    told = [f.what for f in result.findings if f.code == "assumed"]
    assert any(what.startswith("Holding cost of 58 items is not in the file") for what in told)


@pytest.mark.parametrize(
    ("name", "n_items"),
    [("raf_spares_monthly_wide.csv", 2500), ("backorder_stock_snapshot.csv", 8000)],
)
def test_sheets_that_hold_lead_times_are_item_masters_too(name: str, n_items: int) -> None:
    result = read_items(Source.from_path(DATA / name), period=Period.MONTH, reject_bad_rows=True)
    assert len(result.value) + result.counts.rows_rejected == n_items
