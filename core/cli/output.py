"""What every command prints: progress on stderr, a table for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from core.domain import PlannerError, StorageError
from core.store import to_json

JsonOption = Annotated[
    Path | None,
    typer.Option("--json", help='Write the result as JSON to this file; "-" prints it.'),
]

Tell = Callable[[float, str], None]
_errors = Console(stderr=True)
_STDOUT = Path("-")


@contextmanager
def planner_errors() -> Iterator[None]:
    """End the command in words, with exit status 2, where the planner can put it right."""
    try:
        yield
    except PlannerError as error:
        for finding in getattr(error, "findings", ())[1:]:
            typer.echo(getattr(finding, "message", str(finding)), err=True)
        typer.echo(f"Error: {error.message}", err=True)
        raise typer.Exit(2) from error


@contextmanager
def progress(title: str) -> Iterator[Tell]:
    """Show a bar on stderr; yields the function that moves it: (share done, step)."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_errors, transient=True) as bar:
        task = bar.add_task(title, total=1.0)

        def tell(share: float, step: str) -> None:
            bar.update(task, completed=share, description=f"{title}: {step}" if step else title)

        yield tell


def write_json(value: Any, target: Path | None) -> None:
    """Write a result where the planner asked for it.

    Raises:
        StorageError: where the file cannot be written.
    """
    if target is None:
        return
    text = json.dumps(json.loads(to_json(value)), indent=2, ensure_ascii=False)
    if target == _STDOUT:
        sys.stdout.write(text + "\n")
    else:
        write_text(target, text + "\n")


def write_text(target: Path, text: str) -> None:
    """Write a file.

    Raises:
        StorageError: where it cannot be written.
    """
    write_bytes(target, text.encode())


def write_bytes(target: Path, data: bytes) -> None:
    """Write a file as it is.

    Raises:
        StorageError: where it cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        raise StorageError(
            f"The file cannot be written ({error.strerror})",
            value=str(target),
            remedy="Choose another place, or make room on the disk.",
        ) from error


def print_table(rows: Sequence[Mapping[str, Any]], target: Path | None = None) -> None:
    """Print rows for people; nothing where JSON goes to stdout."""
    if target == _STDOUT or not rows:
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    Console().print(table)


def say(text: str, target: Path | None = None) -> None:
    """Print one line; on stderr where JSON goes to stdout."""
    typer.echo(text, err=target == _STDOUT)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return "" if value is None else str(value)
