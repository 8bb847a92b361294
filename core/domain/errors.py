"""The errors a planner can meet, and what each asks of her.

Every message says what is wrong, the value, where it stands, and the remedy::

    PlannerError
    ├── ParameterError          a cost, lead time or rule is out of bounds
    │   └── PolicyParameterError    a policy's own numbers contradict each other (S below s)
    ├── InputFileError          an uploaded table cannot be used; carries every finding
    ├── UnknownNameError        no such item, policy or agent; says what was probably meant
    ├── HistoryError            the sales history is too short or empty for what was asked
    ├── BundleError             an agent file is damaged, hostile or of another version
    │   └── BundleMismatchError     a sound agent file, made for other features or items
    ├── JobError                a background job could not be started, found or finished
    └── StorageError            the record cannot be read or written (disk full, locked)

Programming mistakes are assertions, not PlannerErrors.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable


class PlannerError(Exception):
    """Something the planner can put right.

    Args:
        what: The rule that is broken, e.g. "stockout_cost must be above 0".
        value: The offending value, shown as it was given; None shows nothing.
        where: File, row, column, item or page, e.g. "item A17"; the message puts for, on or in
            before it.
        remedy: What to do about it, a full sentence.
    """

    def __init__(self, what: str, *, value: object = None, where: str = "", remedy: str = ""):
        self.what, self.value, self.where, self.remedy = what, value, where, remedy
        super().__init__(self.message)

    def __str__(self) -> str:
        """Return the message, also where the error comes from another process."""
        return self.message

    @property
    def message(self) -> str:
        """The whole error as one or two sentences."""
        got = "" if self.value is None else f", got {_shown(self.value)}"
        where = f" {_preposition(self.where)} {self.where}" if self.where else ""
        return f"{self.what}{got}{where}." + (f" {self.remedy}" if self.remedy else "")


class ParameterError(PlannerError):
    """A cost, lead time or rule is out of bounds."""


class PolicyParameterError(ParameterError):
    """A policy's own numbers contradict each other."""


class InputFileError(PlannerError):
    """An uploaded table cannot be used; ``findings`` lists everything found in it.

    ``questions`` holds what was asked on the way: another answer may let the file be read.
    """

    def __init__(
        self,
        what: str,
        *,
        value: object = None,
        where: str = "",
        remedy: str = "",
        findings: tuple[object, ...] = (),
        questions: tuple[object, ...] = (),
    ):
        super().__init__(what, value=value, where=where, remedy=remedy)
        self.findings, self.questions = findings, questions


class UnknownNameError(PlannerError):
    """No such name; offers the closest one there is."""

    def __init__(self, kind: str, name: str, known: Iterable[str]):
        names = sorted(known)
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names) or 'none'}."
        super().__init__(f"There is no {kind} of that name", value=name, remedy=hint)


class HistoryError(PlannerError):
    """The sales history is too short or empty for what was asked."""


class BundleError(PlannerError):
    """An agent file is damaged, hostile or of another version."""


class BundleMismatchError(BundleError):
    """A sound agent file that was made for other features or items."""


class JobError(PlannerError):
    """A background job could not be started, found or finished."""


class StorageError(PlannerError):
    """The record cannot be read or written."""


# What an error is about; a file, and a place in one, it is found in.
_SUBJECT = re.compile(r"(item|scenario|job|an?|\d+)( |$)|[^,]* of item ")


def _preposition(where: str) -> str:
    if _SUBJECT.match(where):
        return "for"
    return "on" if where.endswith(" page") else "in"


def _shown(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
