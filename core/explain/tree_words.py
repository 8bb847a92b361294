"""Questions about what a planner sees, written as nested sentences, and read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.domain import Period
from core.explain.states import Floats, StateTable

_INDENT = "    "
_NOTHING = "order nothing"
_AHEAD = "the demand expected over lead time and review"


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something a planner can read off.

    Args:
        question: With {number} and {period} to fill in.
        of: States to its values, shape [n_states].
    """

    question: str
    of: Callable[[StateTable], Floats]


def _position(states: StateTable) -> Floats:
    return np.asarray(states.column("inventory_level") + states.column("due"))


def _per_period(states: StateTable) -> Floats:
    """Expected demand per period over lead time and review."""
    periods = states.column("lead_time_mean") + states.column("review_period")
    return np.asarray(states.column("protection_mean") / np.maximum(periods, 1e-9))


QUANTITIES: dict[str, Quantity] = {
    "position": Quantity("is the stock position at most {number}?", _position),
    "margin": Quantity(
        f"is the stock position at most {{number}} beyond {_AHEAD}?",
        lambda states: _position(states) - states.column("protection_mean"),
    ),
    "cover": Quantity(
        "does the stock position cover at most {number} {period}s of expected demand?",
        lambda states: _position(states) / np.maximum(_per_period(states), 1e-9),
    ),
    "on_hand": Quantity(
        "is the stock on hand at most {number}?",
        lambda states: np.maximum(states.column("inventory_level"), 0.0),
    ),
    "on_order": Quantity(
        "is what is on order at most {number}?", lambda states: states.column("due")
    ),
    "protection": Quantity(
        f"is {_AHEAD} at most {{number}}?",
        lambda states: states.column("protection_mean"),
    ),
    "next_demand": Quantity(
        "is the demand expected this {period} at most {number}?",
        lambda states: states.column("next_mean"),
    ),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """How a level may be given.

    Args:
        answer: With {number} and {period} to fill in.
        level: States and number to the stock position to fill up to, units, shape [n_states].
        number: States and stock position to the number.
    """

    answer: str
    level: Callable[[StateTable, float], Floats]
    number: Callable[[StateTable, Floats], Floats]


MEASURES: dict[str, Measure] = {
    "units": Measure(
        "fill up to about {number}",
        lambda states, number: np.full(len(states), number),
        lambda states, level: level,
    ),
    "beyond": Measure(
        f"fill up to about {{number}} beyond {_AHEAD}",
        lambda states, number: states.column("protection_mean") + number,
        lambda states, level: level - states.column("protection_mean"),
    ),
    "periods": Measure(
        "fill up to about {number} {period}s of expected demand",
        lambda states, number: number * _per_period(states),
        lambda states, level: level / np.maximum(_per_period(states), 1e-9),
    ),
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is ordered: nothing, or what fills the stock position up to a level.

    Args:
        measure: Key of MEASURES; None orders nothing.
        level: In that measure.
    """

    measure: str | None
    level: float = 0.0

    @property
    def number(self) -> float:
        """The level."""
        return self.level

    def with_number(self, number: float) -> Leaf:
        """Return one with another level."""
        return self if self.measure is None else replace(self, level=number)


@dataclass(frozen=True, slots=True)
class Question:
    """A yes-or-no question.

    Args:
        quantity: Key of QUANTITIES.
        threshold: At most this: yes.
        yes, no: What follows.
    """

    quantity: str
    threshold: float
    yes: Leaf | Question
    no: Leaf | Question

    @property
    def number(self) -> float:
        """The threshold."""
        return self.threshold

    def with_number(self, number: float) -> Question:
        """Return one with another threshold."""
        return replace(self, threshold=number)


Node = Leaf | Question


def n_questions(tree: Node) -> int:
    """Count the questions of a tree."""
    if isinstance(tree, Leaf):
        return 0
    return 1 + n_questions(tree.yes) + n_questions(tree.no)


def write(tree: Node, period: Period) -> tuple[str, ...]:
    """Write a tree as lines, each answer one step further in."""
    first, *rest = _lines(tree, period, 0)
    return (first[:1].upper() + first[1:], *rest)


def read(lines: Sequence[str], period: Period) -> Node:
    """Read a tree that ``write`` wrote.

    Raises:
        ValueError: where a line is none of the sentences that can be written.
    """
    waiting = [re.sub(r"^(yes|no): ", "", line.strip()) for line in lines]
    waiting[0] = waiting[0][:1].lower() + waiting[0][1:]
    tree = _read_next(waiting, period)
    if waiting:
        raise ValueError(f"nothing asks for this answer: {waiting[0]!r}")
    return tree


def _lines(tree: Node, period: Period, depth: int) -> Iterator[str]:
    if isinstance(tree, Leaf):
        yield (
            _NOTHING
            if tree.measure is None
            else _filled(MEASURES[tree.measure].answer, tree, period)
        )
        return
    yield _filled(QUANTITIES[tree.quantity].question, tree, period)
    for answer, part in (("yes", tree.yes), ("no", tree.no)):
        first, *rest = _lines(part, period, depth + 1)
        yield f"{_INDENT * (depth + 1)}{answer}: {first}"
        yield from rest


def _filled(pattern: str, node: Node, period: Period) -> str:
    text = f"{round(node.number, 1) + 0.0:,.1f}".removesuffix(".0")
    return pattern.format(number=text, period=period.value)


def _read_next(waiting: list[str], period: Period) -> Node:
    if not waiting:
        raise ValueError("a question without an answer")
    text = waiting.pop(0)
    if text == _NOTHING:
        return Leaf(None)
    for key, measure in MEASURES.items():
        if (number := _match(measure.answer, text, period)) is not None:
            return Leaf(key, number)
    for key, quantity in QUANTITIES.items():
        if (number := _match(quantity.question, text, period)) is not None:
            return Question(key, number, _read_next(waiting, period), _read_next(waiting, period))
    raise ValueError(f"not a sentence of a small tree: {text!r}")


def _match(pattern: str, text: str, period: Period) -> float | None:
    before, after = pattern.replace("{period}", period.value).split("{number}")
    found = re.fullmatch(rf"{re.escape(before)}(-?[\d,.]+){re.escape(after)}", text)
    return None if found is None else float(found[1].replace(",", ""))
