"""What a quantity ordered today leads to: cost and risk on common futures, paired."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.domain import Outcome, Verdict
from core.evaluation import share_interval
from core.explain.seeds import CONSEQUENCE_SEED
from core.explain.situation import Situation
from core.explain.states import Floats
from core.policies.protocol import Policy, memory_of
from core.simulator import (
    Observation,
    Scenario,
    SingleItemSystem,
    draw_scenario,
)

N_FUTURES = 1000
_LONGEST = 150


@dataclass(frozen=True, eq=False)
class Futures:
    """What happens after one quantity, on every future.

    Args:
        quantity: Units ordered today, after the rules.
        cost: Money over the horizon, shape [n_futures].
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


@dataclass(frozen=True, slots=True)
class Window:
    """How far to look: until the orders compared are used up, and what follows is the same.

    Args:
        n_periods: Periods of cost.
        first_risk_period: Running out counts from here on, when an order of today can be there.
        end_of_risk: And before this period.
    """

    n_periods: int
    first_risk_period: int
    end_of_risk: int

    @classmethod
    def around(cls, situation: Situation, quantities: Sequence[float]) -> Window:
        """Look until the largest quantity is used up, and a lead time and review beyond."""
        parameters = situation.system.parameters
        wait = situation.system.max_lead_time + int(parameters.review_period[0])
        mean = float(situation.problem.demand.mean(situation.problem.start, wait + 1).mean())
        stock = max(situation.inventory_position, 0.0) + max(quantities)
        lasts = math.ceil(min(stock / max(mean, 1e-9), _LONGEST))
        end = max(wait, min(lasts, _LONGEST))
        return cls(end + 2 * wait, round(float(parameters.lead_time_mean[0])), end)


def futures_of(
    situation: Situation,
    quantities: Sequence[float],
    policy: Policy,
    *,
    n_futures: int = N_FUTURES,
    seed: int = CONSEQUENCE_SEED,
    with_cost: bool = True,
    window: Window | None = None,
) -> tuple[list[Futures], Window]:
    """Order each quantity today, follow the policy from the next chance on.

    Args:
        situation: Today.
        quantities: Units to order today; they pass the order rules.
        policy: Of this one item, followed after today.
        n_futures: Common to all quantities.
        seed: Same seed, same numbers.
        with_cost: Else only whether stock lasts is followed, and costs end with that.
        window: How far to look; None takes what the largest quantity needs.
    """
    window = window or Window.around(situation, quantities)
    n, k = n_futures, len(quantities)
    system = SingleItemSystem([situation.problem], n_paths=n * k, memory=memory_of(policy))
    drawn = draw_scenario([situation.problem], n, window.n_periods, seed)
    scenario = drawn.mapped(lambda rows: rows.repeat(1, k))
    today = torch.tensor(list(quantities), dtype=system.parameters.dtype).repeat_interleave(n)
    length = window.n_periods if with_cost else window.end_of_risk
    cost, ran_out, ordered = _play(system, (situation, policy), scenario, today, (window, length))
    rows = zip(cost.reshape(k, n), ran_out.reshape(k, n), ordered.reshape(k, n), strict=True)
    return [
        Futures(float(order[0]) + 0.0, money.double().numpy(), out.double().numpy())
        for money, out, order in rows
    ], window


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
    (found,) = against(
        situation, reference, (quantity,), policy, window=window, n_futures=n_futures, seed=seed
    )
    return found


def against(
    situation: Situation,
    reference: float,
    others: Sequence[float],
    policy: Policy,
    *,
    window: Window,
    n_futures: int = N_FUTURES,
    seed: int = CONSEQUENCE_SEED,
) -> tuple[WhyNot, ...]:
    """Compare several quantities for today with one reference, all over the same window.

    Args:
        situation: Today.
        reference: Units.
        others: Units, one comparison each.
        policy: The policy in use.
        window: How far to look.
        n_futures: Paired futures, at least 1000 for what is shown.
        seed: Same seed, same numbers.
    """
    # The same quantity twice is played once, and has no costs to compare.
    apart = tuple(dict.fromkeys((*others, reference)))
    found, _ = futures_of(
        situation,
        apart,
        policy,
        n_futures=n_futures,
        seed=seed,
        with_cost=len(apart) > 1,
        window=window,
    )
    played = dict(zip(apart, found, strict=True))
    review = int(situation.system.parameters.review_period[0])
    return tuple(
        _compared((played[each], played[reference]), window, seed, review) for each in others
    )


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


def _play(
    system: SingleItemSystem,
    player: tuple[Situation, Policy],
    scenario: Scenario,
    today: Tensor,
    until: tuple[Window, int],
) -> tuple[Tensor, Tensor, Tensor]:
    """Return cost, whether it ran out, and the order of today, shape [n_envs] each."""
    situation, policy = player
    window, length = until
    cost, ran_out = torch.zeros_like(today), torch.zeros_like(today)
    ordered = today
    with torch.inference_mode():
        stocks = system.start(situation.initial(today.shape[0]))
        for t in range(length):
            observation: Observation = system.observe(stocks, scenario)
            raw = today if t == 0 else policy.act(observation)
            stocks, flows = system.step(stocks, raw, scenario)
            ordered = flows.order if t == 0 else ordered
            cost += system.cost(flows)
            if window.first_risk_period <= t < window.end_of_risk:
                ran_out = torch.maximum(ran_out, (flows.unserved > 0).to(ran_out.dtype))
    return cost, ran_out, ordered
