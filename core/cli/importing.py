"""`import`: how a file is read, and what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, say, write_json
from core.domain import InputFileError, UnknownNameError
from core.ingest import Asked, ReadOptions, Source
from core.services.import_report import (
    KINDS,
    missing_columns,
    read_answers,
    refusal,
    report,
    unknown_answers,
)
from core.services.importing import ImportRequest, Preview, keep_import, preview_import
from core.services.remembered_answers import recalled_answers, remember_answers
from core.services.workspace import load_plan_data
from core.store import open_store

_OPEN = 3


@app.command("import")
def run(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, text or .xlsx.")],
    kind: Annotated[str, typer.Option(help=f"One of {', '.join(KINDS)}.")] = "sales",
    answers: Annotated[
        Path | None, typer.Option(help="TOML file with answers by the question's id.")
    ] = None,
    accept_defaults: Annotated[
        bool, typer.Option("--accept-defaults", help="Take the stated default of each question.")
    ] = False,
    reject_bad_rows: Annotated[
        bool, typer.Option("--reject-bad-rows", help="Leave out faulty rows.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Make it the data to plan on, once nothing is open.")
    ] = False,
    json: JsonOption = None,
) -> None:
    """Read a file as text, say how and why, and ask what it does not tell.

    The exit status is 0 where the file can be used, 3 while questions are open, and 2 where it
    cannot be read.
    """
    with planner_errors():
        if kind not in KINDS:
            raise UnknownNameError("kind of table", kind, KINDS)
        given = {} if answers is None else read_answers(answers)
        options = ReadOptions(answers=given)
        request = ImportRequest(
            KINDS[kind], Source.from_path(file), options, reject_bad_rows=reject_bad_rows
        )
        preview = _read(request, json)
        recalled = recalled_answers(open_store(), preview)
        if recalled:
            options = ReadOptions(answers={**recalled, **given})
            preview = _read(replace(request, options=options), json)
            _tell_recalled(recalled, json)
        sources = dict.fromkeys(set(recalled) - set(given), "last time")
        if accept_defaults:
            taken = {asked.question.id: asked.answer for asked in preview.open_questions}
            sources |= dict.fromkeys(taken, "default")
            options = replace(options, answers={**options.answers, **taken})
            preview = _read(replace(request, options=options), json)
        write_json(report(preview, sources), json)
        _tell(preview, unknown_answers(preview, list(given)), json)
        if preview.open_questions:
            raise typer.Exit(_OPEN)
        if keep:
            keep_import(open_store(), preview)
            remember_answers(open_store(), preview)
            say(f"{file.name} is in use.", json)


def _read(request: ImportRequest, json: Path | None) -> Preview:
    """Read the file; where it cannot be, say so in JSON as well.

    Raises:
        InputFileError: where the file cannot be used.
    """
    try:
        return preview_import(request, load_plan_data(open_store()))
    except InputFileError as error:
        write_json(refusal(request, error), json)
        missing = missing_columns(request, error)
        if not missing:
            raise
        _ask(missing, json)
        raise typer.Exit(_OPEN) from error


def _tell_recalled(recalled: Mapping[str, str], json: Path | None) -> None:
    told = ", ".join(f"{name} = {answer!r}" for name, answer in recalled.items())
    say(f"Answered as last time for a file with these columns: {told}", json)


def _tell(preview: Preview, unknown: list[str], json: Path | None) -> None:
    """Say in words how the file was read, what was found and what is open."""
    for guess in preview.guesses:
        say(f"{guess.name}: {guess.value} ({guess.evidence})", json)
    for name, value in preview.facts.items():
        say(f"{name}: {value}", json)
    say(
        f"Rows: {preview.rows_read:,} read, {preview.rows_used:,} used, "
        f"{preview.rows_rejected:,} rejected",
        json,
    )
    for finding in preview.findings:
        say(f"Note: {finding.message}", json)
    for name in unknown:
        say(f"Note: nothing in this file asks for the answer {name!r}.", json)
    _ask(preview.open_questions, json)


def _ask(questions: Sequence[Asked], json: Path | None) -> None:
    for asked in questions:
        q = asked.question
        say(f"Question {q.id}: {q.text}", json)
        for value, words in q.choices.items():
            # The words for a column begin with its name.
            shown = words if words.startswith(f"{value}: ") else f"{value}: {words}"
            say(f"  {shown}{' (default)' if value == q.default else ''}", json)
        if not q.choices:
            say(f"  default: {q.default}", json)
