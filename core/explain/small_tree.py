"""The rule in small: a policy's order in at most four questions, and how often they agree with it.

Its words can be read back, so that the very words are tested on states that nothing was fitted to.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from core.explain.background import Background
from core.explain.drivers import Order
from core.explain.seeds import TREE_SEED
from core.explain.states import Floats, StateTable
from core.explain.tree_words import (
    MEASURES,
    QUANTITIES,
    Leaf,
    Node,
    Question,
    n_questions,
    read,
    write,
)

Mask = npt.NDArray[np.bool_]

MOST_QUESTIONS = 4
LEAST_AGREEMENT = 0.9
# Two orders count as the same within one pack, or this share.
_SAME_SHARE = 0.1
# A question must earn at least this much agreement.
_WORTH_A_QUESTION = 0.015
# Against a wrong yes or no to ordering at all, a level that is off by half counts the same.
_LEVEL_WEIGHT = 2.0
FEWEST_ORDERS = 4


@dataclass(frozen=True, slots=True)
class SmallTree:
    """What a policy does, in a few questions.

    Args:
        lines: The questions and answers, indented; empty where they agree too seldom.
        agreement: Share of the states it was not fitted to in which it orders the same, to
            within a pack or 10 %.
        order_agreement: The same among those in which the policy orders; 1 where it never does.
        n_questions: At most four.
        n_states: States that it was tested on.
        n_orders: How many of them had an order.
        period: "day", "week" or "month".
    """

    lines: tuple[str, ...]
    agreement: float
    order_agreement: float
    n_questions: int
    n_states: int
    n_orders: int
    period: str

    @property
    def is_shown(self) -> bool:
        """Whether it agrees often enough."""
        return bool(self.lines)

    @property
    def words(self) -> str:
        """How far it can be believed."""
        if self.n_orders < FEWEST_ORDERS:
            return (
                f"In {self.n_states:,} typical {self.period}s there were only {self.n_orders} with"
                " an order: too few to put a rule into words."
            )
        found = (
            f"agrees with the policy in {_percent(self.agreement)} of {self.n_states:,}"
            f" {self.period}s that it was not made from, and in {_percent(self.order_agreement)}"
            f" of the {self.n_orders:,} with an order"
        )
        if self.is_shown:
            return f"This {found}: the same quantity to within one pack or 10 %."
        least = _percent(LEAST_AGREEMENT)
        return f"The best rule in four questions {found}. Below {least} it is not shown."


def small_tree(order: Order, background: Background, pack_size: float) -> SmallTree:
    """Put a policy's order into few questions about what a planner sees.

    Args:
        order: States to units asked for, before the rules; vectorised.
        background: States to fit to, and resamples to test on.
        pack_size: Units that orders come in.
    """
    states = background.states if background.played is None else background.played
    lines = write(_best(_Sample(states, order(states), pack_size)), background.period)
    # As it is written, numbers rounded.
    tree = read(lines, background.period)
    tested = _tested(order, background, pack_size)
    found, n_orders = tested.agreement(tree), int(tested.orders.sum())
    is_shown = min(found) >= LEAST_AGREEMENT and n_orders >= FEWEST_ORDERS
    return SmallTree(
        lines if is_shown else (),
        *found,
        n_questions(tree),
        len(tested.states),
        n_orders,
        background.period.value,
    )


def agreement(
    lines: Sequence[str], order: Order, background: Background, pack_size: float
) -> tuple[float, float]:
    """Read the lines and apply them to states that they were not made from.

    Returns:
        Share of states with the same order, and the same among those with an order.
    """
    tree = read(lines, background.period)
    return _tested(order, background, pack_size).agreement(tree)


def _tested(order: Order, background: Background, pack_size: float) -> _Sample:
    states = background.states if background.fresh is None else background.fresh
    return _Sample(states, order(states), pack_size)


def _percent(share: float) -> str:
    return f"{math.floor(100 * share)} %"


@dataclass(frozen=True, eq=False)
class _Sample:
    """States with what the policy asked for in each."""

    states: StateTable
    raw: Floats
    pack_size: float

    @cached_property
    def quantities(self) -> dict[str, Floats]:
        """What questions are about, shape [n_states] each."""
        return {key: quantity.of(self.states) for key, quantity in QUANTITIES.items()}

    @cached_property
    def orders(self) -> Mask:
        """In which states the policy orders, shape [n_states]."""
        return np.asarray(self.raw > 0)

    def told(self, tree: Node) -> Floats:
        """Return the units that a tree orders in each state, shape [n_states]."""
        if isinstance(tree, Question):
            is_yes = self.quantities[tree.quantity] <= tree.threshold
            return np.where(is_yes, self.told(tree.yes), self.told(tree.no))
        if tree.measure is None:
            return np.zeros(len(self.states))
        unit = min(self.pack_size, 1.0)
        missing = (
            MEASURES[tree.measure].level(self.states, tree.level) - self.quantities["position"]
        )
        return np.asarray(np.maximum(np.round(missing / unit) * unit, 0.0))

    def agreement(self, tree: Node) -> tuple[float, float]:
        """Return in which share of states the tree orders the same, and of those with an order."""
        told = self.told(tree)
        allowed = np.maximum(self.pack_size, _SAME_SHARE * self.raw) + 1e-6
        same = ((told > 0) == self.orders) & (np.abs(told - self.raw) <= allowed)
        return float(same.mean()), float(same[self.orders].mean()) if self.orders.any() else 1.0

    def score(self, tree: Node) -> float:
        """How well it agrees, days with an order counting as much as all days."""
        return sum(self.agreement(tree)) / 2

    def varies(self, key: str) -> bool:
        """Whether a quantity is not always the same."""
        values = self.quantities[key]
        return bool(np.ptp(values) > 1e-6 * max(float(np.abs(values).max()), 1e-9))


def _best(sample: _Sample) -> Node:
    """Return the tree with the fewest questions among the good ones, with round numbers."""
    trees = list(_candidates(sample))
    # Each further question has to pay, and the first of equals is the plainest.
    worth = [sample.score(tree) - _WORTH_A_QUESTION * n_questions(tree) for tree in trees]
    return _rounded(trees[int(np.argmax(worth))], sample)


def _candidates(sample: _Sample) -> Iterator[Node]:
    """Yield trees: plain quantities first, levels in units first, few questions first."""
    if int(sample.orders.sum()) < FEWEST_ORDERS:
        yield Leaf(None)
        return
    # Without a season, stock beyond or in days of expected demand says nothing more than stock.
    varying = [key for key in QUANTITIES if sample.varies(key)]
    is_flat = not sample.varies("protection")
    asked = [key for key in varying if not (is_flat and key in ("margin", "cover"))]
    for keys, measure in itertools.product(
        [["position"], asked], ["units"] if is_flat else MEASURES
    ):
        yield from _fitted(sample, keys, measure)


def _fitted(sample: _Sample, keys: Sequence[str], measure: str) -> Iterator[Node]:
    """Fit trees to whether there is an order, and to the level that it fills up to."""
    # Imported here: it takes a while, and most pages never need it.
    from sklearn.tree import DecisionTreeRegressor

    filled = sample.quantities["position"] + sample.raw
    levels = MEASURES[measure].number(sample.states, filled)
    usual = levels[sample.orders].mean()
    off = np.where(sample.orders, (levels - usual) / max(abs(usual), 1e-9), 0.0)
    targets = np.stack([sample.orders.astype(float), _LEVEL_WEIGHT * off], axis=1)
    asked = np.stack([sample.quantities[key] for key in keys], axis=1)
    model = DecisionTreeRegressor(max_leaf_nodes=MOST_QUESTIONS + 1, random_state=TREE_SEED)
    fitted = model.fit(asked, targets).tree_
    everywhere = np.ones(len(levels), dtype=bool)
    for n in range(MOST_QUESTIONS + 1):
        yield _Growth(sample, asked, keys, (measure, levels), fitted).node(0, n, everywhere)


@dataclass(frozen=True, eq=False)
class _Growth:
    """A fitted tree on its way to words."""

    sample: _Sample
    asked: Floats
    keys: Sequence[str]
    level: tuple[str, Floats]
    fitted: Any

    def node(self, at: int, most: int, here: Mask) -> Node:
        """Return the tree from a node on, had it stopped growing after some questions.

        Args:
            at: Number of the node; they are numbered in the order in which they grew.
            most: Questions of the whole tree.
            here: States that come to the node, shape [n_states].
        """
        left, right = int(self.fitted.children_left[at]), int(self.fitted.children_right[at])
        if left < 0 or left > 2 * most:
            return self._leaf(here)
        column, threshold = int(self.fitted.feature[at]), float(self.fitted.threshold[at])
        is_yes = self.asked[:, column] <= threshold
        yes, no = self.node(left, most, here & is_yes), self.node(right, most, here & ~is_yes)
        return yes if yes == no else Question(self.keys[column], threshold, yes, no)

    def _leaf(self, here: Mask) -> Leaf:
        """Fill up to the middle level of the states that end here, unless nothing fits better."""
        orders = here & self.sample.orders
        if not orders.any():
            return Leaf(None)
        measure, levels = self.level
        fill = Leaf(measure, float(np.median(levels[orders])))
        is_right = (self.sample.told(fill) > 0) == self.sample.orders
        return fill if is_right[here].mean() >= 1 - orders.sum() / here.sum() else Leaf(None)


def _rounded(tree: Node, sample: _Sample) -> Node:
    """Make every number as round as it can be without agreeing less."""
    return _with_round_numbers(tree, sample, lambda changed: changed, sample.score(tree))


def _with_round_numbers(
    node: Node, sample: _Sample, whole: Callable[[Node], Node], least: float
) -> Node:
    """Round a node's own number, then those below it.

    Args:
        node: Part of the tree.
        sample: What agreement is measured on.
        whole: Puts a part in the place of this one; returns the whole tree.
        least: Agreement to keep.
    """
    tried = (node.with_number(number) for number in _round_numbers(node.number))
    top = next((part for part in tried if sample.score(whole(part)) >= least), node)
    if isinstance(top, Leaf):
        return top
    yes = _with_round_numbers(top.yes, sample, lambda part: whole(replace(top, yes=part)), least)
    both = replace(top, yes=yes)
    no = _with_round_numbers(both.no, sample, lambda part: whole(replace(both, no=part)), least)
    return yes if yes == no else replace(both, no=no)


def _round_numbers(number: float) -> Iterator[float]:
    """Yield a number rounded down and up, roundest first, down to one decimal."""
    for step in (1000.0, 500.0, 100.0, 50.0, 10.0, 5.0, 1.0, 0.5, 0.1):
        if step <= max(abs(number), 0.1):
            yield float(np.floor(number / step) * step)
            yield float(np.ceil(number / step) * step)
