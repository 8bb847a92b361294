"""`generalist`: make the agent that comes with the program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, progress, say, write_json
from core.services.generalist import MINUTES, make_generalist


@app.command("generalist")
def run(
    out: Annotated[Path, typer.Option(help="Bundle to write.")] = Path("generalist.safetensors"),
    minutes: Annotated[float, typer.Option(min=0.05, help="Of training, on two cores.")] = MINUTES,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another agent.")] = 0,
    json: JsonOption = None,
) -> None:
    """Train one agent for all items, on problems drawn at random; it takes most of an hour."""
    with planner_errors():
        with progress("Training the generalist") as tell:
            agent = make_generalist(out, minutes, seed, tell)
        record = agent.record
        facts = {"file": str(out), "seconds": record.seconds, "ratio": record.validation_ratio}
        write_json(facts, json)
        say(
            f"Wrote {out}: {record.validation_ratio:.4f} of quickly searched (s, S) on drawn items",
            json,
        )
