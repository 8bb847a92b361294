"""How a file was read, as plain values: evidence, open questions, findings and totals."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.domain import InputFileError, ParameterError, attributes
from core.ingest import Asked, Finding, Source
from core.ingest.column_questions import column_question
from core.ingest.questions import MANY
from core.services.first_look import first_look
from core.services.importing import refused
from core.services.previewing import READERS, ImportRequest, Preview
from core.store import sha256_of

KINDS = {"sales": "history", **{kind: kind for kind in READERS if kind != "history"}}
"""What the command line calls a table -> its kind."""


def report(preview: Preview, sources: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return how a file was read and what it holds.

    Args:
        preview: The file, read.
        sources: Where answers come from, by the question's id: default, last time; those not
            named are the planner's.
    """
    sources = {} if sources is None else sources
    return {
        **_file(preview.request.source),
        "read_as": preview.guesses,
        "columns": preview.columns,
        "unused_columns": preview.unused,
        "questions": [_question(asked) for asked in preview.open_questions],
        "answered": [
            _question(asked) | {"answered_by": sources.get(asked.question.id, "you")}
            for asked in preview.questions
            if not asked.is_open
        ],
        "findings": _findings(preview.findings),
        "rows_read": preview.rows_read,
        "rows_used": preview.rows_used,
        "rows_rejected": preview.rows_rejected,
        **preview.totals,
    }


def refusal(request: ImportRequest, error: InputFileError) -> dict[str, Any]:
    """Return why a file cannot be read, in the same form.

    Args:
        request: The file.
        error: What stands in the way.
    """
    return {
        **_file(request.source),
        "error": error.message,
        "questions": [_question(asked) for asked in missing_columns(request, error)],
        "findings": _findings(refused(error)),
    }


def missing_columns(request: ImportRequest, error: InputFileError) -> list[Asked]:
    """Return the questions that would let a file be read; none where it needs more than answers.

    Args:
        request: The file.
        error: What stands in the way.
    """
    errors = [finding for finding in refused(error) if finding.severity == "error"]
    top = first_look(request.kind, request.source, request.options)
    if top is None or {finding.code for finding in errors} != {"missing_column"}:
        return []
    labels = {a.name: a.label for a in attributes(request.kind)}
    names = [str(finding.column) for finding in errors]
    shown = {column: top.samples(column) for column in top.columns}
    questions = [column_question(name, labels[name], shown) for name in names]
    return [Asked(question, "", by_planner=False) for question in questions]


def read_answers(path: Path) -> dict[str, str]:
    """Read answers by the question's id, ``negatives = "returns"``, from a TOML file.

    Raises:
        ParameterError: where the file cannot be read, or an answer is no text.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ParameterError(
            "The answers cannot be read",
            value=str(error),
            where=str(path),
            remedy='Write one answer a line, such as negatives = "returns".',
        ) from error
    for name, answer in given.items():
        if isinstance(answer, dict):
            raise ParameterError(
                f"The answer to {name!r} is no text",
                value=str(answer)[:60],
                where=str(path),
                remedy='Write one answer a line, such as negatives = "returns".',
            )
    return {name: _answer(answer) for name, answer in given.items()}


def _answer(given: Any) -> str:
    return MANY.join(map(str, given)) if isinstance(given, list) else str(given)


def unknown_answers(preview: Preview, answers: Sequence[str]) -> list[str]:
    """Return the ids answered that the file raises no question for."""
    asked = {asked.question.id for asked in preview.questions}
    return [name for name in answers if name not in asked and not name.startswith("column_")]


def _file(source: Source) -> dict[str, Any]:
    return {"file": source.name, "sha256": sha256_of(source.data)}


def _question(asked: Asked) -> dict[str, Any]:
    q = asked.question
    return {
        "id": q.id,
        "question": q.text,
        "choices": dict(q.choices),
        "default": q.default,
        "may_be_several": q.many,
        "answer": asked.answer if asked.by_planner else None,
        "examples": q.examples,
    }


def _findings(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "severity": finding.severity,
            "code": finding.code,
            "message": finding.message,
            "count": finding.count,
            "examples": finding.examples,
        }
        for finding in findings
    ]
