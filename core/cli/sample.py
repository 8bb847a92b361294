"""`sample`: write the sample data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, progress, say, write_json
from core.services.importing import SAMPLE_FOLDER


@app.command("sample")
def run(
    folder: Annotated[Path, typer.Option(help="Where to write the four files.")] = SAMPLE_FOLDER,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another shop.")] = 7,
    json: JsonOption = None,
) -> None:
    """Make two years of believable sales of 40 items, with item master, stock and open orders."""
    from core.ingest.sample import write_sample

    with planner_errors():
        with progress("Making the sample") as tell:
            tell(0.1, "two years of trade")
            write_sample(folder, seed=seed)
        files = sorted(path.name for path in folder.glob("*.csv"))
        write_json({"folder": str(folder), "files": files, "seed": seed}, json)
        say(f"Wrote {', '.join(files)} to {folder}", json)
