"""Why this quantity: everything that is said about one order, and the proof of it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, is_dataclass
from enum import Enum
from typing import Any

from core.explain.ahead import Ahead, look_ahead
from core.explain.ahead_words import RUNS_OUT_BEFORE
from core.explain.arithmetic import Arithmetic, agent_arithmetic, rule_arithmetic
from core.explain.background import Background, visited_states
from core.explain.checks import (
    DRIVER_CHECKS,
    Check,
    arithmetic_check,
    badge,
    careful,
    range_check,
    rebuild_check,
    warnings,
)
from core.explain.comparison_words import why_not_words
from core.explain.consequences import N_FUTURES, WhyNot
from core.explain.drivers import Drivers, explain_drivers
from core.explain.learned import Learned, learned_check, learned_of
from core.explain.limits import cannot_see
from core.explain.probe import Probe
from core.explain.proofs import PROOFS, Evidence, LeftOut, found_of, left_out_of, steadied
from core.explain.sentence_checks import numbers_check, verdict_checks
from core.explain.situation import Situation
from core.explain.small_tree import SmallTree, small_tree
from core.explain.thresholds import Threshold, thresholds
from core.explain.words import sentence_of
from core.policies.protocol import Policy


@dataclass(frozen=True)
class Question:
    """One order to explain.

    Args:
        situation: The item today.
        baseline: The (s, S) policy of this one item.
        agent: The agent for this one item, if there is one.
        uses_agent: Whether the agent is the policy in use.
        is_in_range: Whether the item lies in the agent's trained range; None where not known.
        range_words: Where it lies in each quantity; empty where that is not known.
        background: Typical days of the item under the policy in use; worked out where not given.
    """

    situation: Situation
    baseline: Policy
    agent: Policy | None = None
    uses_agent: bool = False
    is_in_range: bool | None = None
    range_words: str = ""
    background: Background | None = None

    @property
    def in_use(self) -> Policy:
        """The policy that decides."""
        return self.agent if self.uses_agent and self.agent is not None else self.baseline


@dataclass(frozen=True)
class Explanation:
    """Why this quantity, and why not the other one.

    Args:
        item: Label.
        policy: Name of the policy in use.
        sentence: One sentence in plain words; what did not hold when run is not in it.
        why_not_sentence: The comparison in words; empty without an agent.
        agent: The agent's sums; None without one.
        baseline: The (s, S) sums.
        drivers: Of the policy in use.
        baseline_drivers: Of (s, S) on the same background; None where it is the one in use.
        tree: The rule in small, of the policy in use.
        ahead: The two quantities on common futures, running out before an order of today can
            come, and waiting where that is said.
        thresholds: What would change the order of the policy in use, and where.
        cannot_see: What a planner may know and no policy does.
        learned: What the agent's learned part adds to its own (s, S); None without one.
        learned_sentence: The same in words; empty without one.
        checks: What the program verified; where one failed the texts say so.
        not_checked: What could not be verified here, and why.
    """

    item: str
    policy: str
    sentence: str
    why_not_sentence: str
    agent: Arithmetic | None
    baseline: Arithmetic
    drivers: Drivers
    baseline_drivers: Drivers | None
    tree: SmallTree | None
    ahead: Ahead
    thresholds: tuple[Threshold, ...]
    cannot_see: tuple[str, ...]
    learned: Learned | None
    learned_sentence: str
    checks: tuple[Check, ...]
    not_checked: tuple[str, ...]

    @property
    def why_not(self) -> WhyNot | None:
        """The other quantity against the one in use; None without an agent."""
        return self.ahead.against

    @property
    def tells_before(self) -> bool:
        """Whether the sentence itself says how likely stock runs out before help can come."""
        return RUNS_OUT_BEFORE in self.sentence

    @property
    def headline(self) -> tuple[str, str]:
        """The sentence in two: what to order, and the reasons as a sentence of their own."""
        what, _, why = self.sentence.partition(": ")
        return what, why[:1].upper() + why[1:]

    def warnings(self, part: str) -> tuple[str, ...]:
        """Return what failed checks say about a part: "drivers", "tree", ..."""
        return warnings(self.checks, part)

    @property
    def badge(self) -> str:
        """The checks in a word."""
        return badge(self.checks)

    @property
    def is_sound(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def in_use(self) -> Arithmetic:
        """The sums of the policy in use."""
        is_agents = self.agent is not None and self.agent.policy == self.policy
        return self.agent if is_agents and self.agent is not None else self.baseline

    def to_json(self) -> dict[str, Any]:
        """Write everything as plain JSON values; what is not a number becomes None."""
        data: dict[str, Any] = _plain(self)
        why = self.why_not
        return {
            **data,
            "why_not": data["ahead"].pop("against"),
            "badge": self.badge,
            "is_sound": self.is_sound,
            "additivity_gap": self.drivers.additivity_gap,
            "outcome": None if why is None else why.outcome.value,
        }


def explain(question: Question, *, n_futures: int = N_FUTURES) -> Explanation:
    """Explain one order: words, sums, drivers, consequences, limits and checks.

    Args:
        question: The item, its policies, and which one is in use.
        n_futures: Paired futures for the comparison.
    """
    situation = question.situation
    baseline = Probe(situation, question.baseline)
    agent = None if question.agent is None else Probe(situation, question.agent)
    used = agent if agent is not None and question.uses_agent else baseline
    other = baseline if used is agent else agent
    background = question.background or visited_states(situation, question.in_use)
    ahead = look_ahead(used, other, n_futures=n_futures)
    sentence = sentence_of(used, other, ahead)
    sums = (None if agent is None else agent_arithmetic(agent), rule_arithmetic(baseline))
    evidence = Evidence(
        used,
        sums[0] if used is agent and sums[0] is not None else sums[1],
        _drivers(used, background),
        background,
        small_tree(used.raw_orders, background, situation.problem.rules.pack_size),
    )
    against = ahead.against
    changing, held = thresholds(used)
    told = ""
    if against is not None and other is not None:
        told = why_not_words(against, other.policy.name, situation.period.value, situation.currency)
    names = [probe.policy.name for probe in (used, other) if probe is not None]
    read = (numbers_check(sentence, names), *verdict_checks(told, against))
    learned, own = _learned(agent, baseline, background)
    proofs = [*(proof(evidence) for proof in PROOFS), *own]
    checks = (
        *sentence.checks,
        held,
        *read,
        *_checks(question, sums, evidence),
        *found_of(proofs),
    )
    return Explanation(
        item=situation.problem.name,
        policy=used.policy.name,
        sentence=careful(sentence.text, checks, "sentence"),
        why_not_sentence=careful(told, checks, "comparison"),
        agent=sums[0],
        baseline=sums[1],
        drivers=evidence.drivers,
        baseline_drivers=None if used is baseline else _drivers(baseline, background),
        tree=evidence.tree,
        ahead=ahead,
        thresholds=changing,
        cannot_see=cannot_see(situation),
        learned=learned,
        learned_sentence="" if learned is None else careful(learned.words, checks, "learned"),
        checks=checks,
        not_checked=left_out_of(proofs),
    )


def _drivers(probe: Probe, background: Background) -> Drivers:
    found = explain_drivers(probe.raw_orders, probe.policy.name, probe.today, background)
    return steadied(found, probe, background)


def _learned(
    agent: Probe | None, baseline: Probe, background: Background
) -> tuple[Learned | None, tuple[Check | LeftOut, ...]]:
    learned = None if agent is None else learned_of(agent, baseline, background)
    if agent is None or learned is None:
        return None, ()
    return learned, (learned_check(learned, agent, background),)


def _checks(
    question: Question, sums: tuple[Arithmetic | None, Arithmetic], evidence: Evidence
) -> tuple[Check, ...]:
    in_range = question.is_in_range
    return (
        *(arithmetic_check(each) for each in sums if each is not None),
        rebuild_check(evidence.probe.raw, evidence.drivers.output),
        *(check(evidence.drivers) for check in DRIVER_CHECKS),
        *(() if in_range is None else (range_check(in_range, question.range_words),)),
    )


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(item) for key, item in asdict(value).items()}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
