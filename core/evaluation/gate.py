"""Auto: per item, the agent where it wins beyond noise, the baseline everywhere else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scipy import special

from core.domain import Outcome, UnknownNameError, Verdict
from core.domain.wording import plural
from core.evaluation.comparison import Comparison
from core.evaluation.tail_result import Backtest

_SIGNIFICANCE = 0.025
"""Chance of preferring the agent on an item where it is no cheaper: one end of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class GateDecision:
    """Which policy orders for one item, and why.

    Args:
        item: Name.
        policy: Label of the policy in use.
        uses_agent: Whether that is the agent.
        reason: One sentence in planners' words, with the numbers.
    """

    item: str
    policy: str
    uses_agent: bool
    reason: str


@dataclass(frozen=True)
class GateRule:
    """What the gate asks for, and how it speaks.

    Args:
        many_items: "holm" asks more of each win the more items are tested at once, so that, with
            97.5 % confidence, no item at all is given to the agent by luck (95 % where its rare
            losses are many times dearer than its gains: simulated on the sample's own costs);
            "plain" asks for a 95 % interval clear of 0 item by item, so that one tested item in
            forty where the agent is no better may be given to it.
        labels: What policies are called in sentences, by label; others by the label itself.
        money: Sign in front of money.
    """

    many_items: str = "holm"
    labels: Mapping[str, str] = field(default_factory=dict)
    money: str = "€"

    def name(self, policy: str) -> str:
        """Return what sentences call a policy."""
        return self.labels.get(policy, policy)


@dataclass(frozen=True, eq=False)
class _Case:
    """All that the sentences about one agent need."""

    comparison: Comparison
    backtest: Backtest | None
    agent: str
    baseline: str
    rule: GateRule

    @property
    def agent_name(self) -> str:
        return self.rule.name(self.agent)

    @property
    def baseline_name(self) -> str:
        return self.rule.name(self.baseline)


def gate(
    comparison: Comparison,
    backtest: Backtest | None,
    agent: str,
    baseline: str,
    mismatches: Mapping[int, str],
    rule: GateRule = GateRule(),
) -> list[GateDecision]:
    """Decide item by item between an agent and the baseline.

    The agent is used where nothing speaks against its being made for the item, it is cheaper
    than the baseline on the test futures beyond noise (and beyond luck among all items tested,
    see ``GateRule``), and, where real sales were held out, it is not dearer on them beyond noise.
    An item that could not be judged on the held-out sales gets the baseline. A tail the agent was
    trained on may speak against it, never for it.

    Args:
        comparison: On test futures, with the baseline as its reference.
        backtest: On held-out sales, with the same reference; None where there is none.
        agent: Label of the agent.
        baseline: Label of the rule it has to beat.
        mismatches: By row of the comparison: why the agent does not fit the item, a sentence.
        rule: How strict, and how it speaks.

    Returns:
        One decision per item, in the comparison's order.

    Raises:
        UnknownNameError: where the agent or the rule of testing is unknown.

    References:
        Holm (1979), Scandinavian Journal of Statistics 6(2).
    """
    if agent not in comparison.verdicts:
        raise UnknownNameError("agent in this comparison", agent, comparison.policies)
    if rule.many_items not in MANY_ITEMS:
        raise UnknownNameError("way of testing many items", rule.many_items, MANY_ITEMS)
    assert comparison.reference == baseline
    assert backtest is None or backtest.reference == baseline
    verdicts = comparison.verdicts[agent]
    tested = [row for row in range(len(verdicts)) if row not in mismatches]
    winners = MANY_ITEMS[rule.many_items]({row: chance_of_luck(verdicts[row]) for row in tested})
    case = _Case(comparison, backtest, agent, baseline, rule)
    return [_decide(case, row, mismatches.get(row), row in winners) for row in range(len(verdicts))]


def chance_of_luck(verdict: Verdict) -> float:
    """Return the chance of so large a saving where the agent is no cheaper (one-sided t test)."""
    if verdict.n_pairs < 2 or not math.isfinite(verdict.half_width):
        return 1.0
    if verdict.half_width == 0.0:
        return 0.0 if verdict.difference < 0 else 1.0
    freedom = verdict.n_pairs - 1
    t = verdict.difference / verdict.half_width * special.stdtrit(freedom, 0.975)
    return float(special.stdtr(freedom, t))


def _plain(chances: Mapping[int, float]) -> set[int]:
    return {row for row, chance in chances.items() if chance < _SIGNIFICANCE}


def _holm(chances: Mapping[int, float]) -> set[int]:
    """Accept wins from the surest down, until one is not sure enough for those that remain."""
    winners: set[int] = set()
    for rank, row in enumerate(sorted(chances, key=lambda row: chances[row])):
        if chances[row] >= _SIGNIFICANCE / (len(chances) - rank):
            break
        winners.add(row)
    return winners


MANY_ITEMS = {"holm": _holm, "plain": _plain}
"""From each tested item's chance of luck to the rows on which the agent wins."""


def _decide(case: _Case, row: int, mismatch: str | None, is_winner: bool) -> GateDecision:
    item = case.comparison.items[row]
    against = _reason_against(case, row, mismatch, is_winner)
    if against:
        return GateDecision(item, case.baseline, False, against)
    reason = f"{case.agent_name} {_result(case, row)}{_tail_support(case, item)}."
    return GateDecision(item, case.agent, True, reason)


def _reason_against(case: _Case, row: int, mismatch: str | None, is_winner: bool) -> str:
    """Return why the baseline is used, a sentence; "" where the agent is."""
    item, verdict = case.comparison.items[row], case.comparison.verdicts[case.agent][row]
    if mismatch is not None:
        return mismatch
    if verdict.outcome is not Outcome.BETTER:
        is_close = verdict.outcome is Outcome.CANNOT_TELL and verdict.difference != 0
        ending = ", too close to tell" if is_close else ""
        return f"{case.agent_name} {_result(case, row)}{ending}."
    if not is_winner:
        tested = plural(len(case.comparison.items), "item")
        return f"{case.agent_name} {_result(case, row)}, which may be luck among {tested} tested."
    return _tail_against(case, item)


def _tail_against(case: _Case, item: str) -> str:
    tail = case.backtest
    if tail is None:
        return ""
    if item not in tail.items:
        why = tail.unjudged.get(item, "it was not in the test").rstrip(".")
        return f"{case.agent_name} could not be judged on held-out sales: {why}."
    verdict = tail.verdicts[case.agent][tail.row(item)] if case.agent in tail.verdicts else None
    if verdict is None or verdict.outcome is not Outcome.WORSE:
        return ""
    return (
        f"{case.agent_name} {_words(case, verdict)} on the held-out real sales since "
        f"{tail.first_day}, although it {_result(case, case.comparison.row(item))}."
    )


def _tail_support(case: _Case, item: str) -> str:
    tail = case.backtest
    if tail is None or case.agent not in tail.verdicts:
        return ""
    if tail.agent_saw_tail(case.agent):
        return "; the held-out sales prove nothing, it was trained on them"
    verdict = tail.verdicts[case.agent][tail.row(item)]
    if verdict.outcome is Outcome.BETTER:
        return f", and on the held-out real sales since {tail.first_day} it {_words(case, verdict)}"
    return f", and on the held-out real sales since {tail.first_day} it is not dearer beyond noise"


def _result(case: _Case, row: int) -> str:
    n = case.comparison.contract.n_paths
    return f"{_words(case, case.comparison.verdicts[case.agent][row])} on {n} test futures"


def _words(case: _Case, verdict: Verdict) -> str:
    """Say "costs 12 % less than (s, S) (€3.10 ± 0.80 a week)"."""
    direction = "less" if verdict.difference < 0 else "more"
    if verdict.difference == 0:
        return f"costs the same as {case.baseline_name}"
    percent = abs(verdict.percent)
    share = f"{percent:.0f} % " if percent >= 10 else f"{percent:.1f} % "
    amount = f"{case.rule.money}{_amount(verdict)}"
    period = case.comparison.contract.period or "period"
    share = "" if math.isnan(percent) else share
    return f"costs {share}{direction} than {case.baseline_name} ({amount} a {period})"


def _amount(verdict: Verdict) -> str:
    """Write difference and interval: cents, and more digits where cents would show nothing."""
    size, half = abs(verdict.difference), verdict.half_width
    smallest = min((x for x in (size, half) if 0 < x < math.inf), default=1.0)
    digits = min(max(1 - math.floor(math.log10(smallest)), 2), 6)
    spread = f" ± {half:,.{digits}f}" if math.isfinite(half) else ""
    return f"{size:,.{digits}f}{spread}"


def n_by_agent(decisions: Sequence[GateDecision]) -> int:
    """Return on how many items the agent is used."""
    return sum(decision.uses_agent for decision in decisions)
