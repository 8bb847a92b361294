"""Which sheet of a workbook is meant, or all of them: proved by names and columns, or asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.domain import attributes
from core.ingest.findings import unusable
from core.ingest.package import Package, Sheet
from core.ingest.questions import Question
from core.ingest.sheet_look import LEAST_KNOWN, Look, look_at
from core.ingest.sheet_names import is_part, is_sum, is_time, may_be_place
from core.ingest.source import Guess, ReadOptions

ALL, PLACES = "(all)", "(places)"
"""Answers that mean all sheets: one below the other, or also each of them a place."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The sheets to read, in the order of the workbook.

    Args:
        sheets: One, or those that stand below each other.
        guess: Which and why.
        question: What to ask; None where nothing is open.
        are_places: Whether each of them is a place.
        not_read: Sheets that look like the ones read, and have other columns.
    """

    sheets: tuple[Sheet, ...]
    guess: Guess
    question: Question | None = None
    are_places: bool = False
    not_read: tuple[str, ...] = ()


def choose_sheets(package: Package, options: ReadOptions, kind: str) -> Choice:
    """Choose the sheets to read.

    Args:
        package: The workbook.
        options: What the planner says about it.
        kind: history, items, stock, ...

    Raises:
        InputFileError: where there is no sheet of the name that she chose.
    """
    looks = [look_at(package, sheet, kind) for sheet in package.sheets]
    shown = [look for look in looks if look.sheet.is_shown] or looks
    best = max(shown, key=lambda look: look.rank)
    alike = _alike(shown, best)
    question = _question(package, kind, alike, best)
    told = options.sheet or options.answers.get("sheet")
    answer = told or (question.default if question else best.sheet.name)
    if answer in (ALL, PLACES):
        stack = _stack(alike, best)
        return _all(shown, stack, question, are_places=answer == PLACES, told=bool(told))
    by_name = {sheet.name: sheet for sheet in package.sheets}
    if answer not in by_name:
        raise _no_sheet(package, answer)
    if told:
        asked = question if question and told in question.choices and not options.sheet else None
        why = Guess("sheet", answer, "chosen by you", by_planner=True)
        return Choice((by_name[answer],), why, asked)
    return Choice((best.sheet,), Guess("sheet", answer, _why(shown, best)), question)


def _alike(shown: Sequence[Look], best: Look) -> list[Look]:
    """Return the sheets that may be meant as well as the best one, with it."""
    found = [
        look
        for look in shown
        if look.may_be_it
        and (look.by_name >= 0 or best.by_name < 0)
        and (look.is_whole or look.is_wide or _is_like(look, best))
    ]
    return found if len(found) > 1 and best in found else [best]


def _is_like(look: Look, best: Look) -> bool:
    same = look.columns == best.columns and len(look.columns) >= LEAST_KNOWN
    return same or look.n_known == best.n_known


def _question(package: Package, kind: str, alike: Sequence[Look], best: Look) -> Question | None:
    if len(alike) == 1:
        return None
    stack = _stack(alike, best)
    together = _together(kind, stack) if len(stack) > 1 else {}
    n = len(alike)
    same = (
        "have the same columns"
        if all(k.columns == best.columns for k in alike)
        else "hold such a table"
    )
    return Question(
        "sheet",
        f"{n} sheets of the workbook {same}. Which one is it" + (", or all?" if together else "?"),
        {**together, **{look.sheet.name: _in_words(package, look) for look in alike}},
        _default(kind, alike, stack, together) or best.sheet.name,
    )


def _stack(alike: Sequence[Look], best: Look) -> list[Look]:
    """Return the sheets that can stand below each other; one of totals would count twice."""
    return [k for k in alike if k.columns == best.columns and not is_sum(k.sheet.name)]


def _together(kind: str, stack: Sequence[Look]) -> dict[str, str]:
    """Return the ways to read several sheets as one."""
    n = len(stack)
    found: dict[str, str] = {}
    # Months without a year would be added up as if all sheets were of the same one.
    if all(look.is_dated for look in stack):
        found[ALL] = f"all {n} of them, one below the other"
    may_have_place = any(a.name == "location" for a in attributes(kind))
    if may_have_place and not any(look.has_place for look in stack):
        found[PLACES] = f"all {n} of them; each is a location, called like its sheet"
    return found


# Of these, a sheet with a later date adds to those before it; a count of stock replaces them.
_ADD_UP = frozenset({"history", "deliveries", "promotions", "calendar", "stockout_days"})


def _default(
    kind: str, alike: Sequence[Look], stack: Sequence[Look], together: Mapping[str, str]
) -> str | None:
    """Return which way is likely, by the names of the sheets; None where none is."""
    names = [look.sheet.name for look in stack]
    others = [look for look in alike if look not in stack and not is_sum(look.sheet.name)]
    if not together or others or len({look.by_name for look in stack}) > 1:
        return None
    for test, way in _WAYS:
        if all(map(test, names)):
            # Shops may also be told by a column.
            way = ALL if way == PLACES and PLACES not in together else way
            is_likely = way in together and (way == PLACES or kind in _ADD_UP)
            return way if is_likely else None
    return None


_WAYS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (is_time, ALL),
    (is_part, ALL),
    (may_be_place, PLACES),
)


def _all(
    shown: Sequence[Look],
    stack: Sequence[Look],
    question: Question | None,
    *,
    are_places: bool,
    told: bool,
) -> Choice:
    names = [look.sheet.name for look in stack]
    value = f"all {len(names)}, one below the other" + (", each a location" if are_places else "")
    others = [k for k in shown if k not in stack and k.first and k.by_name >= 0]
    missed = tuple(
        k.sheet.name
        for k in others
        if (is_time(k.sheet.name) or k.may_be_it) and not is_sum(k.sheet.name)
    )
    if told:
        guess = Guess("sheet", value, "chosen by you", by_planner=True)
    else:
        guess = Guess("sheet", value, f"called {', '.join(names)}" + _aside(shown, stack))
    sheets = tuple(look.sheet for look in stack)
    return Choice(sheets, guess, question, are_places, missed)


def _why(shown: Sequence[Look], best: Look) -> str:
    n = len(shown)
    first = next((look for look in shown if look.may_be_it or look.first), best)
    if best.by_name > 0 and any(look.may_be_it and look is not best for look in shown):
        return f"the one of {n} whose name says so" + _aside(shown, [best])
    if best is first:
        return f"the first with data of {n}"
    why = "has a row per sale" if best.is_whole else "names most columns"
    return f"the one of {n} that {why}" + _aside(shown, [best])


def _aside(shown: Sequence[Look], read: Sequence[Look]) -> str:
    """Name the sheets that are passed over for what they are called."""
    left = [
        k.sheet.name
        for k in shown
        if k not in read and k.may_be_it and (k.by_name < 0 or is_sum(k.sheet.name))
    ]
    return f"; not read, by their names: {', '.join(left)}" if left else ""


def _in_words(package: Package, look: Look) -> str:
    """Write how long a sheet is and what it begins with."""
    n = _count_lines(package, look.sheet)
    return f"{look.sheet.name} ({n:,} lines; first {', '.join(look.first)})"


_ROW = re.compile(rb"<(?:\w+:)?row[\s>]")
_CHUNK = 1 << 20


def _count_lines(package: Package, sheet: Sheet) -> int:
    """Count the lines of a sheet without reading its cells."""
    n, tail = 0, b""
    with package.archive.open(sheet.part) as stream:
        while chunk := stream.read(_CHUNK):
            text = tail + chunk
            cut = max(text.rfind(b">") + 1, 0)
            n, tail = n + len(_ROW.findall(text[:cut])), text[cut:]
    return n


def _no_sheet(package: Package, name: str) -> Exception:
    return unusable(
        "no_sheet",
        "The workbook has no such sheet",
        package.source.name,
        value=name,
        remedy=f"Its sheets are: {', '.join(sheet.name for sheet in package.sheets)}.",
    )
