"""Checks that run the policy again: on its drivers, on many days, and beside a scrambled copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from core.domain import Verdict
from core.explain.arithmetic import Arithmetic
from core.explain.background import Background
from core.explain.checks import Check
from core.explain.drivers import Drivers
from core.explain.figures import policy_words
from core.explain.probe import Probe
from core.explain.scrambled import scrambled
from core.explain.shapley import Attribution, attribute
from core.explain.small_tree import LEAST_AGREEMENT, SmallTree, agreement
from core.explain.states import GROUPS, Floats, StateTable

# Days on which deleting drivers is tried, and states that the policy may be asked about for it.
N_DAYS = 200
_N_CALLS = 50_000
# Every so many of them are enough to hold another policy against.
_EVERY = 4
# Bars must differ by this share of their size to count as another explanation.
_OTHER_SHARE = 0.1
_TINY = 1e-6
# Mean distance from what a network learned on, in standard deviations of each input.
_FARTHEST = 3.0
_EXACT = 1e-3


@dataclass(frozen=True, eq=False)
class Evidence:
    """An explanation's parts, and the policy that they must hold for.

    Args:
        probe: The policy in use.
        arithmetic: Its sums.
        drivers: Its bars.
        background: What the bars are against.
        tree: The rule in small.
    """

    probe: Probe
    arithmetic: Arithmetic
    drivers: Drivers
    background: Background
    tree: SmallTree

    @property
    def periods(self) -> str:
        """What a state is of: "days", "weeks" or "months"."""
        return f"{self.background.period.value}s"

    @cached_property
    def days(self) -> tuple[StateTable, StateTable]:
        """Many visited days, and typical ones to hold them against: fewer the more drivers vary."""
        background = self.background
        visited = background.resamples[0] if background.resamples else background.states
        days = _spread(visited, N_DAYS)
        columns = [days.columns_of(group) for group in GROUPS]
        n_varying = sum(bool((days.values[:, c] != days.values[:1, c]).any()) for c in columns)
        n_typical = max(_N_CALLS // (N_DAYS * 2**n_varying), 8)
        return days, _spread(background.states, min(n_typical, len(background.states)))

    @cached_property
    def on_many_days(self) -> Attribution:
        """What drives the orders of those days."""
        return attribute(self.probe.raw_orders, *self.days)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A check that says nothing here, and why."""

    name: str
    why: str


Amounts = Callable[[Attribution], Floats]


def to_the_order_check(evidence: Evidence) -> Check:
    """Base value, bars, and what packs and limits add must come to the order, to the unit."""
    drivers, order = evidence.drivers, evidence.arithmetic.order_quantity
    moved = sum(bar.amount for bar in drivers.bars)
    added = sum(part.amount for part in evidence.arithmetic.rules.parts[1:])
    total = drivers.base_value + moved + added
    return Check(
        "the drivers and the rules add up to the final order",
        abs(total - order) <= 0.01 + 1e-4 * abs(order),
        f"{drivers.base_value:.1f} typical {moved:+.1f} from bars {added:+.1f} from pack, minimum "
        f"and limits = {total:.1f}; the order is {order:g}",
        "drivers",
        "bars and rules do not add up to the order",
    )


def rerun_check(evidence: Evidence) -> Check:
    """Worked out once more, without shap, from the policy and the background named."""
    drivers, background, probe = evidence.drivers, evidence.background, evidence.probe
    found = attribute(probe.raw_orders, probe.today, background.states)
    again = dict(zip((group.label for group in GROUPS), found.amounts[:, 0], strict=True))
    gaps = [abs(again[bar.group] - bar.amount) for bar in drivers.bars]
    gap = max(*gaps, abs(float(found.base.mean()) - drivers.base_value))
    passed = gap <= _EXACT * max(1.0, abs(drivers.output), abs(drivers.base_value))
    is_named = drivers.version == background.version
    return Check(
        "the drivers come out the same from a second calculation on the policy",
        passed and is_named,
        f"largest difference {gap:.2g} units"
        if is_named
        else f"background {drivers.version} is not {background.version}",
        "drivers",
        "a second calculation on the policy gives other bars",
    )


def deletion_check(
    evidence: Evidence, amounts_of: Amounts = lambda found: found.amounts
) -> Check | LeftOut:
    """Take the strongest driver from typical days: the order must move more than for others.

    Args:
        evidence: What is explained.
        amounts_of: What drives each order, units, shape [n_groups, n_states].
    """
    name = "taking away the strongest driver moves the order most"
    found = evidence.on_many_days
    playing = np.flatnonzero(found.moves.any(axis=1))
    if len(playing) < 2:
        return LeftOut(name, "fewer than two drivers ever move the order")
    strongest = playing[np.abs(amounts_of(found)[playing]).argmax(axis=0)]
    n_days = found.moves.shape[1]
    tops, others = found.moves[strongest, np.arange(n_days)], found.moves[playing].mean(axis=0)
    lead = Verdict.from_pairs(tops, others)
    told = (
        f"over {n_days} {evidence.periods} it moves the order by {tops.mean():.2f} units, a driver"
        f" picked by chance by {others.mean():.2f} (difference {lead.difference:+.2f}"
        f" ± {lead.half_width:.2f})"
    )
    if lead.low <= 0 <= lead.high:
        return LeftOut(name, f"{told}, so nobody can tell")
    return Check(
        name,
        lead.low > 0,
        told,
        "drivers",
        "the largest bar does not move this policy's orders more than others do",
    )


def scrambled_check(evidence: Evidence) -> Check | LeftOut:
    """The same drivers for a policy that decides otherwise would explain nothing."""
    name, probe = "another policy gets other drivers", evidence.probe
    copy = scrambled(probe.policy)
    if copy is None:
        return LeftOut(name, f"{policy_words(probe.policy.name)} offers no copy of itself to try")
    policy, words = copy
    days, typical = evidence.days
    few = days.with_values(days.values[::_EVERY])
    other = attribute(Probe(probe.situation, policy).raw_orders, few, typical).amounts
    mine = evidence.on_many_days.amounts[:, ::_EVERY]
    size, change = float(np.abs(mine).sum()), float(np.abs(mine - other).sum())
    if max(size, change) <= _TINY:
        return LeftOut(name, "no driver moves the order, whatever the policy")
    return Check(
        name,
        change > _OTHER_SHARE * size,
        f"{policy_words(probe.policy.name)} {words}, over {len(few)} {evidence.periods}: bars"
        f" differ by {100 * change / max(size, _TINY):.0f} %,"
        f" {100 * _OTHER_SHARE:.0f} % is the least",
        "drivers",
        f"{policy_words(probe.policy.name)} {words} would get much the same bars",
    )


def tree_check(evidence: Evidence) -> Check:
    """The rule in small, read as it is printed, must agree as often as it says."""
    name, tree = "the rule in small agrees as often as it says", evidence.tree
    if not tree.is_shown:
        return Check(name, True, f"not shown. {tree.words}")
    probe = evidence.probe
    found = agreement(
        tree.lines,
        probe.raw_orders,
        evidence.background,
        probe.situation.problem.rules.pack_size,
    )
    claimed = (tree.agreement, tree.order_agreement)
    return Check(
        name,
        bool(np.allclose(found, claimed, atol=5e-3)) and min(found) >= LEAST_AGREEMENT,
        f"{100 * found[0]:.1f} % of {tree.n_states:,} {evidence.periods}, {100 * found[1]:.1f} %"
        " of those with an order",
        "tree",
        f"read as it stands it agrees in {100 * found[0]:.0f} % only",
    )


def familiar_check(evidence: Evidence) -> Check | LeftOut:
    """Today's state should lie where the network learned."""
    from core.agents.policy import AgentPolicy
    from core.simulator.episodes import FEATURE_LIMIT

    name, policy = "today's stock and forecast are like what the agent learned on", None
    if isinstance(evidence.probe.policy, AgentPolicy):
        policy = evidence.probe.policy
    if policy is None:
        return LeftOut(name, f"{policy_words(evidence.probe.policy.name)} has learned nothing")
    inputs = policy.features(evidence.probe.situation.observation)[0].numpy()
    distance = float(np.sqrt(np.mean(inputs**2)))
    labels = [feature.label for feature in policy.brain.encoder.features]
    far = [labels[i].lower() for i in np.flatnonzero(np.abs(inputs) >= FEATURE_LIMIT)]
    beyond = f"; beyond the scale: {', '.join(far)}" if far else "; every input on the scale"
    return Check(
        name,
        distance <= _FARTHEST,
        f"{distance:.1f} standard deviations away on average over {len(inputs)} inputs, "
        f"{_FARTHEST:g} allowed{beyond}",
        "sentence",
        "this item today is unlike what the agent learned on, so (s, S) is the safer choice",
    )


PROOFS: tuple[Callable[[Evidence], Check | LeftOut], ...] = (
    to_the_order_check,
    rerun_check,
    deletion_check,
    scrambled_check,
    familiar_check,
    tree_check,
)


def found_of(proofs: Sequence[Check | LeftOut]) -> tuple[Check, ...]:
    """Return the checks that say something."""
    return tuple(proof for proof in proofs if isinstance(proof, Check))


def left_out_of(proofs: Sequence[Check | LeftOut]) -> tuple[str, ...]:
    """Say which checks say nothing here, and why."""
    return tuple(f"{p.name}: {p.why}" for p in proofs if isinstance(p, LeftOut))


def steadied(drivers: Drivers, probe: Probe, background: Background) -> Drivers:
    """Draw every bar again on other samples of typical days and note how often its sign holds.

    Args:
        drivers: Of today.
        probe: The policy.
        background: With its resamples; without any, the bars stay as they are.
    """
    if not background.resamples:
        return drivers
    # Half as many days in each sample: harder to pass, and twice as fast.
    values = [sample.values[::2] for sample in background.resamples]
    stacked = background.states.with_values(np.concatenate(values))
    found = attribute(probe.raw_orders, probe.today, stacked)
    amounts = found.values[:, 0].reshape(len(GROUPS), len(values), -1).mean(axis=2)
    again = dict(zip((group.label for group in GROUPS), amounts, strict=True))
    return replace(
        drivers,
        bars=tuple(
            replace(bar, agreement=float((np.sign(again[bar.group]) == np.sign(bar.amount)).mean()))
            for bar in drivers.bars
        ),
    )


def _spread(states: StateTable, n: int) -> StateTable:
    rows = np.linspace(0, len(states) - 1, n).round().astype(int)
    return states.with_values(states.values[rows])
