"""Numbers and dates as planners read them, and text that Markdown leaves as it is."""

from __future__ import annotations

import re

from core.domain.wording import (
    NOTHING,
    day,
    duration,
    moment,
    money,
    percent,
    periods,
    plural,
    units,
    whole_money,
)

__all__ = [
    "NOTHING",
    "day",
    "duration",
    "escaped",
    "moment",
    "money",
    "percent",
    "periods",
    "plural",
    "units",
    "whole_money",
]


def escaped(text: str) -> str:
    """Write a planner's text so that no sign in it is taken for formatting."""
    return re.sub(r"([\\`*_\[\]$~<>:#|{}])", r"\\\1", text.replace("\n", " "))
