"""Does estimating hidden demand lower realised cost? Levels from three readings of one past.

The past is read with sales as demand, with stock-outs left out, and with demand estimated where
stock ran out. Each reading gets its demand model, each model its best order-up-to level for lost
sales on the simulator, and every level is played on demand that no reading has seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from benchmarks.hidden_demand import (
    BY_HOURS,
    ESTIMATED,
    LEFT_OUT,
    RAW,
    TRUTH,
    Hidden,
    Hours,
    hidden_by_hour,
    hidden_on_purpose,
    last_month,
    scaled_up,
    shop,
    weeks_in_turn,
)
from benchmarks.other_sales import SHOP
from benchmarks.real_sales import M5
from benchmarks.report import Row
from core.agents.past import outlook_of
from core.demand import DemandModel, choose_model
from core.domain import CostRates, Item, LeadTime, Verdict
from core.policies import BaseStockPolicy, SearchSettings
from core.simulator import InitialStock, Outlook, Problem, Scenario, SingleItemSystem

Floats = npt.NDArray[np.float64]

LEAD_TIMES, STOCKOUT_COSTS, COVERS = (1, 2, 3), (4.0, 9.0, 19.0), (1.5, 1.0)
# Share of mornings on which shelves are filled late: a stock-out that no busy day caused.
LATE = (0.0, 0.3)
_SEARCH = SearchSettings(n_paths=48, horizon=120, warm_up=20)


def rows(data: Path) -> list[Row]:
    """Compare the readings on the shop that ran out and on demand hidden on purpose.

    Args:
        data: Folder of the real sales; what is missing is left out.
    """
    torch.set_num_threads(1)
    return list(_rows(data))


def _rows(data: Path) -> Iterator[Row]:
    if (data / SHOP).exists():
        yield from _shop_rows(shop(data))
    if (data / M5).exists():
        for cover in COVERS:
            yield from _hidden_rows(hidden_on_purpose(data, cover), cover)


def _shop_rows(hours: Hours) -> Iterator[Row]:
    """Hide the shop's own demand on purpose; then play what is known of its real held-out days."""
    whole = "in stock in all opening hours"
    for late in LATE:
        hidden = hidden_by_hour(hours, late)
        n_out = (~hidden.in_stock).any(2)[hidden.is_left].mean()
        yield from _compared(
            f"freshretail, days {whole} hidden by the hour, {late:.0%} of mornings empty",
            hidden.split(weeks_in_turn()),
            f"each day a stock of 0.4 to 1.6 mean days is sold off; {n_out:.0%} of days run out or "
            "open late; every third week is held out in turn and its true demand is played",
            has_bar=late == 0,
        )
    yield from _compared(
        f"freshretail, last month, days {whole}",
        hours.split(last_month()),
        "the days that ran out, mostly the busy ones, are missing from this truth, which favours "
        "the readings that expect less; levels of some items fell by half in that month",
    )
    for held_out, words in ((last_month(), "last month"), (weeks_in_turn(), "every third week")):
        yield from _compared(
            f"freshretail, {words}, days partly in stock scaled up",
            scaled_up(hours).split(held_out),
            "the truth of days partly in stock is scaled up by the share of demand in the hours in "
            "stock, which favours the reading by hours; level shifts weigh on the last month only",
        )


def _compared(where: str, items: list[Hidden], note: str, has_bar: bool = False) -> Iterator[Row]:
    n_items = len({item.pasts[RAW].key for item in items})
    shape = (-1, n_items, len(LEAD_TIMES), len(STOCKOUT_COSTS))
    readings = (RAW, LEFT_OUT, ESTIMATED, BY_HOURS)
    costs = {name: realised(items, name).reshape(shape).mean(0) for name in readings}
    pairs = [(mine, other) for mine in (ESTIMATED, BY_HOURS) for other in (LEFT_OUT, RAW)]
    for mine, other in [*pairs, (BY_HOURS, ESTIMATED)]:
        yield _row(where, costs, mine, other, note, is_bar=has_bar and other != ESTIMATED)


def _hidden_rows(items: list[Hidden], cover: float) -> Iterator[Row]:
    costs = {name: realised(items, name) for name in (RAW, LEFT_OUT, ESTIMATED, TRUTH)}
    out = np.mean([1 - item.pasts[ESTIMATED].in_stock.mean() for item in items])
    note = (
        f"{len(items)} items of mean 3 a day or more with no likely stock-out; their demand is "
        f"hidden for 364 days behind a shop that orders up to {cover:g} mean demands over lead "
        f"time and review: {out:.0%} of days run out, {np.mean([i.sold for i in items]):.0%} of "
        "demand is sold; played on the 364 days after"
    )
    where = f"m5 daily, hidden behind cover {cover:g}"
    for other in (LEFT_OUT, RAW, TRUTH):
        yield _row(where, costs, ESTIMATED, other, note, is_bar=other != TRUTH)


def _row(
    where: str,
    costs: dict[str, Floats],
    mine: str,
    other: str,
    note: str,
    is_bar: bool = False,
) -> Row:
    """Compare two readings, in percent of the other's cost, items as pairs."""
    ratio = 100 * costs[mine].mean((1, 2)) / costs[other].mean((1, 2))
    verdict = Verdict.from_pairs(ratio, np.full_like(ratio, 100.0))
    parts = ", ".join(
        f"p = {p:g}: {100 * (costs[mine][:, :, at] / costs[other][:, :, at] - 1).mean():+.1f} %"
        for at, p in enumerate(STOCKOUT_COSTS)
    )
    total = Verdict.from_pairs(costs[mine].mean((1, 2)), costs[other].mean((1, 2)))
    measured = (
        f"mean over items {verdict.difference:+.1f} % ± {verdict.half_width:.1f}, cheaper on "
        f"{int((ratio < 100).sum())} of {len(ratio)}; {parts}; all items' money "
        f"{total.percent:+.1f} % ± {100 * total.half_width / total.reference_cost:.1f}"
    )
    print(f"  {where}: {mine} against {other}: {measured}", flush=True)
    bar = "lower realised cost, interval clear of 0" if is_bar else ""
    return Row(
        f"{where}: demand {mine} against {other}",
        bar,
        measured,
        verdict.difference + verdict.half_width < 0 if is_bar else None,
        f"{note}; lost sales, L = 1, 2, 3 days, order-up-to levels, h = 1; 95 % by items",
    )


def realised(items: Sequence[Hidden], reading: str) -> Floats:
    """Return money per held-out day, shape [n_items, n_lead_times, n_stockout_costs]."""
    models = [choose_model(item.pasts[reading]).model for item in items]
    cost = np.empty((len(items), len(LEAD_TIMES), len(STOCKOUT_COSTS)))
    for i, lead_time in enumerate(LEAD_TIMES):
        for j, p in enumerate(STOCKOUT_COSTS):
            cost[:, i, j] = _played(items, models, CostRates(1.0, p), lead_time)
    return cost


def _played(
    items: Sequence[Hidden], models: Sequence[DemandModel], costs: CostRates, lead_time: int
) -> Floats:
    problems = []
    for item, model in zip(items, models, strict=True):
        past = item.pasts[RAW]
        posed = Item(past.key, costs, LeadTime(lead_time))
        problems.append(Problem.of_item(posed, model, item.start))
    policy = BaseStockPolicy.fit(problems, _SEARCH)
    return np.array(
        [_cost(item, problems[row], policy.select([row])) for row, item in enumerate(items)]
    )


def _cost(item: Hidden, problem: Problem, policy: BaseStockPolicy) -> float:
    """Play one item's known days one after the other; it starts with its own level on hand."""
    system = SingleItemSystem([problem], 1)
    seen = outlook_of([problem], problem.start, int(item.days[-1]) + 1)[:, 0, item.days]
    outlook = Outlook(*torch.as_tensor(seen, dtype=torch.float32).unsqueeze(-1))
    demand = torch.as_tensor(item.truth, dtype=torch.float32).unsqueeze(-1)
    scenario = Scenario(demand, None, outlook, -1)
    level = torch.tensor([float(policy.order_up_to_level[0])])
    total = 0.0
    with torch.inference_mode():
        stocks = system.start(InitialStock(level))
        for _ in range(scenario.horizon):
            order = policy.act(system.observe(stocks, scenario))
            stocks, flows = system.step(stocks, order, scenario)
            total += float(system.cost(flows))
    return total / scenario.horizon
