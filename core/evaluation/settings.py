"""How a comparison is made: which futures, how many, how long, and where stock starts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from core.domain import ParameterError, Period, StockPosition
from core.simulator import InitialStock, Outage, Parameters, Problem, Scenario, with_outage
from core.simulator.parameters import spread
from core.simulator.seeds import TEST_SEED

MAX_ENV_PERIODS = 2_000_000
"""Paths x periods played at once; keeps one run under about 400 MB."""

_STANDARD_HORIZON = {None: 200, Period.DAY: 365, Period.WEEK: 104, Period.MONTH: 36}


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """The futures that policies are compared on.

    Args:
        seed: Of the test futures; nothing was searched, learned or chosen on them.
        n_paths: Futures per item; all are independent, so they are the pairs of the interval.
        horizon: Periods counted.
        warm_up: Periods played before and not counted.
        period: What a period is, for words and dates; None where it is nothing in particular.
        expects: Count what holding and shortage are expected to cost in a period, given the stock
            before demand, in place of what they happened to cost: the same mean, less noise.
        outage: When no supplier delivers, which no policy knows; None for never.
    """

    seed: int = TEST_SEED
    n_paths: int = 400
    horizon: int = 200
    warm_up: int = 50
    period: Period | None = None
    expects: bool = False
    outage: Outage | None = None

    @classmethod
    def standard(cls, problems: Sequence[Problem], period: Period | None) -> EvaluationSettings:
        """Count whole years, after a warm-up of several lead times."""
        longest = max(p.lead_time.mean + p.rules.review_period for p in problems)
        warm_up = 20 + math.ceil(3 * longest)
        horizon = _STANDARD_HORIZON[period]
        return cls(horizon=horizon, warm_up=warm_up, period=period, expects=True)

    def check(self) -> EvaluationSettings:
        """Return self, or say which setting cannot be.

        Raises:
            ParameterError: where there are no paths or periods, or too many for the memory.
        """
        bad = self.n_paths < 1 or self.horizon < 1 or self.warm_up < 0 or self.seed < 0
        if bad or self.n_paths * self.n_periods > MAX_ENV_PERIODS:
            raise ParameterError(
                f"n_paths x periods must be between 1 and {MAX_ENV_PERIODS:,}",
                value=self.n_paths * self.n_periods,
                where="the comparison",
                remedy="Use fewer test futures or a shorter horizon.",
            )
        return self

    def with_outage(
        self, scenario: Scenario, initial: InitialStock, parameters: Parameters
    ) -> tuple[Scenario, InitialStock]:
        """Return futures and start as they are under the outage, if there is one."""
        if self.outage is None:
            return scenario, initial
        return with_outage(scenario, initial, parameters, self.outage)

    @property
    def n_periods(self) -> int:
        """Periods played, warm-up included."""
        return self.warm_up + self.horizon

    @property
    def period_word(self) -> str:
        """Day, week, month, or period."""
        return "period" if self.period is None else self.period.value


@dataclass(frozen=True, slots=True)
class StartingStock:
    """One item's stock at the start.

    Args:
        inventory_level: [IL] units on hand less owed, everything due by now in.
        due: Units on order, arriving in 1, 2, ... periods.
    """

    inventory_level: float
    due: tuple[float, ...] = ()

    @classmethod
    def of_position(
        cls, position: StockPosition, period: Period, today_index: int
    ) -> StartingStock:
        """Read a stock position; orders due in today's period or before count as arrived.

        Args:
            position: Stock and open orders.
            period: Of the history.
            today_index: Number of the first period to order in.
        """
        waits = [int(period.number(order.due)) - today_index for order in position.open_orders]
        due = [0.0] * max([0, *waits])
        level = position.on_hand
        for order, wait in zip(position.open_orders, waits, strict=True):
            if wait > 0:
                due[wait - 1] += order.quantity
            else:
                level += order.quantity
        return cls(level, tuple(due))


def initial_stock(
    stocks: Sequence[StartingStock] | None, scenario: Scenario, n_paths: int
) -> InitialStock:
    """Lay out the start for every environment, the same for all policies.

    Args:
        stocks: One per item; None starts with the expected demand over lead time and review.
        scenario: Where that expectation stands.
        n_paths: Environments per item.
    """
    if stocks is None:
        return InitialStock(torch.ceil(scenario.outlook.protection_mean[0]))
    level = spread([stock.inventory_level for stock in stocks], n_paths)
    n_due = max(len(stock.due) for stock in stocks)
    if n_due == 0:
        return InitialStock(level)
    table = np.array([stock.due + (0.0,) * (n_due - len(stock.due)) for stock in stocks])
    arrivals = torch.stack([spread(row, n_paths) for row in table.T])
    return InitialStock(level, arrivals)


@dataclass(frozen=True, slots=True)
class Contract:
    """What a result rests on, for the box beside it.

    Args:
        seed, n_paths, horizon, warm_up, period: As set.
        n_items: Items compared.
        n_lost, n_backorder, n_partly_lost: Items by what happens when stock is out.
        n_random_lead_time: Items whose lead time varies.
        first_day, last_day: Of the counted periods, ISO; empty where there is no calendar.
        starts_from: Where stock starts, in words.
        expects: Whether costs are expected ones, given the stock before demand.
    """

    seed: int
    n_paths: int
    horizon: int
    warm_up: int
    period: str
    n_items: int
    n_lost: int
    n_backorder: int
    n_partly_lost: int
    n_random_lead_time: int
    first_day: str
    last_day: str
    starts_from: str
    expects: bool = False

    @classmethod
    def of(
        cls, problems: Sequence[Problem], settings: EvaluationSettings, has_stock: bool
    ) -> Contract:
        """Write down what was agreed."""
        n_lost = sum(p.lost_share == 1.0 for p in problems)
        n_backorder = sum(p.lost_share == 0.0 for p in problems)
        first_day, last_day = _days(problems, settings)
        return cls(
            seed=settings.seed,
            n_paths=settings.n_paths,
            horizon=settings.horizon,
            warm_up=settings.warm_up,
            period="" if settings.period is None else settings.period.value,
            n_items=len(problems),
            n_lost=n_lost,
            n_backorder=n_backorder,
            n_partly_lost=len(problems) - n_lost - n_backorder,
            n_random_lead_time=sum(not p.lead_time.is_fixed for p in problems),
            first_day=first_day,
            last_day=last_day,
            starts_from="today's stock and open orders"
            if has_stock
            else "the expected demand over lead time and review",
            expects=settings.expects,
        )

    @property
    def period_or_none(self) -> Period | None:
        """The period, or None where it is nothing in particular."""
        return Period(self.period) if self.period else None

    def to_json(self) -> dict[str, Any]:
        """Write it as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Contract:
        """Read what ``to_json`` wrote."""
        return cls(**data)


def _days(problems: Sequence[Problem], settings: EvaluationSettings) -> tuple[str, str]:
    """Return first and last counted day; empty without a calendar that all items share."""
    starts = {problem.start for problem in problems}
    if settings.period is None or len(starts) != 1:
        return "", ""
    first = starts.pop() + settings.warm_up
    edges = settings.period.start(np.array([first, first + settings.horizon]))
    return str(edges[0]), str(edges[1] - np.timedelta64(1, "D"))
