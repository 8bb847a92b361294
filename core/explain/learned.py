"""What an agent's learned part adds to its own (s, S): both run side by side, day by day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from core.domain import Period
from core.explain.arithmetic import Levels
from core.explain.background import Background
from core.explain.checks import Check
from core.explain.figures import units
from core.explain.own_levels import OwnLevels, own_levels
from core.explain.probe import Probe
from core.explain.proofs import LeftOut
from core.explain.small_tree import FEWEST_ORDERS
from core.explain.states import Floats, StateTable
from core.explain.visiting import visited_by_all
from core.policies.protocol import Policy
from core.simulator import Problem

Flags = npt.NDArray[np.bool_]

# Another sample of days may change a share of orders that differs by so much.
_SHARE_SLACK = 0.05
_TINY = 1e-6
# Chances to order of each item that tell whether what was learned ever shows.
_N_LOOKS = 48


@dataclass(frozen=True, slots=True)
class Learned:
    """How far an agent leaves its own (s, S) on one item.

    Args:
        n_states: Typical days looked at, and today.
        n_orders: Those on which the agent or its own levels ask for something.
        n_timing: Those on which only one of the two does.
        n_quantity: Those on which both do, but not for the same.
        mean_move: By how much on the latter, units, mean size; 0 where there is none.
        levels: Its own s and S today; -inf where it never orders.
        plan_levels: Those of the (s, S) it is set against; nan where that has none.
        orders: Units ordered today by the plan's (s, S), by its own levels, and by the agent.
        period: "day", "week" or "month".
    """

    n_states: int
    n_orders: int
    n_timing: int
    n_quantity: int
    mean_move: float
    levels: Levels
    plan_levels: Levels
    orders: tuple[float, float, float]
    period: str

    @property
    def share(self) -> float:
        """Share of all orders that what it learned changes."""
        return (self.n_timing + self.n_quantity) / max(self.n_orders, 1)

    @property
    def adds_nothing(self) -> bool:
        """Whether it never leaves its own (s, S)."""
        return self.n_orders > 0 and self.n_timing + self.n_quantity == 0

    @property
    def words(self) -> str:
        """Say what was learned for this item, whose levels they are, and today's three orders."""
        said = self._nothing_words if self.adds_nothing else self._share_words
        if not self.n_orders:
            said = self._silent_words
        return " ".join(text for text in (said, self._levels_words, self._today_words) if text)

    @property
    def _silent_words(self) -> str:
        return (
            f"On none of {self.n_states:,} typical {self.period}s does the agent or its own (s, S)"
            " order this item, so what it learned for it cannot be told."
        )

    @property
    def _nothing_words(self) -> str:
        return (
            f"The agent adds nothing of its own here: on all {self.n_states:,} typical"
            f" {self.period}s looked at, today among them, it asks for just what its own (s, S)"
            " does, so its reasons and drivers are those of that rule."
        )

    @property
    def _share_words(self) -> str:
        parts = (
            (self.n_timing, f"another {self.period} for {self._part(self.n_timing)}"),
            (
                self.n_quantity,
                f"another quantity, by {units(self.mean_move)} units on average, for"
                f" {self._part(self.n_quantity)}",
            ),
        )
        told = " and ".join(text for n, text in parts if n)
        n_changed = self.n_timing + self.n_quantity
        rest = "" if n_changed == self.n_orders else "; in the rest it follows its own (s, S)"
        return (
            f"What the agent learned changes {self._part(n_changed)} of the orders of"
            f" {self.n_states:,} typical {self.period}s ({told}){rest}."
        )

    def _part(self, n: int) -> str:
        share = 100 * n / max(self.n_orders, 1)
        return "under 1 %" if share < 1 else f"{share:.0f} %"

    @property
    def _levels_words(self) -> str:
        own = _pair(self.levels)
        if not self.plan_levels.is_known:
            return f"Its own (s, S) today: {own}."
        if self.levels == self.plan_levels:
            return f"Its own (s, S) is the plan's: {own} today."
        return (
            f"Its own (s, S) today: {own}; the plan's: {_pair(self.plan_levels)}. Two searches"
            " found them, so they need not agree."
        )

    @property
    def _today_words(self) -> str:
        plan, own, agent = self.orders
        if plan == own == agent:
            return ""
        return (
            f"Ordered today: {units(plan)} by the plan's (s, S), {units(own)} by its own,"
            f" {units(agent)} by the agent."
        )


def learned_of(probe: Probe, baseline: Probe, background: Background) -> Learned | None:
    """Run an agent and its own levels on typical days and today; None for what is no agent.

    Args:
        probe: The agent, today.
        baseline: The (s, S) of the plan, today.
        background: Typical days.
    """
    own = own_levels(probe.policy)
    if own is None:
        return None
    days = [
        background.played or background.states,
        *([background.fresh] if background.fresh else []),
    ]
    values = np.concatenate([table.values for table in (*days, probe.today)])
    mine, its = _asked(probe.policy, own, probe.today.with_values(values))
    orders, timing, quantity = _differing(mine, its)
    problem = probe.situation.problem
    return Learned(
        n_states=len(mine),
        n_orders=int(orders.sum()),
        n_timing=int(timing.sum()),
        n_quantity=int(quantity.sum()),
        mean_move=float(np.abs(mine - its)[quantity].mean()) if quantity.any() else 0.0,
        levels=_levels(own.levels(probe.situation.observation), problem),
        plan_levels=_levels(Levels.of(baseline.policy.parameters_of(0)), problem),
        orders=(baseline.order, Probe(probe.situation, own).order, probe.order),
        period=background.period.value,
    )


def learned_check(learned: Learned, probe: Probe, background: Background) -> Check | LeftOut:
    """On days of other futures, what was learned must change as large a share of orders."""
    own = own_levels(probe.policy)
    assert own is not None
    others = background.resamples[1:] or (background.states,)
    values = np.concatenate([table.values for table in others])
    orders, timing, quantity = _differing(
        *_asked(probe.policy, own, probe.today.with_values(values))
    )
    n_orders, n_changed = int(orders.sum()), int((timing | quantity).sum())
    name = "what the agent learned changes as many orders on other days as said"
    if n_orders < FEWEST_ORDERS:
        return LeftOut(name, f"only {n_orders} orders on {len(values):,} other {learned.period}s")
    found = n_changed / n_orders
    # Orders of one future are much alike: each counts as a quarter.
    luck = math.sqrt(4 * max(learned.share * (1 - learned.share), 0.01) / n_orders)
    allowed = 0.0 if learned.adds_nothing else _SHARE_SLACK + 3 * luck
    return Check(
        name,
        abs(found - learned.share) <= allowed,
        f"{100 * found:.1f} % of {n_orders:,} orders on {len(values):,} other {learned.period}s;"
        f" {100 * learned.share:.1f} % said",
        "learned",
        f"on other {learned.period}s it changed {100 * found:.0f} % of the orders",
    )


def idle_items(problems: Sequence[Problem], policy: Policy, period: Period) -> list[bool]:
    """Say for each item whether nothing that an agent learned ever shows in what it asks for.

    Args:
        problems: One per item.
        policy: The agent, of these items in their order.
        period: Of the history.
    """
    if own_levels(policy) is None:
        return [False] * len(problems)
    tables = visited_by_all(problems, policy, period, _N_LOOKS)
    return [_is_idle(policy.select([row]), table) for row, table in enumerate(tables)]


def _is_idle(policy: Policy, states: StateTable) -> bool:
    own = own_levels(policy)
    assert own is not None
    _, timing, quantity = _differing(*_asked(policy, own, states))
    if (timing | quantity).any():
        return False
    # Slow items seldom order on those days: ask at every stock up to S, too.
    most = 1.2 * max(Levels.of(own.parameters_of(0)).order_up_to_level, 1.0)
    swept = states.changed("inventory_level", np.linspace(0.0, most, len(states)))
    _, timing, quantity = _differing(*_asked(policy, own, swept))
    return not bool((timing | quantity).any())


def _asked(policy: Policy, own: OwnLevels, states: StateTable) -> tuple[Floats, Floats]:
    """Return what the agent and its levels ask for on each day, units, shape [n_states]."""
    observation = states.observation()
    with torch.inference_mode():
        both = torch.stack([policy.act(observation), own.act(observation)])
    mine, its = both.to(torch.float64).numpy()
    return mine, its


def _differing(mine: Floats, its: Floats) -> tuple[Flags, Flags, Flags]:
    """Return on which days either asks, only one does, and both do for different quantities."""
    asks, its_asks = np.asarray(mine > _TINY), np.asarray(its > _TINY)
    differs = np.asarray(np.abs(mine - its) > _TINY)
    return asks | its_asks, asks ^ its_asks, asks & its_asks & differs


def _levels(levels: Levels, problem: Problem) -> Levels:
    return Levels(-math.inf, -math.inf) if levels.is_never(problem) else levels


def _pair(levels: Levels) -> str:
    if math.isinf(levels.order_up_to_level):
        return "it never orders"
    return f"at or below {units(levels.reorder_point)}, up to {units(levels.order_up_to_level)}"
