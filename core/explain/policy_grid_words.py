"""The map of a policy in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.explain.figures import units
from core.explain.policy_grid import Grid

_TINY = 1e-6


def grid_words(grid: Grid, names: Mapping[str, str], rule: str) -> str:
    """Say what a map shows: how often each policy orders, where they differ most, and today.

    Args:
        grid: The map.
        names: What screens call the policies, by name.
        rule: Name of the rule among them.
    """
    others = [name for name in grid.orders if name != rule]
    if not others:
        return f"{_ordering(grid, rule, names[rule], first=True)}. {_today(grid, names)}"
    agent = others[0]
    ordering = f"{_ordering(grid, agent, names[agent], first=True)}, "
    ordering += _ordering(grid, rule, names[rule], first=False)
    return f"{ordering}. {_difference(grid, names, (agent, rule))} {_today(grid, names)}"


def place_words(grid: Grid, on_hand: float, value: float) -> str:
    """Name one situation of a map: "20 on hand and 14 units a day of expected demand"."""
    return f"{units(on_hand)} on hand and {second_words(grid, value)}"


def second_words(grid: Grid, value: float) -> str:
    """Name a value of the second quantity with its unit."""
    return f"{grid.axis.label} {amount(value)} {grid.unit}"


def amount(value: float) -> str:
    """Write a value of the second quantity: three figures that matter."""
    return units(value) if abs(value) >= 100 else f"{value:.3g}"


def _ordering(grid: Grid, name: str, shown: str, *, first: bool) -> str:
    share = float((grid.orders[name] > _TINY).mean())
    if not first:
        return f"{shown} in {share:.0%}"
    return f"{_capital(shown)} orders in {share:.0%} of these {grid.n_situations:,} situations"


def _difference(grid: Grid, names: Mapping[str, str], pair: tuple[str, str]) -> str:
    agent, rule = pair
    gap = np.abs(grid.difference(agent, rule))
    row, column = grid.widest(agent, rule)
    if gap[row, column] < _TINY:
        return "Everywhere they order the same."
    place = place_words(grid, grid.on_hand[column], grid.second[row])
    quantities = (units(float(grid.orders[name][row, column])) for name in pair)
    first, second = (f"{names[n]} {q}" for n, q in zip(pair, quantities, strict=True))
    more = f"by more than {units(grid.pack)} unit{'' if grid.pack == 1 else 's'}"
    return (
        f"They differ {more} in {float((gap > grid.pack + _TINY).mean()):.0%}, most at {place}: "
        f"{first}, {second}."
    )


def _today(grid: Grid, names: Mapping[str, str]) -> str:
    orders = ", ".join(f"{names[name]} {units(q)}" for name, q in grid.today_orders.items())
    return f"Today ({place_words(grid, *grid.today)}): {orders}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
