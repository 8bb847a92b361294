"""The command line's root; every command registers itself here."""

from __future__ import annotations

import typer

app = typer.Typer(
    help="Quartermaster: how much to order, proved item by item.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
