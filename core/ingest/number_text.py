"""Numbers as planners write them: 1.234,5  (12)  12-  $ 1,200  1'234.50, one style per column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from core.ingest.text_table import tidy

_WHOLE = re.compile(r"[+-]?\d+")
_CURRENCY = re.compile(r"(?:EUR|USD|GBP|CHF|[€$£¥])", re.IGNORECASE)
_SPACE = re.compile(r"\s")
_DASHES = str.maketrans(dict.fromkeys("−–—‐‑﹣－", "-") | {"’": "'", "´": "'"})
# "5,-" and "5.--": no cents, and no minus.
_NO_CENTS = re.compile(r"(?<=\d)([.,])\s?-{1,2}$")
_OTHER = {".": ",", ",": "."}
# From so many different numbers on, what they look like is no chance.
_LEAST_ALIKE = 5


@dataclass(frozen=True, slots=True)
class DecimalSign:
    """Which sign marks the decimals of a column.

    Args:
        sign: "." or ",".
        evidence: Why, with the text that shows it.
        open_text: A text that could be read both ways, where nothing in the column decides.
        is_proved: Whether a text of the column can be read in no other way.
    """

    sign: str
    evidence: str
    open_text: str | None = None
    is_proved: bool = False


def bare(text: str) -> str:
    """Reduce a number to sign, digits and separators: '(€ 1 234,50)' becomes '-1 234,50'."""
    text = _CURRENCY.sub("", tidy(text)).translate(_DASHES)
    text = _NO_CENTS.sub(r"\g<1>0", _SPACE.sub(" ", text).strip())
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1].strip()
    if text.endswith("-") and not text.startswith(("-", "+")):
        text = "-" + text[:-1].strip()
    if text[:1] in ("-", "+"):
        text = text[0] + text[1:].strip()
    return text


def decimal_sign(texts: Sequence[str], hint: str = ".", *, units: bool = False) -> DecimalSign:
    """Decide which sign marks the decimals, from all texts of a column.

    Args:
        texts: The different texts.
        hint: What to assume where no text decides; "" where nothing but the texts tells.
        units: Whether they count units, which are whole as a rule.
    """
    proof: dict[str, list[str]] = {".": [], ",": []}
    both_ways: list[str] = []
    for text in texts:
        if _WHOLE.fullmatch(text):
            continue
        vote = _vote(bare(text))
        if vote in proof:
            proof[vote].append(text)
        elif vote == "open":
            both_ways.append(text)
    dots, commas = len(proof["."]), len(proof[","])
    if dots or commas:
        sign = "." if dots >= commas else ","
        return DecimalSign(sign, f"{proof[sign][0]!r} shows it", is_proved=True)
    if not both_ways:
        return DecimalSign(hint or ".", "whole numbers only")
    whole = [text for text in texts if _WHOLE.fullmatch(text)]
    if units and (whole or not hint) and _like_thousands(both_ways, whole):
        why = f"assumed: {both_ways[0]!r} and all others have three digits after the sign"
        return DecimalSign(_OTHER[_sign_of(both_ways[0])], why, both_ways[0])
    why = f"assumed: {both_ways[0]!r} can be read both ways"
    return DecimalSign(hint or ".", why, both_ways[0])


def _like_thousands(both_ways: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether numbers look like whole units above 1,000, written with a sign.

    Three decimals everywhere would also be written for small numbers, and as ,000 for whole ones;
    and where thousands have a sign, no number of four digits stands without it.
    """
    n_even = sum(text.endswith("000") for text in both_ways)
    bare_thousands = any(len(text.lstrip("+-")) > 3 for text in whole)
    return len(both_ways) >= _LEAST_ALIKE and 2 * n_even < len(both_ways) and not bare_thousands


def _sign_of(text: str) -> str:
    return "," if "," in text else "."


def _vote(text: str) -> str:
    """Return the sign that must be decimal, "open" where both can be, or "" where neither is."""
    n_dots, n_commas = text.count("."), text.count(",")
    if not n_dots and not n_commas:
        return ""
    if n_dots and n_commas:
        return "." if text.rfind(".") > text.rfind(",") else ","
    sign = "." if n_dots else ","
    if n_dots + n_commas > 1:
        return _OTHER[sign]
    left, right = text.lstrip("+-").split(sign)
    grouped = len(right) == 3 and right.isdigit() and 1 <= len(left) <= 3 and left[0] != "0"
    return "open" if grouped else sign


def to_number(text: str, sign: str = ".") -> float | None:
    """Read a number; None where the text is none.

    Args:
        text: As written.
        sign: What marks the decimals.
    """
    if _WHOLE.fullmatch(text):
        return float(text)
    text = bare(text)
    if not _pattern(sign).fullmatch(text):
        return None
    digits = text.replace(_OTHER[sign], "").replace(" ", "").replace("'", "")
    return float(digits.replace(sign, "."))


@cache
def _pattern(sign: str) -> re.Pattern[str]:
    decimal, other = re.escape(sign), re.escape(_OTHER[sign])
    groups = rf"\d{{1,3}}(?P<group>[{other} '])\d{{3}}(?:(?P=group)\d{{3}})*"
    return re.compile(rf"[+-]?(?:(?:{groups}|\d+)(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?")
