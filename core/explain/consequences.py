"""What a quantity ordered today leads to: cost and risk on common futures, paired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch

from core.domain import Outcome, Verdict
from core.evaluation import share_interval
from core.explain.paired_play import Played, play
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
        cost: Difference in money over the whole horizon (not per period), with its interval.
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
    first, *others = (
        draw_scenario([situation.problem], n, window.n_periods, seed) for n, seed in draws
    )
    scenario = first.beside(*others) if others else first
    system = situation.system
    today = torch.tensor(list(quantities), dtype=system.parameters.dtype)
    length = window.n_periods if with_cost else window.end_of_risk
    played = play(situation, policy, scenario, today, (window, length))
    ordered = system.rules.apply(today, situation.observation.inventory_position, 0).tolist()
    sizes = [draw.n_futures for draw in draws]
    parts = zip(*(torch.split(table.double(), sizes, 1) for table in played), strict=True)
    return [_by_quantity(ordered, Played(*part)) for part in parts], window


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
    ((found,),) = against(situation, reference, (quantity,), policy, window=window, draws=(draw,))
    return found


def against(
    situation: Situation,
    reference: float,
    others: Sequence[float],
    policy: Policy,
    *,
    window: Window,
    draws: Sequence[Draw] = (Draw(),),
) -> list[tuple[WhyNot, ...]]:
    """Compare several quantities for today with one reference, all over the same window.

    Args:
        situation: Today.
        reference: Units.
        others: Units, one comparison each.
        policy: The policy in use.
        window: How far to look.
        draws: Paired futures, at least 1000 for what is shown; each is compared on its own.

    Returns:
        For every draw one comparison for each of the others.
    """
    # The same quantity twice is played once, and has no costs to compare.
    apart = tuple(dict.fromkeys((*others, reference)))
    with_cost = len(apart) > 1
    found, _ = futures_of(situation, apart, policy, draws=draws, with_cost=with_cost, window=window)
    review = int(situation.system.parameters.review_period[0])

    def compared(played: Sequence[Futures], seed: int) -> tuple[WhyNot, ...]:
        by = dict(zip(apart, played, strict=True))
        return tuple(_compared((by[each], by[reference]), window, seed, review) for each in others)

    return [compared(part, draw.seed) for part, draw in zip(found, draws, strict=True)]


def _compared(pair: tuple[Futures, Futures], window: Window, seed: int, review: int) -> WhyNot:
    this, other = pair
    # The same quantity does the same on every future, by what it is and not by chance.
    is_same = this.quantity == other.quantity
    compared = Verdict.from_pairs if is_same else Verdict.from_shares
    return WhyNot(
        quantity=this.quantity,
        reference_quantity=other.quantity,
        cost=Verdict.from_pairs(this.cost, other.cost),
        risk=compared(this.ran_out, other.ran_out),
        quantity_risk=this.risk,
        reference_risk=other.risk,
        n_periods=window.n_periods,
        first_risk_period=window.first_risk_period,
        end_of_risk=window.end_of_risk,
        seed=seed,
        next_chance=review,
    )
