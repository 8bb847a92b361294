"""What would change an order, on the Item page: sentences, and the same in a table."""

from __future__ import annotations

from itertools import groupby

import pandas as pd
import streamlit as st

from core.explain import Explanation, Threshold, value_words
from core.ui import currency, words
from core.ui.words import escaped

_HOW = (
    "Found by asking {policy} again and again, one thing changed at a time and all else as today: "
    "stock to a unit, lead time to a tenth or to a whole {period}, demand and costs to 1 %. "
    "Tried: stock and open orders up to twice the level it fills up to, lead time up to double, "
    "demand and costs from half to double. For another demand, lead time or cost its levels are "
    "moved as theory moves them, hence “about”: on sample items a full search put such places "
    "elsewhere by 5 % of today's demand, about 15 % of the lead time and 12 to 41 % of costs."
)


def draw(explanation: Explanation, policy: str, period: str) -> None:
    """Draw one line for each thing that may change, then the values in a table.

    Args:
        explanation: Of the order.
        policy: Name of the policy in use, for the screen.
        period: "day", "week" or "month".
    """
    found = explanation.thresholds
    st.markdown("\n".join(lines(found)))
    changes = [each for each in found if each.is_change]
    if changes:
        st.dataframe(
            table(changes),
            hide_index=True,
            width="stretch",
            height="content",
            alt="Values at which the order would change",
        )
    st.caption(_HOW.format(policy=escaped(policy), period=period))


def lines(found: tuple[Threshold, ...]) -> list[str]:
    """Return one line of text for each thing that may change, what all its sentences say in it."""
    told = []
    for _, group in groupby(found, key=lambda each: each.key):
        first, *rest = group
        said = "; ".join([_clause(first.text), *(_after_verb(each.text) for each in rest)])
        now = _value(first, first.today)
        told.append(
            f"- **{_title(first)}**{f', today {escaped(now)}' if now else ''}: {escaped(said)}."
        )
    return told


def _value(found: Threshold, value: float) -> str:
    """Write a value with what it is counted in: amounts in the planner's currency."""
    written = value_words(found, value)
    is_money = bool(written) and not found.unit
    return written + currency.plain(" ") if is_money else written


def _clause(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:].removesuffix(".")


def _after_verb(sentence: str) -> str:
    """Leave out "It would order", which was said before."""
    return _clause(sentence.partition(" would order ")[2] or sentence)


def _title(found: Threshold) -> str:
    return found.quantity[0].upper() + found.quantity[1:]


def table(changes: list[Threshold]) -> pd.DataFrame:
    """Return what would change, its value today and there, and the order then."""
    return pd.DataFrame(
        {
            "What": [_title(each) for each in changes],
            "Today": [_value(each, each.today) for each in changes],
            "At": [_value(each, each.at) for each in changes],
            "Order then": [words.units(each.order) for each in changes],
        }
    )
