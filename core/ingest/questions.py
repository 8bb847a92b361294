"""What a file does not tell and nobody should guess: asked, with a stated default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.ingest.findings import unusable

MANY = "; "
"""What stands between the parts of an answer that may have several."""

NONE = "(none)"
"""The choice of none, where several may be named."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be decided by the planner.

    Args:
        id: Short fixed name, to answer by.
        text: The question, a full sentence.
        choices: Answer -> what it means, in words; empty where a date is asked for.
        default: The answer taken until the planner gives one.
        examples: Cells that raise it, "row 17: '-5'".
        many: Whether an answer may name several choices, or none.
    """

    id: str
    text: str
    choices: Mapping[str, str]
    default: str
    examples: tuple[str, ...] = ()
    many: bool = False

    def parts(self, answer: str) -> list[str]:
        """Return the choices that an answer names."""
        return list(filter(None, answer.split(MANY))) if self.many else [answer]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its answer.

    Args:
        question: What was asked.
        answer: The planner's, or the default.
        by_planner: Whether she gave it.
    """

    question: Question
    answer: str
    by_planner: bool

    @property
    def is_open(self) -> bool:
        """Whether the planner has not answered yet."""
        return not self.by_planner


Ask = Callable[[Question], str]


class Questions:
    """The questions that one file raises, each once.

    Args:
        answers: The planner's, by the question's id.
        file: Name of the file.
    """

    def __init__(self, answers: Mapping[str, str], file: str):
        self._answers, self._file = answers, file
        self.asked: dict[str, Asked] = {}

    def ask(self, question: Question) -> str:
        """Return the planner's answer, or the default until there is one.

        Raises:
            InputFileError: where the answer is none of the choices.
        """
        given = self._answers.get(question.id)
        if given is not None:
            self._check(question, given)
        answer = question.default if given is None else given
        self.asked[question.id] = Asked(question, answer, given is not None)
        return answer

    def _check(self, question: Question, given: str) -> None:
        wrong = [part for part in question.parts(given) if part not in question.choices]
        if question.choices and wrong:
            raise unusable(
                "bad_answer",
                f"There is no such answer to the question {question.id!r}",
                self._file,
                value=wrong[0],
                remedy=f"Choose {'from' if question.many else 'one of'} "
                f"{', '.join(question.choices)}.",
            )
