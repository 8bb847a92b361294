"""Problems drawn at random from everything the generalist is made for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.agents.groups import GATED, OTHER, STEADY, is_steady
from core.agents.scope import Scope
from core.demand import DemandModel
from core.demand.gamma import GammaDemand
from core.demand.negative_binomial import NegativeBinomialDemand
from core.demand.poisson import PoissonDemand
from core.demand.seasonality import FLAT, Season
from core.domain import CostRates, LeadTime, OrderRules, ParameterError, Period
from core.policies import is_gated
from core.simulator import Problem

_INF = math.inf

GENERAL_SCOPE = Scope(
    {
        "demand_mean": (0.1, 2000.0),
        "demand_variation": (0.0, 5.0),
        "season_peak": (1.0, 4.0),
        "lead_time_mean": (0.0, 24.0),
        "lead_time_sd": (0.0, 8.0),
        "lead_time_most": (0.0, 60.0),
        "stockout_ratio": (1.0, 5000.0),
        "lost_share": (0.0, 1.0),
        "order_cycle": (0.0, 90.0),
        "min_order": (0.0, 90.0),
        "pack_size": (0.0, 40.0),
        "review_period": (1.0, 7.0),
        "purchase_cost": (0.0, 0.0),
        "max_order": (1.0, _INF),
        "max_stock": (1.5, _INF),
    }
)
"""What the generalist that ships with the program is trained for."""


@dataclass(frozen=True)
class Kind:
    """What all problems drawn together have in common, so that they can be played fast.

    Args:
        group: One of GROUPS.
        lead_time: Periods that every order takes; None for lead times of all kinds.
        is_textbook: Whether demand and costs are as in textbooks, too; for steady items.
        most_periods: Demand that a price or a least size makes orders last for, at the most.
    """

    group: str
    lead_time: int | None
    is_textbook: bool = False
    most_periods: float = 10.0

    @property
    def is_gated(self) -> bool:
        """Whether small orders are not worth placing: fixed costs, minimums, packs."""
        return self.group == GATED


def draw_kind(group: str, rng: np.random.Generator, scope: Scope) -> Kind:
    """Draw what the next problems of a group have in common; a fixed lead time is in the scope."""
    low, high = scope.ranges.get("lead_time_mean", (0.0, _LONGEST))
    if group == STEADY and rng.random() < _TEXTBOOK:
        lead_time = _whole(rng, max(low, 1.0), min(high, _USUAL))
        return Kind(group, lead_time, is_textbook=True)
    longest = _USUAL if rng.random() < _OFTEN else _LONGEST
    lead_time = _whole(rng, low, max(low, min(high, longest)))
    is_fixed, is_short = rng.random() < _FIXED_LEAD_TIME, rng.random() < _SHORT
    most = _MOST_PERIODS[0 if is_short else 1]
    return Kind(group, lead_time if is_fixed or group == STEADY else None, most_periods=most)


def examples_of(group: str) -> tuple[Kind, ...]:
    """Return kinds that stand for all of a group."""
    if group == STEADY:
        textbook = (Kind(group, lead, is_textbook=True) for lead in (1, 2, 4, 6, 9, 12))
        return (*textbook, Kind(group, 2), Kind(group, 7))
    general = [Kind(group, lead) for lead in (1, 3, 6, None, None)]
    if group == GATED:
        long = [Kind(group, lead, most_periods=_MOST_PERIODS[1]) for lead in (2, 14, None)]
        return (*general, *long)
    return tuple(general)


_FIXED_LEAD_TIME, _OFTEN, _SHORT = 0.6, 0.8, 0.6
# Lost sales without season and rules are where theory is hardest to come near.
_TEXTBOOK = 0.75
_USUAL, _LONGEST = 12.0, 24.0
# Orders that last so long are drawn apart: those that last longer take longer to learn from.
_MOST_PERIODS = 10.0, 90.0
_HIGHEST_RATIO = 5000.0
_MOST_TRIES = 200


def draw_problems(kind: Kind, n: int, rng: np.random.Generator, scope: Scope) -> list[Problem]:
    """Draw problems of a kind, all inside the scope.

    Args:
        kind: What they have in common.
        n: How many.
        rng: Randomness.
        scope: Problems outside are thrown away.

    Raises:
        ParameterError: where hardly any problem of the kind lies inside.
    """
    problems: list[Problem] = []
    for _ in range(_MOST_TRIES * n):
        problem = _draw(kind, f"drawn {len(problems)}", rng)
        if _belongs(problem, kind.group) and scope.holds(problem):
            problems.append(problem)
        if len(problems) == n:
            return problems
    raise ParameterError(
        "Hardly any problem of this kind lies inside the ranges",
        value=f"lead time {kind.lead_time}",
        where="the generalist's ranges",
        remedy="Widen them.",
    )


def _belongs(problem: Problem, group: str) -> bool:
    if is_gated(problem):
        return group == GATED
    return group == (STEADY if is_steady(problem) else OTHER)


def _draw(kind: Kind, name: str, rng: np.random.Generator) -> Problem:
    if kind.is_textbook:
        return _draw_textbook(kind, name, rng)
    is_free = kind.group != STEADY
    demand = _demand(rng, _season(rng) if is_free else FLAT)
    lead_time = _lead_time(kind, rng)
    review = int(rng.integers(2, 8)) if is_free and rng.random() < 0.2 else 1
    lost = _LOST[rng.integers(len(_LOST))](rng) if is_free else 1.0
    ratio, limits = _between(rng, 1.0, _HIGHEST_RATIO), (math.inf, math.inf)
    fixed, least, pack = _lots(kind, demand.mean(0, 364).mean(), rng)
    cover = (lead_time.mean + review) * demand.mean(0, 364).mean()
    if is_free:
        limits = _limit(rng, cover, 1.0), _limit(rng, cover, 1.5)
    rules = OrderRules(
        min_order=least,
        pack_size=pack,
        max_order=limits[0],
        max_stock=limits[1],
        review_period=review,
    )
    costs = CostRates(1.0, ratio, fixed_cost=fixed, unit_cost=0.0)
    smallest = max(1, math.ceil(least / pack)) * pack
    if smallest > min(rules.max_order, rules.max_stock):
        return _draw(kind, name, rng)
    start = int(rng.integers(0, 10_000))
    return Problem(name, demand, costs, lead_time, rules, lost, start)


def _draw_textbook(kind: Kind, name: str, rng: np.random.Generator) -> Problem:
    assert kind.lead_time is not None
    level, dispersion = _between(rng, 0.5, 50.0), _between(rng, 0.3, 10.0)
    demand: DemandModel = PoissonDemand(level=level)
    if rng.random() < 0.6:
        demand = NegativeBinomialDemand(level=level, shape=dispersion)
    costs = CostRates(1.0, _between(rng, 1.0, 100.0), unit_cost=0.0)
    return Problem(name, demand, costs, LeadTime(float(kind.lead_time)))


_LOST: tuple[Callable[[np.random.Generator], float], ...] = (
    lambda _: 1.0,
    lambda _: 1.0,
    lambda _: 1.0,
    lambda _: 0.0,
    lambda rng: float(rng.random()),
)


def _whole(rng: np.random.Generator, low: float, high: float) -> int:
    return int(rng.integers(math.ceil(low), math.floor(high) + 1))


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw a number whose logarithm is uniform."""
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def _demand(rng: np.random.Generator, season: Season) -> DemandModel:
    level = _between(rng, 0.1, 2000.0) ** 0.9
    family = rng.random()
    if family < 0.3 and level < 200:
        return PoissonDemand(level=level, season=season)
    if family < 0.75 and level < 200:
        return NegativeBinomialDemand(level=level, season=season, shape=_between(rng, 0.1, 30.0))
    zero_share = float(rng.uniform(0.0, 0.7)) if rng.random() < 0.4 else 0.0
    return GammaDemand(
        level=level,
        season=season,
        shape=_between(rng, 0.5, 30.0),
        zero_share=zero_share,
        whole_units=True,
    )


def _season(rng: np.random.Generator) -> Season:
    kind = rng.random()
    if kind < 0.5:
        return FLAT
    if kind < 0.75:
        return Season(Period.DAY, weekday=_factors(rng, 7))
    period = (Period.DAY, Period.WEEK, Period.MONTH)[rng.integers(3)]
    return Season(period, month=_wave(rng))


def _factors(rng: np.random.Generator, n: int) -> tuple[float, ...]:
    raw = np.exp(rng.normal(0.0, rng.uniform(0.05, 0.5), n))
    return tuple(float(x) for x in raw / raw.mean())


def _wave(rng: np.random.Generator) -> tuple[float, ...]:
    """Draw a year with one or two peaks."""
    month = 2 * np.pi * np.arange(12) / 12
    once = rng.uniform(0.0, 0.6) * np.cos(month - rng.uniform(0, 2 * np.pi))
    twice = rng.uniform(0.0, 0.3) * np.cos(2 * month - rng.uniform(0, 2 * np.pi))
    raw = np.exp(once + twice)
    return tuple(float(x) for x in raw / raw.mean())


def _lead_time(kind: Kind, rng: np.random.Generator) -> LeadTime:
    if kind.lead_time is not None:
        return LeadTime(float(kind.lead_time))
    form, mean = rng.random(), _between(rng, 0.7, _LONGEST)
    if form < 0.2:
        return LeadTime(float(rng.integers(0, 13)))
    if form < 0.4:
        least = int(rng.integers(0, 3))
        chances = rng.dirichlet(np.ones(int(rng.integers(2, 6))))
        rest = tuple(float(x) for x in chances)
        all_chances = (0.0,) * least + rest
        return LeadTime(float(np.arange(len(all_chances)) @ all_chances), probabilities=all_chances)
    return LeadTime(mean, sd=mean * float(rng.uniform(0.1, 0.9)) ** 1.5)


def _lots(kind: Kind, mean: float, rng: np.random.Generator) -> tuple[float, float, float]:
    """Draw fixed cost, minimum order and pack; at least one of them where the kind is gated."""
    if not kind.is_gated:
        return 0.0, 0.0, 1.0
    has = rng.random(3) < (0.6, 0.4, 0.4)
    has[rng.integers(3)] = True
    most = kind.most_periods
    fixed = _between(rng, 0.3, most) ** 2 * mean / 2 if has[0] else 0.0
    least = math.floor(_between(rng, 0.2, most) * mean) if has[1] else 0
    pack = max(1, math.floor(_between(rng, 0.1, 0.4 * most) * mean)) if has[2] else 1
    return float(fixed), float(least), float(pack)


def _limit(rng: np.random.Generator, cover: float, least: float) -> float:
    """Draw no limit, mostly; else one that binds now and then."""
    return math.inf if rng.random() < 0.85 else float(math.ceil(cover * rng.uniform(least, 4.0)))
