"""What was practised until now: how much demand was served, and what stock is worth today."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from core.demand import estimated_demand
from core.domain import ItemKey, Period, SalesHistory
from core.services.assortment import Assortment
from core.services.events import with_closed_days
from core.services.one_offs import whole_item
from core.services.workspace import PlanData

LOOK_BACK = {Period.DAY: 365, Period.WEEK: 52, Period.MONTH: 12}


@dataclass(frozen=True, slots=True)
class Practice:
    """Today's practice, as far as the planner's files tell it.

    Args:
        fill_rate: Units sold as a share of the demand estimated; None where no file says when
            stock ran out.
        n_periods: Periods looked back over.
        n_out: Periods of an item in which stock ran out.
        stock_value: Money in stock today, at unit cost; None where stock is not known.
    """

    fill_rate: float | None
    n_periods: int
    n_out: int
    stock_value: float | None


def todays_practice(assortment: Assortment, key: ItemKey | None = None) -> Practice:
    """Read today's practice off past sales and stock.

    Stock is only known as it is today, so what past stock cost is not known.

    Args:
        assortment: The items that can be planned.
        key: One of them; None for all.
    """
    data = assortment.data
    keys = assortment.keys if key is None else (key,)
    n_periods = min(LOOK_BACK[data.period], data.history.n_periods)
    value = _stock_value(data, keys)
    closed = _closed(data)
    if bool((data.history.in_stock | closed).all()):
        return Practice(None, n_periods, 0, value)
    sold = wanted = 0.0
    n_out = 0
    for each in keys:
        history = whole_item(data, each)
        counted = ~closed[data.history.keys.index(each), -history.n_periods :][-n_periods:]
        out = ~history.in_stock[-n_periods:] & counted
        demand = estimated_demand(history)[-n_periods:]
        n_out += int(out.sum())
        sold += float(history.quantity[-n_periods:][counted].sum())
        wanted += float(demand[counted].sum())
    return Practice(sold / wanted if wanted > 0 else None, n_periods, n_out, value)


def _closed(data: PlanData) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return the periods that were closed: nobody asked, so nothing was lost."""
    open_ones: SalesHistory = replace(
        data.history, in_stock=np.ones_like(data.history.in_stock), stocked_share=None
    )
    return ~with_closed_days(open_ones, data.calendar).in_stock


def _stock_value(data: PlanData, keys: tuple[ItemKey, ...]) -> float | None:
    positions = [data.position(key) for key in keys]
    if all(position.is_estimate for position in positions):
        return None
    worth = (p.on_hand * data.item(p.key).costs.unit_cost for p in positions)
    return math.fsum(worth)
