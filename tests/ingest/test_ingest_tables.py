"""Item master, stock and open orders: what is read, assumed, joined and written back."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import (
    CostRates,
    InputFileError,
    Item,
    ItemKey,
    LeadTime,
    OpenOrder,
    OrderRules,
    Period,
    SalesHistory,
    StockPosition,
    attributes,
)
from core.ingest import (
    Source,
    complete_items,
    default_items,
    items_csv,
    join_stock,
    read_calendar,
    read_deliveries,
    read_history,
    read_items,
    read_open_orders,
    read_promotions,
    read_stock,
    read_stockout_days,
    template_csv,
)

READERS = {
    "history": read_history,
    "items": read_items,
    "stock": read_stock,
    "open_orders": read_open_orders,
    "deliveries": read_deliveries,
    "stockout_days": read_stockout_days,
    "promotions": read_promotions,
    "calendar": read_calendar,
}
ITEM_HEAD = "item,location,lead_time,holding_cost,stockout_cost\n"


def source(text: str, name: str = "file.csv") -> Source:
    return Source(name, text.encode())


@pytest.mark.parametrize("table", READERS)
def test_templates_have_all_columns_and_read_without_a_finding(table: str) -> None:
    text = template_csv(table)
    assert text.splitlines()[0].split(",") == [a.name for a in attributes(table) if a.in_template]
    result = READERS[table](source(text))
    assert result.counts.rows_used == 3
    assert not result.findings and not result.unused_columns


POSITIVE = st.floats(1e-9, 1e8)
ITEMS = st.builds(
    Item,
    st.builds(ItemKey, st.sampled_from(["00123", "1E5", "NA", 'a "b", c'])),
    st.builds(CostRates, POSITIVE, POSITIVE, st.floats(0, 1e8), st.floats(0, 1e8)),
    st.builds(LeadTime, st.floats(0, 365), st.floats(0, 365)),
    st.builds(
        OrderRules, st.floats(0, 9), st.floats(1, 50), st.floats(100, 1e7), st.just(math.inf)
    ),
    st.floats(0, 1),
    name=st.sampled_from(["", "Ski; blue", "Größe 3"]),
    supplier=st.sampled_from(["", "ACME"]),
    price=st.none() | st.floats(0, 1e8),
    assumed=st.frozensets(st.sampled_from(["lead_time", "holding_cost", "review_period"])),
    extra=st.sampled_from([{}, {"Colour": "red"}]),
)


@settings(max_examples=100, deadline=None)
@given(ITEMS)
def test_item_master_written_and_read_back_is_equal(item: Item) -> None:
    again = read_items(source(items_csv([item]))).value
    assert again == (item,)


def test_optional_cells_take_their_default_and_are_marked_as_assumed() -> None:
    text = (
        "item,lead_time,holding_cost,stockout_cost,pack_size,shortage\nA,2,1,9,,0.5\nB,2,1,9,6,\n"
    )
    a, b = read_items(source(text)).value
    assert (a.rules, b.rules.pack_size) == (OrderRules(), 6.0)
    assert (a.lost_share, b.lost_share) == (0.5, 1.0)
    assert "pack_size" in a.assumed and "pack_size" not in b.assumed
    assert "shortage" in b.assumed and "shortage" not in a.assumed
    assert not {"lead_time", "max_order", "price"} & a.assumed
    assert a.price is None


def test_item_without_location_stands_for_every_location_but_its_own_row_goes_first() -> None:
    known = [ItemKey("A", "North"), ItemKey("A", "South")]
    rows = ITEM_HEAD + "A,,2,1,9\nA,South,5,1,9\n"
    items = read_items(source(rows), known=known).value
    assert {item.key: item.lead_time.mean for item in items} == dict(
        zip(known, (2.0, 5.0), strict=True)
    )


def test_rejected_item_rows_leave_the_others() -> None:
    text = (
        "item,lead_time,holding_cost,stockout_cost,min_order,max_order\nA,1,1,5,9,2\nB,1,1,5,1,2\n"
    )
    result = read_items(source(text), reject_bad_rows=True)
    assert [item.key.item for item in result.value] == ["B"]
    assert result.counts.rows_rejected == 1 and result.rejected["item"].tolist() == ["A"]


def test_stock_rows_of_one_item_are_added_up_and_told() -> None:
    result = read_stock(source("Artikel;Bestand\nA;1,5\nA;2,5\nB;-3\n"))
    assert result.value == (StockPosition(ItemKey("A"), 4.0), StockPosition(ItemKey("B"), -3.0))
    assert {f.code: f.row for f in result.findings} == {"duplicate_row": 3}


def test_stock_by_location_is_added_up_where_sales_have_none() -> None:
    text = "item,location,on_hand\nA,North,1\nA,South,2\n"
    assert read_stock(source(text), known=[ItemKey("A")]).value[0].on_hand == 3.0


def test_stock_without_location_is_refused_where_sales_have_several() -> None:
    known = [ItemKey("A", "North"), ItemKey("A", "South")]
    with pytest.raises(InputFileError, match="several locations"):
        read_stock(source("item,on_hand\nA,3\n"), known=known)


def test_open_orders_come_by_due_date_and_overdue_ones_are_told() -> None:
    text = "item,quantity,due\nA,5,2024-05-09\nA,7,2024-05-02\nB,0,2024-05-09\n"
    result = read_open_orders(source(text), as_of=date(2024, 5, 5))
    orders = (OpenOrder(7.0, date(2024, 5, 2)), OpenOrder(5.0, date(2024, 5, 9)))
    assert dict(result.value) == {ItemKey("A"): orders}
    assert {f.code: f.row for f in result.findings} == {"overdue": 3, "nothing_open": 4}


def test_stock_and_open_orders_join_and_unknown_stock_is_an_estimate() -> None:
    orders = {ItemKey("B"): (OpenOrder(7.0, date(2024, 5, 2)),)}
    keys = [ItemKey("A"), ItemKey("B")]
    a, b = join_stock(keys, [StockPosition(ItemKey("A"), 4.0)], orders)
    assert (a.on_hand, a.is_estimate, b.is_estimate) == (4.0, False, True)
    assert b.inventory_position == 7.0


def history(period: Period) -> SalesHistory:
    sold = np.ones((2, 3))
    keys = (ItemKey("A"), ItemKey("B"))
    return SalesHistory(period, 100, keys, sold, sold > 0, np.zeros(2, dtype=np.int64))


@pytest.mark.parametrize("period", list(Period))
def test_default_items_are_sound_and_all_assumed(period: Period) -> None:
    for item in default_items(history(period)):
        costs = item.check().costs
        ratio = costs.stockout_cost / (costs.stockout_cost + costs.holding_cost)
        assert ratio == pytest.approx(0.95)
        assert costs.holding_cost * period.per_year == pytest.approx(0.25 * costs.unit_cost)
        assert {"lead_time", "holding_cost", "stockout_cost"} <= item.assumed


def test_items_are_completed_in_the_order_of_the_history() -> None:
    given_items = read_items(source(ITEM_HEAD + "X,,2,1,9\nB,,2,1,9\n")).value
    a, b = complete_items(given_items, history(Period.WEEK))
    assert (a.key.item, b.key.item) == ("A", "B")
    assert "holding_cost" in a.assumed and "holding_cost" not in b.assumed


def test_a_gap_in_the_costs_is_assumed_and_follows_the_period_of_the_sales() -> None:
    text = "item,unit_cost,stockout_cost\nA,12,\nB,24,30\n"
    a, b = complete_items(read_items(source(text)).value, history(Period.MONTH))
    assert a.costs.holding_cost == pytest.approx(0.25)
    assert (a.costs.stockout_cost, b.costs.stockout_cost) == (pytest.approx(0.25 * 19), 30)
    assert "stockout_cost" in a.assumed and "stockout_cost" not in b.assumed
    assert a.lead_time.mean == 1.0 and "lead_time" in a.assumed


@pytest.mark.parametrize(
    ("name", "period", "lead_time"),
    [
        ("Lead Time (months)", Period.DAY, 61),
        ("Lieferzeit Tage", Period.WEEK, 2),
        ("lead_time_weeks", Period.WEEK, 2),
        ("lead_time", Period.WEEK, 2),
        ("délai (jours)", Period.MONTH, 1),
    ],
)
def test_a_lead_time_that_names_its_unit_is_counted_in_the_sales_periods(
    name: str, period: Period, lead_time: float
) -> None:
    days = {"Lieferzeit Tage": 14, "délai (jours)": 9}
    text = f"item,{name},holding_cost,stockout_cost\nA,{days.get(name, 2)},1,9\n"
    result = read_items(source(text), period=period)
    assert result.value[0].lead_time.mean == lead_time
    told = [guess.value for guess in result.guesses if guess.name == "unit of lead_time"]
    assert bool(told) == (name not in ("lead_time", "lead_time_weeks"))
