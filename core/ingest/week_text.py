"""Weeks written with one of their days: 'Week ending 10 Jan', 'KW 32 (04.08.2025)'."""

from __future__ import annotations

import re

_OF_WEEK = re.compile(
    r"(?:w/?[ec]|(?:week|wk)\s(?:ending|ended|commencing|beginning|starting|of|to|from|van|t/m|tot)|"
    r"(?:kw-?ende|woche)(?:\s(?:vom|bis|ab))?|semaine\s(?:du|au|se terminant(?:\sle)?)|"
    r"semana\s(?:del|hasta|terminada el))\s+",
    re.IGNORECASE,
)
# The date says which year the number leaves open.
_BESIDE_WEEK = re.compile(
    r"(?:week|wk|woche|kw|semaine|semana|sem|w|s)\.?\s*\d{1,2}(?:\s*/\s*\d{2,4})?\s*"
    r"[(\[]\s*(\d[^()\[\]]*\d)\s*[)\]]",
    re.IGNORECASE,
)


def date_of_week(text: str) -> str:
    """Return the date that a week is named with; the text where there is none."""
    beside = _BESIDE_WEEK.fullmatch(text)
    return beside[1] if beside else _OF_WEEK.sub("", text, count=1)
