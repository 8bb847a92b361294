"""`benchmark`: rules and agents on published instances."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, print_table, progress, write_json
from core.evaluation import FAMILIES
from core.services.benchmarking import BenchmarkRequest, run_benchmark, solver_names


@app.command("benchmark")
def run(
    family: Annotated[str, typer.Argument(help=f"One of {', '.join(FAMILIES)}.")],
    instances: Annotated[Path, typer.Option(help="CSV with the family's columns.")],
    agent: Annotated[
        str, typer.Option(help=f"One of {', '.join(solver_names())}; or a kept agent.")
    ] = "s_S",
    seconds: Annotated[
        float, typer.Option(min=1, help="Training time per instance, for learning algorithms.")
    ] = 60.0,
    seed: Annotated[int, typer.Option(min=0, help="Of the training.")] = 0,
    json: JsonOption = None,
) -> None:
    """Solve every instance, measure the long-run cost, and show the gap to the best known."""
    request = BenchmarkRequest(family, instances, agent, seconds, seed)
    rows = []
    with planner_errors():
        with progress(f"{agent} on {family}") as tell:
            for row in run_benchmark(request, tell):
                rows.append(row.to_json())
                write_json(rows, json if json != Path("-") else None)
        print_table(rows, json)
        write_json(rows, json)
