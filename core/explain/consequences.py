"""What a quantity ordered today leads to: cost and risk on common futures, paired."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import torch

from core.domain import Outcome, Verdict
from core.evaluation import share_interval
from core.explain.game import Game, Played
from core.explain.paired_play import play, play_by_kin
from core.explain.seeds import CONSEQUENCE_SEED
from core.explain.situation import Situation
from core.explain.states import Floats
from core.explain.window import Window
from core.policies.protocol import Policy
from core.simulator import draw_scenario

N_FUTURES = 1000


class Draw(NamedTuple):
    """Which futures are played: how many, and the seed that they come from."""

    n_futures: int = N_FUTURES
    seed: int = CONSEQUENCE_SEED


@dataclass(frozen=True, eq=False)
class Futures:
    """What happens after one quantity, on every future.

    Args:
        quantity: Units ordered today, after the rules.
        cost: Money over the horizon, shape [n_futures], less what all quantities cost alike once
            they have come to the same.
        ran_out: Whether demand went unserved from the order's arrival until it is used up,
            shape [n_futures].
    """

    quantity: float
    cost: Floats
    ran_out: Floats

    @property
    def risk(self) -> float:
        """Share of futures in which the item runs out."""
        return float(self.ran_out.mean())


@dataclass(frozen=True, slots=True)
class WhyNot:
    """One quantity against another today, the same policy afterwards, on the same futures.

    Args:
        quantity, reference_quantity: Units ordered today.
        cost: Difference in money over the whole horizon (not per period), with its interval; what
            the reference costs in all is not known.
        risk: Difference in the share of futures that run out, with its interval.
        quantity_risk, reference_risk: Share of futures that run out.
        n_periods: Horizon.
        first_risk_period: Running out counts from here on, when an order of today can be there:
            before, no quantity helps.
        end_of_risk: And before this period.
        seed: Of the futures.
        next_chance: Periods until the next order can be placed.
    """

    quantity: float
    reference_quantity: float
    cost: Verdict
    risk: Verdict
    quantity_risk: float
    reference_risk: float
    n_periods: int
    first_risk_period: int
    end_of_risk: int
    seed: int
    next_chance: int = 1

    @property
    def quantity_range(self) -> tuple[float, float]:
        """95 % interval of the risk of running out with the quantity."""
        return share_interval(self.quantity_risk, self.cost.n_pairs)

    @property
    def reference_range(self) -> tuple[float, float]:
        """95 % interval of the risk of running out with the other one."""
        return share_interval(self.reference_risk, self.cost.n_pairs)

    @property
    def outcome(self) -> Outcome:
        """Better or worse in money, or cannot tell."""
        return self.cost.outcome


def futures_of(
    situation: Situation,
    quantities: Sequence[float],
    policy: Policy,
    *,
    draws: Sequence[Draw] = (Draw(),),
    with_cost: bool = True,
    window: Window | None = None,
) -> tuple[list[list[Futures]], Window]:
    """Order each quantity today, follow the policy from the next chance on.

    Time goes per period, hardly per future: what is looked at twice is best played side by side.

    Args:
        situation: Today.
        quantities: Units to order today; they pass the order rules.
        policy: Of this one item, followed after today.
        draws: Futures common to all quantities; same seed, same numbers.
        with_cost: Else only whether stock lasts is followed, and costs end with that.
        window: How far to look; None takes what the largest quantity needs.

    Returns:
        For every draw the futures of each quantity; and how far they were looked at.
    """
    window = window or Window.around(situation, quantities)
    game = _game(situation, quantities, policy, draws, window, with_cost=with_cost)
    return _by_draw(game, draws, *play([game])), window


def _game(
    situation: Situation,
    quantities: Sequence[float],
    policy: Policy,
    draws: Sequence[Draw],
    window: Window,
    *,
    with_cost: bool,
) -> Game:
    first, *others = (
        draw_scenario([situation.problem], n, window.n_periods, seed) for n, seed in draws
    )
    today = torch.tensor(list(quantities), dtype=situation.system.parameters.dtype)
    length = window.n_periods if with_cost else window.end_of_risk
    return Game(situation, policy, first.beside(*others), today, window, length)


def _by_draw(game: Game, draws: Sequence[Draw], played: Played) -> list[list[Futures]]:
    """Return for every draw the futures of each quantity."""
    situation = game.situation
    position = situation.observation.inventory_position
    ordered = situation.system.rules.apply(game.today, position, 0).tolist()
    sizes = [draw.n_futures for draw in draws]
    parts = zip(*(torch.split(table, sizes, 1) for table in played), strict=True)
    return [_by_quantity(ordered, Played(*part)) for part in parts]


def _by_quantity(ordered: Sequence[float], played: Played) -> list[Futures]:
    rows = zip(ordered, played.cost.numpy(), played.ran_out.numpy(), strict=True)
    return [Futures(order + 0.0, money, out) for order, money, out in rows]


def why_not(
    situation: Situation,
    quantities: tuple[float, float],
    policy: Policy,
    *,
    n_futures: int = N_FUTURES,
    seed: int = CONSEQUENCE_SEED,
    window: Window | None = None,
) -> WhyNot:
    """Compare two quantities for today; the policy in use decides from then on.

    Args:
        situation: Today.
        quantities: The one in question, and the reference.
        policy: The policy in use.
        n_futures: Paired futures, at least 1000 for what is shown.
        seed: Same seed, same numbers.
        window: How far to look; None takes what the larger quantity needs.
    """
    quantity, reference = quantities
    window = window or Window.around(situation, quantities)
    draw = Draw(n_futures, seed)
    comparison = Comparison(situation, reference, (quantity,), policy, window, (draw,))
    (((found,),),) = against([comparison])
    return found


@dataclass(frozen=True, eq=False)
class Comparison:
    """Several quantities for today against one reference, all over the same window.

    Args:
        situation: Today.
        reference: Units.
        others: Units, one comparison each.
        policy: The policy in use.
        window: How far to look.
        draws: Paired futures, at least 1000 for what is shown; each is compared on its own.
    """

    situation: Situation
    reference: float
    others: tuple[float, ...]
    policy: Policy
    window: Window
    draws: tuple[Draw, ...] = (Draw(),)

    @cached_property
    def game(self) -> Game:
        """What is to be played."""
        apart, draws = self._apart, self.draws
        with_cost = len(apart) > 1
        return _game(self.situation, apart, self.policy, draws, self.window, with_cost=with_cost)

    def found(self, played: Played) -> list[tuple[WhyNot, ...]]:
        """Return for every draw one comparison for each of the others."""
        parts = _by_draw(self.game, self.draws, played)
        return [self._compared(part, draw) for part, draw in zip(parts, self.draws, strict=True)]

    @property
    def _apart(self) -> tuple[float, ...]:
        # The same quantity twice is played once, and has no costs to compare.
        return tuple(dict.fromkeys((*self.others, self.reference)))

    def _compared(self, futures: Sequence[Futures], draw: Draw) -> tuple[WhyNot, ...]:
        by = dict(zip(self._apart, futures, strict=True))
        pairs = ((by[each], by[self.reference]) for each in self.others)
        review = int(self.situation.system.parameters.review_period[0])
        return tuple(_compared(pair, self.window, draw.seed, review) for pair in pairs)


def against(comparisons: Sequence[Comparison]) -> list[list[tuple[WhyNot, ...]]]:
    """Play comparisons, those of a kin as one; each comes to what it comes to alone."""
    played = play_by_kin([comparison.game for comparison in comparisons])
    return [each.found(part) for each, part in zip(comparisons, played, strict=True)]


def _compared(pair: tuple[Futures, Futures], window: Window, seed: int, review: int) -> WhyNot:
    this, other = pair
    # The same quantity does the same on every future, by what it is and not by chance.
    is_same = this.quantity == other.quantity
    compared = Verdict.from_pairs if is_same else Verdict.from_shares
    return WhyNot(
        quantity=this.quantity,
        reference_quantity=other.quantity,
        # What both cost alike was left out, so what either costs in all is not known.
        cost=replace(Verdict.from_pairs(this.cost, other.cost), reference_cost=math.nan),
        risk=compared(this.ran_out, other.ran_out),
        quantity_risk=this.risk,
        reference_risk=other.risk,
        n_periods=window.n_periods,
        first_risk_period=window.first_risk_period,
        end_of_risk=window.end_of_risk,
        seed=seed,
        next_chance=review,
    )
