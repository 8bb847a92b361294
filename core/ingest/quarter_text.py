"""Quarters as planners write them: Q1 2024, 2024-Q1, 1. Quartal 2024, T1 24, 1er trimestre 2024."""

from __future__ import annotations

import re
from functools import cache

_WORD = r"(?:q|qtr|quarter|quartal|quart|t|tr|trim|trimestre|trimester|kwartaal|kw?rt)"
_NUMBER = r"(?P<quarter>[1-4])(?:\.|st|nd|rd|th|er|re|eme|ème|e|o|º|°)?"
_YEAR, _APART = r"['’]?(?P<year>(?:19|20)\d{2}|\d{2})", r"[\s._/:-]*"
_OF = rf"{_APART}(?:(?:of|de|del|van|des)\s+)?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_WORD}{_APART}(?P<quarter>[1-4])(?:[\s._/:-]+|(?=['’])){_YEAR}",
        rf"{_NUMBER}\s*{_WORD}\.?{_OF}{_YEAR}",
        rf"(?P<year>(?:19|20)\d{{2}}){_APART}{_WORD}{_APART}(?P<quarter>[1-4])",
        rf"(?P<year>(?:19|20)\d{{2}}){_APART}{_NUMBER}\s*{_WORD}",
    )
)
_ALONE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (rf"{_WORD}{_APART}(?P<quarter>[1-4])", rf"{_NUMBER}\s*{_WORD}\.?")
)


@cache
def quarter_number(text: str) -> int:
    """Return the number of a quarter without a year, as in Q1 or 1. Quartal; 0 where it is none."""
    found = next((f for pattern in _ALONE if (f := pattern.fullmatch(text.strip()))), None)
    return int(found["quarter"]) if found else 0


@cache
def first_month(text: str) -> str | None:
    """Return the first month of a quarter, as 2024-04; None where the text is no quarter."""
    text = text.strip()
    if not text or len(text) > 30:
        return None
    found = next((f for pattern in _PATTERNS if (f := pattern.fullmatch(text))), None)
    if found is None:
        return None
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    return f"{year}-{3 * int(found['quarter']) - 2:02d}"
