"""The short answer for very many orders: sentence, sums and comparison, without drivers."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from core.domain import Outcome
from core.explain.ahead import Ahead, look_ahead_of_all
from core.explain.arithmetic import agent_arithmetic, rule_arithmetic
from core.explain.checks import arithmetic_check, range_check
from core.explain.comparison_words import same_words, why_not_words
from core.explain.consequences import N_FUTURES
from core.explain.explanation import Question
from core.explain.game import NoOrders, kin_of_play
from core.explain.probe import Probe
from core.explain.words import sentence_of
from core.policies.protocol import kin_of

# Questions explained at once: more of them take as long each, and come late.
_AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Brief:
    """One order in two sentences, as the whole explanation says them.

    Args:
        item: Label of the problem.
        sentence: What to order, and why.
        why_not: The other policy against the one in use; empty where only one of them is heard.
        outcome: Of the agent's order against the rule's: better, worse or cannot
            tell; None where there is none, or both order the same.
        failed: Names of the checks of sentence, sums and range that did not pass.
        n_checks: How many were made.
    """

    item: str
    sentence: str
    why_not: str
    outcome: Outcome | None
    failed: tuple[str, ...]
    n_checks: int


def explain_briefly(question: Question, *, n_futures: int = N_FUTURES) -> Brief:
    """Explain one order in words only: what does not depend on drivers and typical days.

    Args:
        question: The item, its policies, and which one is in use.
        n_futures: Paired futures for the comparison; the same as in the whole explanation.
    """
    (found,) = _explained([question], n_futures)
    return found


def explain_all_briefly(
    questions: Sequence[Question], *, n_futures: int = N_FUTURES
) -> Iterator[tuple[int, Brief]]:
    """Explain many orders as ``explain_briefly`` does each; takes a fraction of the time.

    Args:
        questions: One per item.
        n_futures: Paired futures for the comparison.

    Yields:
        The place of a question and its answer; items that are alike come together.
    """
    ordered = _alike_together(questions)
    for first in range(0, len(ordered), _AT_ONCE):
        part = ordered[first : first + _AT_ONCE]
        yield from zip(part, _explained([questions[k] for k in part], n_futures), strict=True)


def _alike_together(questions: Sequence[Question]) -> list[int]:
    """Return the questions' places, by how their time goes by and then by their policies."""
    kin: dict[Hashable, dict[Hashable, list[int]]] = {}
    for place, question in enumerate(questions):
        own = kin.setdefault(kin_of_play(question.situation, NoOrders()), {})
        own.setdefault(kin_of(question.in_use), []).append(place)
    return [place for own in kin.values() for places in own.values() for place in places]


def _explained(questions: Sequence[Question], n_futures: int) -> list[Brief]:
    sides = [_Sides.of(question) for question in questions]
    pairs = [(each.used, each.other if each.differs else None) for each in sides]
    found = look_ahead_of_all(pairs, n_futures=n_futures)
    return [_brief(*each) for each in zip(questions, sides, found, strict=True)]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The policies of one item; see Question."""

    baseline: Probe
    agent: Probe | None
    used: Probe
    other: Probe | None

    @classmethod
    def of(cls, question: Question) -> _Sides:
        """Put the item's policies in front of it."""
        situation = question.situation
        baseline = Probe(situation, question.baseline)
        agent = None if question.agent is None else Probe(situation, question.agent)
        used = agent if agent is not None and question.uses_agent else baseline
        return cls(baseline, agent, used, baseline if used is agent else agent)

    @property
    def differs(self) -> bool:
        """Whether there is anything to play: what the same quantity does to costs is nothing."""
        return self.other is not None and self.other.order != self.used.order


def _brief(question: Question, sides: _Sides, ahead: Ahead) -> Brief:
    situation, agent, other = question.situation, sides.agent, sides.other
    sentence = sentence_of(sides.used, other, ahead)
    checks = [*sentence.checks, arithmetic_check(rule_arithmetic(sides.baseline))]
    said, outcome = "", None
    found = ahead.against
    if agent is not None and other is not None:
        checks.append(arithmetic_check(agent_arithmetic(agent)))
        said = same_words(other.policy.name, other.order)
        if found is not None:
            said = why_not_words(
                found, other.policy.name, situation.period.value, situation.currency
            )
            outcome = (found.cost.reversed() if question.uses_agent else found.cost).outcome
    if question.is_in_range is not None:
        checks.append(range_check(question.is_in_range))
    failed = tuple(check.name for check in checks if not check.passed)
    return Brief(situation.problem.name, sentence.text, said, outcome, failed, len(checks))
