"""Why this order: explanation, what another quantity would do, and where stock and demand go."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from core.demand import estimated_demand
from core.domain import ItemKey, Period
from core.domain.period import Dates
from core.evaluation import EvaluationSettings, StartingStock, StockChart, stock_chart
from core.explain import (
    Explanation,
    Levels,
    Question,
    Situation,
    WhyNot,
    Window,
    explain,
    why_not,
    why_not_words,
)
from core.planning import situation_of
from core.policies import Policy
from core.services.assortment import Assortment
from core.services.events import names_touching
from core.services.one_offs import whole_item
from core.services.ordered_today import OrderedToday
from core.services.ordering import Ordering
from core.services.recent_sales import recent_sales

Floats = npt.NDArray[np.float64]

# Apart from the seeds of search, training, validation, test, explanations and money at risk.
OUTLOOK_SEED = 7000
N_FUTURES = _N_PATHS = 1000
_LONGEST = {Period.DAY: 120, Period.WEEK: 52, Period.MONTH: 24}
_SHORTEST = {Period.DAY: 21, Period.WEEK: 8, Period.MONTH: 6}


@dataclass(frozen=True, eq=False)
class ItemPolicies:
    """One item with its policies, each made for this item alone.

    Args:
        situation: The item today.
        baseline: The rule beside the agent.
        agent: None where none is active, or the active one does not suit the item and does not
            decide: what it would order means nothing then.
        uses_agent: Whether the agent decides today.
    """

    situation: Situation
    baseline: Policy
    agent: Policy | None
    uses_agent: bool

    @property
    def in_use(self) -> Policy:
        """The policy that decides."""
        return self.agent if self.agent is not None and self.uses_agent else self.baseline


@dataclass(frozen=True, eq=False)
class StockOutlook:
    """Where an item's stock goes from today on.

    Args:
        chart: Spread of stock by period, one path per quantity ordered today.
        quantities: Units ordered today, by label of the path.
        levels: Reorder point and order-up-to level of the policy in use; unknown for an agent,
            which works them out anew for every day.
        open_orders: Day and units of what is under way.
        arrival: Day on which an order of today is expected.
    """

    chart: StockChart
    quantities: Mapping[str, float]
    levels: Levels
    open_orders: tuple[tuple[date, float], ...]
    arrival: date


@dataclass(frozen=True, eq=False)
class DemandOutlook:
    """What an item sold, and what it is expected to sell.

    Args:
        dates: First day of each period sold in.
        quantity: Units sold, shape [n_past].
        in_stock: False where stock ran out, shape [n_past].
        wanted: Estimated demand: what was sold, and more where stock ran out, shape [n_past].
        ahead: First day of each period to come.
        mean, low, high: Expected units, 10 and 90 % points, shape [n_ahead].
        promotions: Names in each period, past and to come, [n_past + n_ahead]; empty where none.
        returned: Units that came back, shape [n_past]; None where no file tells of any.
    """

    dates: Dates
    quantity: Floats
    in_stock: npt.NDArray[np.bool_]
    wanted: Floats
    ahead: Dates
    mean: Floats
    low: Floats
    high: Floats
    promotions: tuple[str, ...]
    returned: Floats | None = None

    @property
    def stockouts(self) -> tuple[tuple[int, int], ...]:
        """Runs of periods out of stock: first, and the one after the last."""
        out = np.concatenate([[False], ~self.in_stock, [False]]).astype(int)
        edges = np.flatnonzero(np.diff(out))
        return tuple((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))


def policies_of(assortment: Assortment, ordering: Ordering, key: ItemKey) -> ItemPolicies:
    """Put one item in front of its policies.

    Raises:
        HistoryError: where the item cannot be planned; says why.
        UnknownNameError: where there is no such item.
    """
    row, data = assortment.row(key), assortment.data
    at_work = ordering.at_work
    memory = None if at_work is None else recent_sales(assortment, at_work.policy, [row])
    situation = situation_of(
        assortment.problems[row],
        data.position(key),
        data.period,
        data.today_index,
        memory,
        ordering.currency,
    )
    uses_agent = at_work is not None and ordering.proposal(key).policy == at_work.policy.name
    agent = None
    if at_work is not None and (uses_agent or key not in at_work.doubts):
        agent = at_work.policy.select([row])
    return ItemPolicies(situation, ordering.baseline.select([row]), agent, uses_agent)


def explain_order(
    assortment: Assortment, ordering: Ordering, key: ItemKey, *, n_futures: int = N_FUTURES
) -> Explanation:
    """Say why this quantity, why not the other one, and prove it.

    Args:
        assortment: Today's problems.
        ordering: Today's orders.
        key: The item.
        n_futures: Paired futures of the comparison.

    Raises:
        HistoryError: where the item cannot be planned; says why.
    """
    return explain(question_of(assortment, ordering, key), n_futures=n_futures)


def question_of(
    assortment: Assortment, ordering: Ordering, key: ItemKey, *, briefly: bool = False
) -> Question:
    """Ask why one item's order is what it is; raises what `policies_of` does.

    Args:
        assortment: Today's problems.
        ordering: Today's orders.
        key: The item.
        briefly: Whether a brief answer will do: it does not say where in its range the item lies.
    """
    own = policies_of(assortment, ordering, key)
    at_work = ordering.at_work
    where = "" if briefly or not at_work else at_work.place_words(key, own.situation.problem)
    return Question(
        situation=own.situation,
        baseline=own.baseline,
        agent=own.agent,
        uses_agent=own.uses_agent,
        # Whether the agent knows such items says nothing about an order that is not its own.
        is_in_range=key not in at_work.doubts if at_work and own.uses_agent else None,
        range_words=where,
    )


def try_quantity(
    assortment: Assortment,
    ordering: Ordering,
    key: ItemKey,
    quantity: float,
    against: float | None = None,
) -> WhyNot:
    """Set any quantity against the proposal, on the same thousand futures.

    Args:
        assortment: Today's problems.
        ordering: Today's orders.
        key: The item.
        quantity: Units to order today; they pass the order rules.
        against: Units; None takes the proposal.
    """
    own, proposal = policies_of(assortment, ordering, key), ordering.proposal(key)
    reference = proposal.order_quantity if against is None else against
    # One window for all that the page shows, as the explanation takes it; a quantity that lasts
    # longer than all of them needs a longer one.
    shown = (proposal.order_quantity, proposal.baseline_quantity)
    agents = () if own.agent is None else (proposal.agent_quantity or 0.0,)
    window = Window.around(own.situation, (*shown, *agents, quantity, reference))
    return why_not(
        own.situation, (quantity, reference), own.in_use, n_futures=N_FUTURES, window=window
    )


def try_words(found: WhyNot, ordering: Ordering, key: ItemKey, period: Period) -> str:
    """Say what a tried quantity costs and risks against the proposal."""
    return why_not_words(found, ordering.proposal(key).policy, period.value, ordering.currency)


def stock_outlook(
    assortment: Assortment, ordering: Ordering, key: ItemKey, quantities: Mapping[str, float]
) -> StockOutlook:
    """Project stock: each quantity ordered today, the policy in use from then on.

    Args:
        assortment: Today's problems.
        ordering: Today's orders.
        key: The item.
        quantities: Units ordered today, by label.
    """
    own, data = policies_of(assortment, ordering, key), assortment.data
    row, position = assortment.row(key), data.position(key)
    problem = assortment.problems[row]
    wait = round(float(own.situation.system.parameters.lead_time_mean[0]))
    settings = EvaluationSettings(
        seed=OUTLOOK_SEED,
        n_paths=_N_PATHS,
        horizon=_horizon(ordering.proposal(key).cover_after, wait, data.period),
        warm_up=0,
        period=data.period,
    )
    start = StartingStock.of_position(position, data.period, data.today_index)
    paths = {label: OrderedToday(own.in_use, units) for label, units in quantities.items()}
    return StockOutlook(
        chart=stock_chart(problem, paths, settings, start),
        quantities=dict(quantities),
        levels=Levels() if own.uses_agent else Levels.of(own.baseline.parameters_of(0)),
        open_orders=tuple((order.due, order.quantity) for order in position.open_orders),
        arrival=data.period.first_day(data.today_index + wait),
    )


def demand_outlook(
    assortment: Assortment, key: ItemKey, n_past: int, n_ahead: int
) -> DemandOutlook:
    """Lay past sales and expected demand on one calendar.

    Args:
        assortment: Today's problems.
        key: The item.
        n_past: Most periods to look back.
        n_ahead: Periods to look ahead.
    """
    history = whole_item(assortment.data, key)
    problem, period = assortment.problems[assortment.row(key)], assortment.data.period
    past = slice(max(history.n_periods - n_past, 0), None)
    rng = np.random.default_rng(OUTLOOK_SEED)
    futures = problem.demand.sample(rng, _N_PATHS, n_ahead, problem.start)
    low, high = np.quantile(futures, [0.1, 0.9], axis=0)
    seen = history.indices[past]
    spans = (int(seen[0]), len(seen)), (problem.start, n_ahead)
    named = [names_touching(assortment.data.promotions, key, period, *s) for s in spans]
    return DemandOutlook(
        dates=period.start(seen),
        quantity=history.quantity[past],
        in_stock=history.in_stock[past],
        wanted=estimated_demand(history)[past],
        ahead=period.start(np.arange(problem.start, problem.start + n_ahead)),
        mean=problem.demand.mean(problem.start, n_ahead),
        low=low,
        high=high,
        promotions=named[0] + named[1],
        returned=None if history.returned is None else history.returned[past],
    )


def _horizon(cover: float, wait: int, period: Period) -> int:
    """Look until the order is used up and the next ones have come in, within reason."""
    most = _LONGEST[period]
    wanted = 1.5 * cover + 2 * wait if math.isfinite(cover) else most
    return max(_SHORTEST[period], min(math.ceil(wanted), most))
