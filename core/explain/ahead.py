"""What common futures say of an order: too late to help, better than another, or not yet needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch

from core.evaluation import share_interval
from core.explain.consequences import N_FUTURES, Comparison, Draw, WhyNot, against
from core.explain.cover import cover_periods
from core.explain.game import Game, NoOrders
from core.explain.paired_play import play_by_kin
from core.explain.probe import Probe
from core.explain.seeds import CLAIM_SEED, CONSEQUENCE_SEED
from core.explain.situation import Situation
from core.explain.window import Window, first_help
from core.simulator import draw_scenario

# From one future in five on, a shortage that no order of today prevents is the first thing to say:
# rarer ones are what safety stock is for, and the figure beside the quantities tells them.
LIKELY = 0.2
# Futures that nothing shown was drawn from: what is stated must hold on them as well. Fewer than
# those shown: they only have to find a statement that is far off.
FRESH = Draw(300, CLAIM_SEED)
# A quantity that rules raise to this many times what is needed is worth a warning.
_FAR_MORE = 2.0


@dataclass(frozen=True, slots=True)
class BeforeHelp:
    """How likely stock runs out before an order of today can be there: no quantity changes it.

    Args:
        risk: Share of futures in which demand goes unserved before then.
        n_periods: Periods until then: the supplier's expected lead time.
        n_futures: Futures looked at.
        seed: Of them.
    """

    risk: float
    n_periods: int
    n_futures: int
    seed: int

    @property
    def risk_range(self) -> tuple[float, float]:
        """95 % interval of the risk."""
        return share_interval(self.risk, self.n_futures)

    @property
    def is_likely(self) -> bool:
        """Whether it is the first thing to say: at least one future in five."""
        return self.risk >= LIKELY


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the futures say of one order.

    Args:
        before: Running out before an order of today can come.
        against: The other policy's quantity against the one in use; None without another.
        waiting: Ordering nothing today against the order; None where no sentence needs it.
        fresh_waiting: The same on fresh futures, which what is said of it must hold on.
        fresh_before: Running out before on fresh futures; None where it is not said.
    """

    before: BeforeHelp
    against: WhyNot | None = None
    waiting: WhyNot | None = None
    fresh_waiting: WhyNot | None = None
    fresh_before: BeforeHelp | None = None


def look_ahead(
    used: Probe,
    other: Probe | None,
    *,
    n_futures: int = N_FUTURES,
    seed: int = CONSEQUENCE_SEED,
) -> Ahead:
    """Play today's quantities on common futures, over one window for all of them.

    Args:
        used: The policy in use, which decides from the next chance on.
        other: The one set against it, if any.
        n_futures: Common to all quantities.
        seed: Same seed, same numbers.
    """
    (found,) = look_ahead_of_all([(used, other)], n_futures=n_futures, seed=seed)
    return found


def look_ahead_of_all(
    pairs: Sequence[tuple[Probe, Probe | None]],
    *,
    n_futures: int = N_FUTURES,
    seed: int = CONSEQUENCE_SEED,
) -> list[Ahead]:
    """Look ahead for several items, as for each alone; takes the less time the more alike.

    Args:
        pairs: Of every item the policy in use, and the one set against it.
        n_futures: Common to all quantities of an item.
        seed: Same seed, same numbers.
    """
    draw = Draw(n_futures, seed)
    views = [_View(*pair, draw) for pair in pairs]
    before = _before_help_of_all([view.used.situation for view in views], draw)
    said = [
        view.used.situation for view, found in zip(views, before, strict=True) if found.is_likely
    ]
    fresh = iter(_before_help_of_all(said, FRESH))
    compared = iter(against([view.comparison for view in views if view.wanted]))
    return [
        view.ahead(
            found, next(fresh) if found.is_likely else None, next(compared) if view.wanted else []
        )
        for view, found in zip(views, before, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class _View:
    """What to look at for one item.

    Args:
        used: The policy in use.
        other: The one set against it.
        draw: Futures that are shown.
    """

    used: Probe
    other: Probe | None
    draw: Draw

    @cached_property
    def wanted(self) -> dict[str, float]:
        """Quantities to play against the order, by their name in ``Ahead``."""
        wanted = {"against": self.other.order} if self.other is not None else {}
        # Waiting comes last.
        return wanted | ({"waiting": 0.0} if needs_waiting(self.used) else {})

    @cached_property
    def comparison(self) -> Comparison:
        """What is to be played."""
        used, draws = self.used, (self.draw, *([FRESH] if "waiting" in self.wanted else []))
        window, others = window_of(used, self.other), tuple(self.wanted.values())
        return Comparison(used.situation, used.order, others, used.policy, window, draws)

    def ahead(
        self,
        before: BeforeHelp,
        fresh_before: BeforeHelp | None,
        found: Sequence[tuple[WhyNot, ...]],
    ) -> Ahead:
        """Return what the futures say.

        Args:
            before: Running out before an order of today can come.
            fresh_before: The same on fresh futures.
            found: For every draw what was found of the quantities.
        """
        if not found:
            return Ahead(before, fresh_before=fresh_before)
        shown, *fresh = found
        by_name = dict(zip(self.wanted, shown, strict=True))
        again = fresh[0][-1] if fresh else None
        return Ahead(before, **by_name, fresh_waiting=again, fresh_before=fresh_before)


def window_of(used: Probe, other: Probe | None) -> Window:
    """Return the one window of the item's order day, over which every quantity is looked at."""
    orders = [probe.order for probe in (used, other) if probe is not None]
    return Window.around(used.situation, orders)


def before_help(
    situation: Situation, n_futures: int = N_FUTURES, seed: int = CONSEQUENCE_SEED
) -> BeforeHelp:
    """Play the time until an order of today can be there: open orders come in, nothing else.

    Args:
        situation: Today.
        n_futures: How many.
        seed: Of them.
    """
    (found,) = _before_help_of_all([situation], Draw(n_futures, seed))
    return found


def _before_help_of_all(situations: Sequence[Situation], draw: Draw) -> list[BeforeHelp]:
    games = [_waiting_for_help(situation, draw) for situation in situations]
    risks = (float(played.ran_out.mean()) for played in play_by_kin(games))
    return [BeforeHelp(risk, game.length, *draw) for risk, game in zip(risks, games, strict=True)]


def _waiting_for_help(situation: Situation, draw: Draw) -> Game:
    wait = first_help(situation)
    # No longer than looked at: for most items these draws are most of the work.
    scenario = draw_scenario([situation.problem], draw.n_futures, max(wait, 1), draw.seed)
    return Game(situation, NoOrders(), scenario, torch.zeros(1), Window(wait, 0, wait), wait)


def needs_waiting(probe: Probe) -> bool:
    """Whether cover alone does not say why today, or the rules raise the order far."""
    if probe.order <= 0:
        return False
    lead_time = float(probe.situation.system.parameters.lead_time_mean[0])
    covers = cover_periods(probe, probe.situation.inventory_position)
    return covers >= max(lead_time, 1.0) or is_far_more(probe)


def is_far_more(probe: Probe) -> bool:
    """Whether minimum or pack make the order last much longer than what is needed.

    At least twice the need, and what is added outlasts a lead time and a review.
    """
    if probe.raw <= 0 or probe.order < _FAR_MORE * probe.raw:
        return False
    parameters = probe.situation.system.parameters
    cycle = float(parameters.lead_time_mean[0] + parameters.review_period[0])
    return cover_periods(probe, probe.order - probe.raw) > cycle
