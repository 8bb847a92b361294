"""Names and numbers as every explanation writes them."""

from __future__ import annotations

_POLICY_WORDS = {"s_S": "(s, S)"}


def policy_words(name: str) -> str:
    """Write a policy's name as planners know it."""
    return _POLICY_WORDS.get(name, name)


def units(quantity: float) -> str:
    """Write units: whole where they are, else one decimal."""
    text = f"{round(quantity, 1) + 0.0:,.1f}"  # never -0
    return text[:-2] if text.endswith(".0") else text


def money(amount: str, currency: str) -> str:
    """Write an amount with its currency where one is named."""
    return f"{amount} {currency}" if currency else amount


def count(periods: float, period: str) -> str:
    """Write a number of periods with the right ending."""
    number = units(round(periods) if periods >= 1 else periods)
    return f"{number} {period}" if number == "1" else f"{number} {period}s"
