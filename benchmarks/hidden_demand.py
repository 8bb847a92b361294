"""Sales that hide demand: a shop that ran out by the hour, and demand hidden on purpose."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.other_sales import SHOP
from benchmarks.real_sales import M5
from core.domain import ItemHistory, ItemKey, Period, SalesHistory
from core.ingest.stocked_share import hour_shares
from core.ingest.zero_runs import likely_stockouts

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RAW, LEFT_OUT, ESTIMATED = "sales as demand", "stock-outs left out", "estimated"
BY_HOURS, TRUTH = "by the hours in stock", "the whole truth"

_UNITS, _HOURS, _SEED = 100.0, 24, 5
# The hours in which nearly everything is sold; a day needs this share of its usual hours in stock.
_OPEN_SHARE, _LEAST_SHARE = 0.97, 0.3
_LEAST_KNOWN, _LEAST_TRUTH = 10, 5
_M5_DAYS, _M5_MEAN, _M5_MARKED = 364, 3.0, 0.02
_HIDING_LEAD_TIME = 2


@dataclass(frozen=True, eq=False)
class Hidden:
    """One item: what its past looks like to each way of reading it, and what came after.

    Args:
        pasts: By the way of reading it; all on one calendar. Held-out days within are unknown.
        start: Number of the first period that is played.
        days: Held-out days whose demand is known, counted from the start, rising, shape [n].
        truth: Demand on them, units, shape [n].
        sold: Of the demand of the past, the share that was sold; nan where nobody knows.
    """

    pasts: Mapping[str, ItemHistory]
    start: int
    days: npt.NDArray[np.int64]
    truth: Floats
    sold: float = float("nan")


@dataclass(frozen=True, eq=False)
class Hours:
    """The shop hour by hour of its opening hours.

    Args:
        names: Items.
        first: Number of the first day.
        sold: Hundredths, shape [n_items, n_days, n_hours].
        in_stock: Same shape.
        is_left: Days that may be looked at, shape [n_items, n_days].
        truth: Demand of the days on which it is known, else nan, shape [n_items, n_days].
    """

    names: list[str]
    first: int
    sold: Floats
    in_stock: Flags
    is_left: Flags
    truth: Floats

    def split(self, held_out: Sequence[Flags]) -> list[Hidden]:
        """Read the past in every way; items with too few days in any split are left out.

        Args:
            held_out: Days that no reading may see, one row per split, shape [n_days] each.

        Returns:
            Split by split, the same items in each.
        """
        is_known = np.isfinite(self.truth)
        whole = self.in_stock.all(2) & self.is_left
        kept = [
            row
            for row in range(len(self.names))
            if all(
                (whole[row] & ~hidden).sum() >= _LEAST_KNOWN
                and (is_known[row] & hidden).sum() >= _LEAST_TRUTH
                for hidden in held_out
            )
        ]
        return [hidden for days in held_out for hidden in self._readings(kept, days)]

    def _readings(self, rows: list[int], hidden: Flags) -> list[Hidden]:
        seen = ~hidden & self.is_left
        usual = _usual_shares(self.sold, self.in_stock & seen[:, :, None])
        share, day_sold = self.in_stock @ usual, np.rint(self.sold.sum(2))
        whole = self.in_stock.all(2)
        readings = {
            RAW: (day_sold, np.ones_like(whole)),
            LEFT_OUT: (np.where(whole, day_sold, 0.0), whole),
            ESTIMATED: (day_sold, whole),
        }
        start = int(np.argmax(hidden))
        found = []
        for row in rows:
            key, mine = ItemKey(self.names[row]), seen[row]
            pasts = {
                name: _history(key, self.first, np.where(mine, q[row], 0.0), known[row] & mine)
                for name, (q, known) in readings.items()
            }
            known = pasts[ESTIMATED]
            pasts[BY_HOURS] = replace(known, stocked_share=np.where(mine, share[row], 0.0))
            days = np.flatnonzero(np.isfinite(self.truth[row]) & hidden)
            truth = self.truth[row, days]
            found.append(Hidden(pasts, self.first + start, days - start, truth))
        return found


def shop(folder: Path) -> Hours:
    """Read the shop; what is known for true are days in stock in all opening hours."""
    names, sold, is_out, first = _by_hour(folder)
    is_open = opening_hours(sold.sum((0, 1)))
    in_stock = ~is_out[:, :, is_open]
    # What little was sold at night belongs to the hour beside it.
    sold = _UNITS * np.concatenate(
        [
            sold[:, :, : is_open.start + 1].sum(2, keepdims=True),
            sold[:, :, is_open.start + 1 : is_open.stop - 1],
            sold[:, :, is_open.stop - 1 :].sum(2, keepdims=True),
        ],
        axis=2,
    )
    truth = np.where(in_stock.all(2), np.rint(sold.sum(2)), np.nan)
    return Hours(names, first, sold, in_stock, np.ones(truth.shape, dtype=bool), truth)


def scaled_up(hours: Hours) -> Hours:
    """Take for true also days partly in stock, by the share of demand in the hours in stock."""
    share = hours.in_stock @ _usual_shares(hours.sold, hours.in_stock)
    part = np.rint((hours.sold * hours.in_stock).sum(2) / np.maximum(share, _LEAST_SHARE))
    part = np.where(share >= _LEAST_SHARE, np.maximum(part, hours.sold.sum(2)), np.nan)
    return replace(hours, truth=np.where(np.isfinite(hours.truth), hours.truth, part))


def hidden_by_hour(hours: Hours, late: float) -> Hours:
    """Hide demand of days in stock all through: shelves run out, and some are filled late.

    Args:
        hours: The shop; all other days are not looked at.
        late: Share of days on which the shelf is empty in the morning.
    """
    rng = np.random.default_rng(_SEED)
    is_true = np.isfinite(hours.truth)
    usual = np.nanmean(np.where(is_true, hours.truth, np.nan), axis=1, keepdims=True)
    opens = np.where(rng.random(is_true.shape) < late, rng.integers(1, 6, is_true.shape), 0)
    is_filled = np.arange(hours.sold.shape[2]) >= opens[:, :, None]
    wanted = np.cumsum(hours.sold * is_filled, axis=2)
    stock = np.rint(usual * rng.uniform(0.4, 1.6, is_true.shape))[:, :, None]
    sold = np.diff(np.minimum(wanted, stock), axis=2, prepend=0.0)
    in_stock = is_filled & (wanted < stock)
    return replace(hours, sold=sold, in_stock=in_stock, is_left=is_true)


def last_month(n_days: int = 90) -> list[Flags]:
    """Hold out the last third."""
    return [np.arange(n_days) >= 2 * n_days // 3]


def weeks_in_turn(n_days: int = 90, n_splits: int = 3) -> list[Flags]:
    """Hold out every third week, in turn: what shifts in between hits all readings alike."""
    return [np.arange(n_days) // 7 % n_splits == split for split in range(n_splits)]


def opening_hours(sold: Floats) -> slice:
    """Return the fewest hours on end in which nearly everything is sold.

    Args:
        sold: Units by hour of the day, shape [24].
    """
    total = np.concatenate([[0.0], np.cumsum(sold)]) / sold.sum()
    for n_hours in range(1, _HOURS + 1):
        share = total[n_hours:] - total[:-n_hours]
        if share.max() >= _OPEN_SHARE:
            return slice(int(share.argmax()), int(share.argmax()) + n_hours)
    return slice(0, _HOURS)


def hidden_on_purpose(folder: Path, cover: float) -> list[Hidden]:
    """Hide the demand of shelves that were never empty behind a shop that orders too little.

    Args:
        folder: Where the file of daily retail sales is.
        cover: Order-up-to level of that shop, in mean demands over lead time and review.
    """
    with (folder / M5).open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))[1:]
    daily = np.array([[float(value) for value in row[1:]] for row in rows])[:, -2 * _M5_DAYS :]
    keys = tuple(ItemKey(row[0]) for row in rows)
    all_in_stock = np.ones(daily.shape, dtype=bool)
    none = np.zeros(len(keys), dtype=np.int64)
    marked = likely_stockouts(SalesHistory(Period.DAY, 0, keys, daily, all_in_stock, none))
    past = daily[:, :_M5_DAYS]
    chosen = (past.mean(1) >= _M5_MEAN) & (marked.mean(1) < _M5_MARKED)
    demand = past[chosen]
    level = np.rint(cover * (_HIDING_LEAD_TIME + 1) * demand.mean(1))
    sold, in_stock = sell(demand, level, _HIDING_LEAD_TIME)
    return [
        Hidden(
            {
                RAW: _history(key, 0, sold[row], np.ones(_M5_DAYS, dtype=bool)),
                LEFT_OUT: _history(key, 0, np.where(in_stock[row], sold[row], 0.0), in_stock[row]),
                ESTIMATED: _history(key, 0, sold[row], in_stock[row]),
                TRUTH: _history(key, 0, demand[row], np.ones(_M5_DAYS, dtype=bool)),
            },
            _M5_DAYS,
            np.arange(_M5_DAYS),
            daily[chosen][row, _M5_DAYS:],
            float(sold[row].sum() / demand[row].sum()),
        )
        for row, key in enumerate(np.array(keys, dtype=object)[chosen])
    ]


def sell(demand: Floats, level: Floats, lead_time: int) -> tuple[Floats, Flags]:
    """Return what a shop that orders up to a level each day sells, and whether stock lasted.

    Args:
        demand: Units, shape [n_items, n_days].
        level: Order-up-to level, units, shape [n_items].
        lead_time: Days, 1 or more.
    """
    sold, lasted = np.zeros_like(demand), np.zeros(demand.shape, dtype=bool)
    on_hand, coming = level.copy(), np.zeros((lead_time, len(level)))
    for day in range(demand.shape[1]):
        on_hand = on_hand + coming[0]
        order = level - on_hand - coming[1:].sum(0)
        coming = np.concatenate([coming[1:], order[None]])
        sold[:, day] = np.minimum(demand[:, day], on_hand)
        on_hand = on_hand - sold[:, day]
        lasted[:, day] = on_hand > 0
    return sold, lasted


def _by_hour(folder: Path) -> tuple[list[str], Floats, Flags, int]:
    """Return names, sales and stock-outs by day and hour, and the number of the first day."""
    with (folder / SHOP).open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    names = sorted({f"{row['store_id']}-{row['product_id']}" for row in rows})
    day = Period.DAY.number(np.array([row["dt"] for row in rows], dtype="datetime64[D]"))
    place = {name: number for number, name in enumerate(names)}
    item = [place[f"{row['store_id']}-{row['product_id']}"] for row in rows]
    at = item, day - day.min(), [int(row["hour"]) for row in rows]
    sold = np.zeros((len(names), int(day.max() - day.min()) + 1, _HOURS))
    is_out = np.zeros(sold.shape, dtype=bool)
    sold[at] = [float(row["hourly_sale"]) for row in rows]
    is_out[at] = [row["hourly_stockout"] == "1" for row in rows]
    return names, sold, is_out, int(day.min())


def _usual_shares(sold: Floats, in_stock: Flags) -> Floats:
    """Return the share of a day's demand in each hour, from hours in stock, shape [n_hours]."""
    return hour_shares(in_stock.sum(1).astype(np.float64), (sold * in_stock).sum(1))


def _history(key: ItemKey, first: int, quantity: Floats, in_stock: Flags) -> ItemHistory:
    return ItemHistory(key, Period.DAY, first, quantity, in_stock)
