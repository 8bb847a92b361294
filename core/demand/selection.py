"""Which demand model fits an item best, judged on sales the model has not seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from core.demand.backtest import Backtest
from core.demand.base import SeasonalDemand
from core.demand.censored import prepare
from core.demand.choice_words import ran_out
from core.demand.empirical import EmpiricalDemand
from core.demand.gamma import GammaDemand
from core.demand.negative_binomial import NegativeBinomialDemand
from core.demand.observations import FitPlan, Observations, observe
from core.demand.poisson import PoissonDemand
from core.demand.protocol import DemandModel, Floats
from core.demand.wanted import likely_season
from core.domain import ItemHistory, Period

FAMILY_LABELS = {
    "poisson": "Poisson",
    "negative_binomial": "negative binomial",
    "gamma": "gamma",
    "empirical": "own past drawn again",
}

YEARLY = "yearly pattern"
"""What the label of a model says where it counts on busy and quiet months."""

# Fewer periods than about two cycles leave nothing to hold out.
_MIN_TO_COMPARE = {Period.DAY: 21, Period.WEEK: 16, Period.MONTH: 14}
_MIN_SOLD_TO_COMPARE = 4
# Poisson is given up at once where sales vary more than it can: a score tells this apart slowly,
# and too little variance means too little safety stock.
_POISSON_CHANCE = 0.05
_MIN_GAMMA_MEAN = 5.0
_WEEKDAY_PARAMETERS, _YEAR_PARAMETERS = 6, 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model that was tried.

    Args:
        family: Name in DEMAND_MODELS.
        weekday: Whether it has weekday factors.
        year: Whether it has a yearly pattern.
        recent: Whether recent periods count more.
        n_parameters: What it had to estimate.
        score: Mean CRPS on the held-out periods, units; None where none could be held out.
    """

    family: str
    weekday: bool
    year: bool
    recent: bool
    n_parameters: int
    score: float | None

    @property
    def season_label(self) -> str:
        """Season in planners' words."""
        parts = [self.weekday and "weekday pattern", self.year and YEARLY]
        return " and ".join(part for part in parts if part) or "no season"

    @property
    def label(self) -> str:
        """The whole model in planners' words."""
        level = "recent level" if self.recent else "level of the whole history"
        return f"{FAMILY_LABELS[self.family]}, {self.season_label}, {level}"


@dataclass(frozen=True, slots=True)
class DemandChoice:
    """The demand model in use and why.

    Args:
        model: The chosen model, refitted on all usable periods.
        chosen: The candidate it comes from.
        candidates: All that were tried, best score first.
        reason: Why this one, one sentence.
        n_periods_used: Periods the model was fitted on.
        n_out_of_stock_estimated: Of these, periods that ran out after a sale, or part of which was
            in stock; demand there is estimated, as no less than what was sold.
        n_out_of_stock_left_out: Periods left out because stock had run out before any sale.
        n_before_listing_left_out: Zeros at the start left out as "not yet on sale".
        n_held_out: Periods the scores come from; 0 where none could be held out.
    """

    model: DemandModel
    chosen: Candidate
    candidates: tuple[Candidate, ...]
    reason: str
    n_periods_used: int
    n_out_of_stock_estimated: int
    n_out_of_stock_left_out: int
    n_before_listing_left_out: int
    n_held_out: int


@dataclass(frozen=True, eq=False)
class _Trial:
    family: type[SeasonalDemand]
    plan: FitPlan
    scores: Floats

    @property
    def n_parameters(self) -> int:
        season = _WEEKDAY_PARAMETERS * self.plan.weekday + _YEAR_PARAMETERS * self.plan.year
        return self.family.n_parameters + season + self.plan.recent

    @property
    def score(self) -> float:
        return float(self.scores.mean())

    def candidate(self) -> Candidate:
        plan = self.plan
        score = self.score if len(self.scores) else None
        return Candidate(
            self.family.name, plan.weekday, plan.year, plan.recent, self.n_parameters, score
        )


def choose_model(history: ItemHistory) -> DemandChoice:
    """Pick an item's demand model by its forecasts of held-out sales.

    The last quarter of the usable periods is forecast in four blocks, each from what came before
    it, and scored by mean CRPS. First season and level are picked with one flexible family, then
    the family. The simplest model within one standard error of the best is taken (paired
    differences), and refitted on everything. Short histories get Poisson, or a wider family
    where sales vary more.

    Raises:
        HistoryError: where fewer than two periods in stock remain, or none with a sale.

    References:
        Gneiting and Raftery (2007), JASA 102(477), for the score; Hastie, Tibshirani and
        Friedman, The Elements of Statistical Learning, 7.10, for the one-standard-error rule.
    """
    seen = observe(history)
    backtest = Backtest(seen)
    if not _can_compare(seen, backtest):
        return _short_choice(seen)
    trials = [_trial(backtest, _flexible(seen), plan) for plan in _plans(seen)]
    plan = _simplest_good(trials).plan
    families = [family for family in _families(seen, plan) if family is not _flexible(seen)]
    trials += [_trial(backtest, family, plan) for family in families]
    chosen = _simplest_good(trials)
    return _choice(seen, trials, chosen, backtest.n_held_out)


def _trial(backtest: Backtest, family: type[SeasonalDemand], plan: FitPlan) -> _Trial:
    """Score one family under one plan."""
    return _Trial(family, plan, backtest.scores(family, plan))


def _can_compare(seen: Observations, backtest: Backtest) -> bool:
    n_sold = np.count_nonzero(seen.quantity[: backtest.n_known])
    return seen.n >= _MIN_TO_COMPARE[seen.period] and bool(n_sold >= _MIN_SOLD_TO_COMPARE)


def _flexible(seen: Observations) -> type[SeasonalDemand]:
    return NegativeBinomialDemand if seen.whole_units else GammaDemand


def _plans(seen: Observations) -> list[FitPlan]:
    """List the seasons worth a try, each with both levels."""
    season = likely_season(seen)
    weekday, year = season.weekday, season.year
    seasons = dict.fromkeys([(False, False), (weekday, False), (weekday, year)])
    return [FitPlan(w, y, recent) for w, y in seasons for recent in (False, True)]


def _families(seen: Observations, plan: FitPlan) -> list[type[SeasonalDemand]]:
    """List the families that can describe such sales."""
    if not seen.whole_units:
        return [GammaDemand, EmpiricalDemand]
    families: list[type[SeasonalDemand]] = [NegativeBinomialDemand, EmpiricalDemand]
    if _poisson_chance(seen, plan) > _POISSON_CHANCE:
        families.append(PoissonDemand)
    if seen.quantity[seen.quantity > 0].mean() >= _MIN_GAMMA_MEAN:
        families.append(GammaDemand)
    return families


def _poisson_chance(seen: Observations, plan: FitPlan) -> float:
    """Return the chance that Poisson sales vary this much (index of dispersion test)."""
    data = prepare(seen, FitPlan(plan.weekday, plan.year))
    means = data.level * data.factors
    is_open = means > 0
    squares = (data.quantity - means) ** 2
    if data.floors is not None:
        squares[data.floors.place] += data.floors.variance
    excess = np.sum(squares[is_open] / means[is_open])
    used = 1 + _WEEKDAY_PARAMETERS * plan.weekday + _YEAR_PARAMETERS * plan.year
    return float(special.chdtrc(max(int(is_open.sum()) - used, 1), excess))


def _simplest_good(trials: list[_Trial]) -> _Trial:
    """Return the simplest trial within one standard error of the best."""
    best = min(trials, key=lambda trial: trial.score)
    good = [trial for trial in trials if _is_tied(trial, best)]
    return min(good, key=lambda trial: (trial.n_parameters, trial.score))


def _is_tied(trial: _Trial, best: _Trial) -> bool:
    difference = trial.scores - best.scores
    error = difference.std(ddof=1) / np.sqrt(len(difference)) if len(difference) > 1 else 0.0
    # A level from a quarter of a year is far noisier, so chance must be ruled out further.
    differs_in_level = best.plan.recent and trial.plan == replace(best.plan, recent=False)
    n_errors = 2.0 if differs_in_level else 1.0
    return bool(difference.mean() <= n_errors * error)


def _short_choice(seen: Observations) -> DemandChoice:
    plan = FitPlan()
    is_poisson = seen.whole_units and _poisson_chance(seen, plan) > _POISSON_CHANCE
    trial = _Trial(PoissonDemand if is_poisson else _flexible(seen), plan, np.zeros(0))
    return _choice(seen, [trial], trial, 0)


def _choice(
    seen: Observations, trials: list[_Trial], chosen: _Trial, n_held_out: int
) -> DemandChoice:
    ranked = sorted(trials, key=lambda trial: trial.score) if n_held_out else trials
    candidates = tuple(trial.candidate() for trial in ranked)
    why = _reason(chosen.candidate(), candidates, n_held_out, seen)
    why += _chance(chosen, ranked[0]) + _no_year(chosen.candidate(), candidates)
    return DemandChoice(
        model=chosen.family.fit_prepared(prepare(seen, chosen.plan)),
        chosen=chosen.candidate(),
        candidates=candidates,
        reason=why + ran_out(seen),
        n_periods_used=seen.n,
        n_out_of_stock_estimated=seen.n_estimated,
        n_out_of_stock_left_out=seen.n_out_of_stock,
        n_before_listing_left_out=seen.n_before_listing,
        n_held_out=n_held_out,
    )


def _chance(chosen: _Trial, best: _Trial) -> str:
    """Say how far chance alone may carry a lead that was not followed."""
    if chosen is best or len(chosen.scores) < 2:
        return ""
    lead = chosen.scores - best.scores
    error = lead.std(ddof=1) / np.sqrt(len(lead))
    return f" Its lead is {lead.mean():.2g}, the standard error of that lead {error:.2g}."


def _no_year(chosen: Candidate, candidates: tuple[Candidate, ...]) -> str:
    """Say what it means that a yearly pattern was tried and is not in use."""
    tried = [each.score for each in candidates if each.year and each.score is not None]
    if chosen.year or chosen.score is None or not tried:
        return ""
    how = "missed by less, but not surely so" if min(tried) < chosen.score else "missed by more"
    return (
        f" With a yearly pattern the forecast {how}: the season is not proved, and the order "
        "counts on no busy or quiet months."
    )


def _reason(
    chosen: Candidate, candidates: tuple[Candidate, ...], n_held_out: int, seen: Observations
) -> str:
    name = chosen.label[0].upper() + chosen.label[1:]
    if chosen.score is None:
        return (
            f"{name}: only {seen.n} usable {seen.period}s with {np.count_nonzero(seen.quantity)} "
            "of them sold are too few to compare models, so the plainest that allows for their "
            "spread is used."
        )
    last = (
        f"units a {seen.period} (mean CRPS) on the last {n_held_out} usable {seen.period}s, "
        "which it had not seen"
    )
    best = candidates[0]
    if chosen != best:
        return (
            f"{name}: off by {chosen.score:.3g} {last}; "
            f"{best.label} by {best.score:.3g}, too close to justify the added detail."
        )
    others = [c for c in candidates if c != chosen]
    runner = f"; the next best ({others[0].label}) by {others[0].score:.3g}"
    return f"{name}: least off, by {chosen.score:.3g} {last}{runner if others else ''}."
