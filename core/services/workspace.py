"""The planner's data as it stands: what every other service starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from core.domain import (
    Decision,
    Deliveries,
    Events,
    HistoryError,
    Item,
    ItemKey,
    Period,
    SalesHistory,
    StockPosition,
    no_events,
)
from core.services.dated_tables import deliveries_of, events_of
from core.services.events import with_closed_days, with_stockouts
from core.services.lead_times import Measured, measure, with_measured
from core.services.one_offs import LeftOut, marked, one_offs, sales_mark, without
from core.services.tables import history_of, items_of, positions_of
from core.store import DatasetRecord, Store, fingerprint

if TYPE_CHECKING:
    import pandas as pd

EVENT_KINDS = ("stockout_days", "promotions", "calendar")
MARKING = ("stockout_days", "calendar")
"""Tables that mark periods of the sales."""


@dataclass(frozen=True, eq=False)
class PlanData:
    """Everything the planner gave, on one calendar.

    Args:
        history: Sales.
        items: Item master, one per item of the history, in its order; gaps filled and marked.
        positions: Stock and open orders by item; an item without a row is estimated.
        as_of: Day of planning: the last day of the history, or a later one the planner named.
        is_sample: Whether this is the sample that Quartermaster brings.
        stock_known: Whether a stock file was given at all.
        sources: File name by kind of table.
        read_at: When the newest of the tables was imported.
        history_hash: Fingerprint of the sales.
        fingerprint: Fingerprint of all of it.
        left_out: Sales that the planner called one-off: not in the history.
        whole_hash: Fingerprint of the sales before they were left out; empty where none were.
        whole_fingerprint: Fingerprint of all of it before that; empty where none were.
        sales_until: Last day that the sales file covers, where that is known.
        events: Stock-out days, promotions and calendar by kind of table; stock-outs and closed
            days are marked in the history already.
        deliveries: Order lines that arrived; None where no file told them.
        measured: Lead times by item: those the deliveries tell.
        measured_used: Items whose assumed lead time the measured one stands in for.
    """

    history: SalesHistory
    items: tuple[Item, ...]
    positions: Mapping[ItemKey, StockPosition]
    as_of: date
    is_sample: bool
    stock_known: bool
    sources: Mapping[str, str]
    read_at: datetime
    history_hash: str
    fingerprint: str
    left_out: tuple[LeftOut, ...] = ()
    whole_hash: str = ""
    whole_fingerprint: str = ""
    sales_until: date | None = None
    events: Mapping[str, Events] = field(default_factory=dict)
    deliveries: Deliveries | None = None
    measured: Mapping[ItemKey, Measured] = field(default_factory=dict)
    measured_used: frozenset[ItemKey] = frozenset()

    @property
    def promotions(self) -> Events:
        """Promotions, past and coming; none where no file told them."""
        return self.events.get("promotions") or no_events()

    @property
    def calendar(self) -> Events:
        """Closed days, holidays and events; none where no file told them."""
        return self.events.get("calendar") or no_events()

    @property
    def period(self) -> Period:
        """Bucket of the history."""
        return self.history.period

    @property
    def today_index(self) -> int:
        """Number of the period to order for: the first after the day of planning."""
        return int(self.period.number(self.as_of)) + 1

    def item(self, key: ItemKey) -> Item:
        """Return one item."""
        return self.items[self._places[key]]

    def position(self, key: ItemKey) -> StockPosition:
        """Return one item's stock; estimated at 0 where no file told it."""
        return self.positions.get(key) or StockPosition(key, 0.0, (), is_estimate=True)

    def situation(self, key: ItemKey) -> str:
        """Return a mark of all that today's order of one item rests on, whoever proposes it."""
        if key not in self._places:
            return ""
        item = self.items[self._places[key]]
        known = (item.costs, item.lead_time, item.rules, item.lost_share)
        sales = sales_mark(self, key)
        return fingerprint([sales, self.today_index, known, self.position(key)])

    def counts_today(self, decision: Decision) -> bool:
        """Whether nothing that a decision rests on has changed since."""
        mark = self.situation(decision.key)
        return mark != "" and decision.situation == mark

    @cached_property
    def _places(self) -> dict[ItemKey, int]:
        return {item.key: row for row, item in enumerate(self.items)}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where tables come from.

    Args:
        is_sample: Whether this is the sample that Quartermaster brings.
        stock_known: Whether a stock file was given.
        sources: File name by kind of table.
        read_at: When the newest of them was imported; None for now.
        hashes: Hash by kind of table.
        as_of: Day of planning, where it is later than the last day of sales.
    """

    is_sample: bool = False
    stock_known: bool = True
    sources: Mapping[str, str] = field(default_factory=dict)
    read_at: datetime | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)
    as_of: date | None = None


def load_plan_data(store: Store, as_of: date | None = None) -> PlanData | None:
    """Return the active data, or None where no sales were ever imported.

    Args:
        store: The record.
        as_of: Day of planning, where it is later than the last day of sales; what happened in
            between is not known.

    Raises:
        StorageError: where a stored table cannot be read.
    """
    active = store.datasets.all_active()
    if "history" not in active:
        return None
    frames = {kind: store.datasets.frame(record) for kind, record in active.items()}
    events = {kind: events_of(frames[kind]) for kind in EVENT_KINDS if kind in frames}
    history = _marked(history_of(frames["history"]), events)
    items = items_of(frames["items"]) if "items" in frames else ()
    positions = positions_of(frames.get("stock"), frames.get("open_orders"))
    origin = Origin(
        is_sample=active["history"].is_sample,
        stock_known="stock" in frames,
        sources={kind: record.source_name for kind, record in active.items()},
        read_at=max(record.imported_at for record in active.values()),
        hashes={kind: record.parquet_sha256 for kind, record in active.items()},
        as_of=as_of,
    )
    until = sales_until(active["history"])
    data = replace(plan_data(history, items, positions, origin), sales_until=until, events=events)
    return without(_with_deliveries(data, frames.get("deliveries")), one_offs(store))


def _marked(history: SalesHistory, events: Mapping[str, Events]) -> SalesHistory:
    """Mark the periods in which sales say little about demand; no sale is changed."""
    if "stockout_days" in events:
        history = with_stockouts(history, events["stockout_days"])
    return with_closed_days(history, events["calendar"]) if "calendar" in events else history


def _with_deliveries(data: PlanData, frame: pd.DataFrame | None) -> PlanData:
    """Measure lead times, and put them in the place of assumed ones."""
    if frame is None:
        return data
    deliveries = deliveries_of(frame)
    measured = measure(deliveries, data.items)
    items, used = with_measured(data.items, measured, data.period)
    return replace(
        data,
        items=items,
        deliveries=deliveries,
        measured=measured,
        measured_used=frozenset(used),
    )


def sales_until(record: DatasetRecord) -> date | None:
    """Return the last day that a sales file covers, where that was kept."""
    span = record.details.get("span")
    return date.fromisoformat(span[1]) if span else None


def data_fingerprint(store: Store) -> str:
    """Return a cheap fingerprint of the active data, to know when a cached copy is stale."""
    active = store.datasets.all_active()
    tables = fingerprint({kind: record.parquet_sha256 for kind, record in active.items()})
    return marked(tables, one_offs(store))


def plan_data(
    history: SalesHistory,
    items: tuple[Item, ...],
    positions: Mapping[ItemKey, StockPosition],
    origin: Origin,
) -> PlanData:
    """Join the tables: one item per item of the history, missing ones at marked defaults.

    Raises:
        HistoryError: where the history holds no item.
    """
    from core.ingest import complete_items

    if not history.keys:
        raise HistoryError("The sales history holds no item", remedy="Upload sales on Data.")
    complete = {item.key: item for item in complete_items(items, history)}
    return PlanData(
        history=history,
        items=tuple(complete[key] for key in history.keys),
        positions=positions,
        as_of=max(last_day(history), origin.as_of or date.min),
        is_sample=origin.is_sample,
        stock_known=origin.stock_known,
        sources=origin.sources,
        read_at=origin.read_at or datetime.now(UTC),
        history_hash=_history_hash(origin.hashes),
        fingerprint=fingerprint(dict(origin.hashes)),
    )


def _history_hash(hashes: Mapping[str, str]) -> str:
    """Return a fingerprint of the sales with all that is marked on them."""
    marks = {kind: hashes[kind] for kind in MARKING if kind in hashes}
    sales = hashes.get("history", "")
    return fingerprint([sales, marks]) if sales and marks else sales


def last_day(history: SalesHistory) -> date:
    """Return the last day of the last period."""
    return history.period.first_day(history.next_index) - timedelta(days=1)
