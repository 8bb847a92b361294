"""Checks that read the very sentences: each number must be proved, each verdict must hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.domain import Outcome
from core.explain.checks import Check
from core.explain.comparison_words import UNSURE_RISK
from core.explain.consequences import WhyNot
from core.explain.words import Sentence

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?")
# Rounding of what is written: to one decimal; money and percentages to what they show.
_WRITTEN, _MONEY, _PERCENT = 0.051, 0.0051, 0.051

_SAVES = re.compile(r"saves ([\d,.]+) ± ([\d,.]+) ")
# The planner's currency may stand behind an amount.
_COSTS = re.compile(r"costs ([\d,.]+) ± ([\d,.]+)(?: \S+)? more ")
_UNSURE = re.compile(r"cannot tell which is cheaper .*?\(([-+][\d,.]+) ± ([\d,.]+)(?: \S+?)?\)")
_RISK = re.compile(
    r"(?:from ([\d.]+)% to|is) ([\d.]+)%(?: with both)? \(([-+][\d.]+) to ([-+][\d.]+) points\)"
)
_QUANTITIES = re.compile(r"(?:Ordering |\()([\d,.]+) instead of ([\d,.]+?)(?: today\))?:? ")
_SAME = re.compile(r"orders (?:the same|nothing either)")


def numbers_check(sentence: Sentence, names: Iterable[str]) -> Check:
    """Every number in the sentence must be one that a claim stated and the policy confirmed.

    Args:
        sentence: With the claims that were run for it.
        names: Of policies, which may hold digits of their own.
    """
    text = sentence.text
    for name in names:
        text = text.replace(name, "")
    proved = [value for claim in sentence.claims for value in claim.values.values()]
    numbers = [found[0] for found in _NUMBER.finditer(text)]
    wrong = [number for number in numbers if not _is_among(_value(number), proved)]
    return Check(
        "every number in the sentence was proved",
        not wrong,
        f"not proved: {', '.join(wrong)}" if wrong else f"{len(numbers)} numbers",
        "sentence",
        "not every number in this sentence could be proved",
    )


def verdict_check(text: str, found: WhyNot) -> Check:
    """The comparison's words must say no more than its interval does.

    Where the interval covers 0 nobody is called cheaper.
    """
    said = _said(text)
    is_same = found.quantity == found.reference_quantity
    outcome = None if is_same else found.outcome
    wrong = [
        *(["the verdict"] if said != outcome else []),
        *(() if is_same else _wrong_numbers(text, found)),
    ]
    is_unsure = found.risk.outcome is Outcome.CANNOT_TELL
    if not is_same and (UNSURE_RISK in text) != is_unsure:
        wrong.append("what happens to the risk")
    cost = found.cost
    interval = f"interval {cost.low:,.2f} to {cost.high:,.2f}"
    return Check(
        "the comparison claims a winner only where the interval leaves out 0",
        not wrong,
        f"{interval}; wrong: {', '.join(wrong)}" if wrong else interval,
        "comparison",
        "its words did not match its numbers, so nobody can tell which is cheaper",
    )


def verdict_checks(text: str, found: WhyNot | None) -> tuple[Check, ...]:
    """Check the comparison, where there is one."""
    return () if found is None else (verdict_check(text, found),)


def _said(text: str) -> Outcome | str | None:
    """Return what the words claim; None for the same quantity; the text where it is unclear."""
    found = [
        outcome
        for pattern, outcome in (
            (_SAVES, Outcome.BETTER),
            (_COSTS, Outcome.WORSE),
            (_UNSURE, Outcome.CANNOT_TELL),
            (_SAME, None),
        )
        if pattern.search(text)
    ]
    return found[0] if len(found) == 1 else text


def _wrong_numbers(text: str, found: WhyNot) -> list[str]:
    cost, risk = found.cost, found.risk
    stated: dict[str, tuple[re.Pattern[str], tuple[float, ...], float]] = {
        "quantities": (_QUANTITIES, (found.quantity, found.reference_quantity), _WRITTEN),
        "risk": (
            _RISK,
            tuple(
                100 * share
                for share in (found.reference_risk, found.quantity_risk, risk.low, risk.high)
            ),
            _PERCENT,
        ),
    }
    wrong = [what for what, claim in stated.items() if not _states(text, *claim)]
    money = (abs(cost.difference), cost.half_width)
    unsure = (cost.difference, cost.half_width)
    is_right = any(
        _states(text, pattern, values, _MONEY)
        for pattern, values in ((_SAVES, money), (_COSTS, money), (_UNSURE, unsure))
    )
    return wrong if is_right else [*wrong, "the money"]


def _states(text: str, pattern: re.Pattern[str], values: tuple[float, ...], slack: float) -> bool:
    match = pattern.search(text)
    if match is None:
        return False
    pairs = zip(match.groups(), values, strict=True)
    # A risk that is the same with both is written once.
    return all(abs(_value(number) - value) <= slack for number, value in pairs if number)


def _is_among(number: float, proved: Iterable[float]) -> bool:
    return any(
        abs(abs(number) - abs(value)) <= _WRITTEN or number == round(value) for value in proved
    )


def _value(number: str) -> float:
    return float(number.replace(",", ""))
