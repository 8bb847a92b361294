"""The short answer for very many orders: sentence, sums and comparison, without drivers."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain import Outcome
from core.explain.ahead import look_ahead
from core.explain.arithmetic import agent_arithmetic, rule_arithmetic
from core.explain.checks import arithmetic_check, range_check
from core.explain.comparison_words import same_words, why_not_words
from core.explain.consequences import N_FUTURES
from core.explain.explanation import Question
from core.explain.probe import Probe
from core.explain.words import sentence_of


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
    situation = question.situation
    baseline = Probe(situation, question.baseline)
    agent = None if question.agent is None else Probe(situation, question.agent)
    used = agent if agent is not None and question.uses_agent else baseline
    other = baseline if used is agent else agent
    # What the same quantity does to costs needs no playing: nothing.
    differs = other is not None and other.order != used.order
    ahead = look_ahead(used, other if differs else None, n_futures=n_futures)
    sentence = sentence_of(used, other, ahead)
    checks = [*sentence.checks, arithmetic_check(rule_arithmetic(baseline))]
    said, outcome = "", None
    found = ahead.against
    if agent is not None and other is not None:
        checks.append(arithmetic_check(agent_arithmetic(agent)))
        said = same_words(other.policy.name, other.order)
        if found is not None:
            said = why_not_words(found, other.policy.name, situation.period.value)
            outcome = (found.cost.reversed() if question.uses_agent else found.cost).outcome
    if question.is_in_range is not None:
        checks.append(range_check(question.is_in_range))
    failed = tuple(check.name for check in checks if not check.passed)
    return Brief(situation.problem.name, sentence.text, said, outcome, failed, len(checks))
