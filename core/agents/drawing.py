"""Problems drawn at random from everything the generalist is made for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.agents.scope import Scope
from core.demand import DemandModel
from core.demand.gamma import GammaDemand
from core.demand.negative_binomial import NegativeBinomialDemand
from core.demand.poisson import PoissonDemand
from core.demand.seasonality import FLAT, Season
from core.domain import CostRates, LeadTime, OrderRules, ParameterError, Period
from core.simulator import Problem

_INF = math.inf

GENERAL_SCOPE = Scope(
    {
        "demand_mean": (0.1, 2000.0),
        "demand_variation": (0.0, 5.0),
        "season_peak": (1.0, 4.0),
        "lead_time_mean": (0.0, 12.0),
        "lead_time_sd": (0.0, 5.0),
        "lead_time_most": (0.0, 40.0),
        "stockout_ratio": (1.0, 200.0),
        "lost_share": (0.0, 1.0),
        "order_cycle": (0.0, 40.0),
        "min_order": (0.0, 25.0),
        "pack_size": (0.0, 25.0),
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
        is_gated: Whether small orders are not worth placing: fixed costs, minimums, packs.
        lead_time: Periods that every order takes; None for lead times of all kinds.
        is_textbook: Whether there is neither season nor rule, and all unmet demand is lost.
    """

    is_gated: bool
    lead_time: int | None
    is_textbook: bool = False


@dataclass(frozen=True)
class Kinds:
    """One half of what is drawn.

    Args:
        is_gated: Which half.
        textbook: Share of problems without season and rules.
    """

    is_gated: bool
    textbook: float

    def draw(self, rng: np.random.Generator, scope: Scope = GENERAL_SCOPE) -> Kind:
        """Draw what the next problems have in common; a fixed lead time lies in the scope."""
        low, high = scope.ranges.get("lead_time_mean", (0.0, _LONGEST))
        lead_time = int(rng.integers(math.ceil(low), math.floor(min(high, _LONGEST)) + 1))
        if rng.random() < self.textbook:
            return Kind(self.is_gated, max(lead_time, 1), is_textbook=True)
        return Kind(self.is_gated, lead_time if rng.random() < _FIXED_LEAD_TIME else None)

    @property
    def examples(self) -> tuple[Kind, ...]:
        """Kinds that stand for all."""
        general = [Kind(self.is_gated, lead) for lead in (1, 3, 6, None, None)]
        if not self.textbook:
            return tuple(general)
        return (*general, *(Kind(self.is_gated, lead, is_textbook=True) for lead in (1, 4, 8)))


_FIXED_LEAD_TIME, _LONGEST = 0.6, 12.0
_MOST_TRIES = 200
# Lost sales without season and rules are where theory is hardest to come near.
PLAIN_KINDS = Kinds(is_gated=False, textbook=0.6)
GATED_KINDS = Kinds(is_gated=True, textbook=0.0)


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
        if scope.holds(problem):
            problems.append(problem)
        if len(problems) == n:
            return problems
    raise ParameterError(
        "Hardly any problem of this kind lies inside the ranges",
        value=f"lead time {kind.lead_time}",
        where="the generalist's ranges",
        remedy="Widen them.",
    )


def _draw(kind: Kind, name: str, rng: np.random.Generator) -> Problem:
    if kind.is_textbook:
        return _draw_textbook(kind, name, rng)
    demand = _demand(rng)
    lead_time = _lead_time(kind, rng)
    review = int(rng.integers(2, 8)) if rng.random() < 0.2 else 1
    ratio, lost = _between(rng, 1.0, 200.0), _LOST[rng.integers(len(_LOST))](rng)
    fixed, least, pack = _lots(kind, demand.mean(0, 364).mean(), rng)
    cover = (lead_time.mean + review) * demand.mean(0, 364).mean()
    rules = OrderRules(
        min_order=least,
        pack_size=pack,
        max_order=_limit(rng, cover, 1.0),
        max_stock=_limit(rng, cover, 1.5),
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


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw a number whose logarithm is uniform."""
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def _demand(rng: np.random.Generator) -> DemandModel:
    level, season = _between(rng, 0.1, 2000.0) ** 0.9, _season(rng)
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
    form, mean = rng.random(), _between(rng, 0.7, 9.0)
    if form < 0.2:
        return LeadTime(float(rng.integers(0, 11)))
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
    fixed = _between(rng, 0.3, 40.0) ** 2 * mean / 2 if has[0] else 0.0
    least = math.floor(_between(rng, 0.2, 25.0) * mean) if has[1] else 0
    pack = max(1, math.floor(_between(rng, 0.1, 12.0) * mean)) if has[2] else 1
    return float(fixed), float(least), float(pack)


def _limit(rng: np.random.Generator, cover: float, least: float) -> float:
    """Draw no limit, mostly; else one that binds now and then."""
    return math.inf if rng.random() < 0.85 else float(math.ceil(cover * rng.uniform(least, 4.0)))
