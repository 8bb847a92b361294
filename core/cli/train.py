"""`train`: train an agent on the active data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from core.agents.config import ALGORITHM_LABELS, PRESETS, TrainingConfig
from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, progress, say, write_json
from core.services.training import TRAIN, TrainingRequest
from core.store import open_store


@app.command("train")
def run(
    algorithm: Annotated[
        str, typer.Option(help=f"One of {', '.join(ALGORITHM_LABELS)}.")
    ] = "pathwise",
    preset: Annotated[str, typer.Option(help=f"One of {', '.join(PRESETS)}.")] = "quick",
    name: Annotated[str, typer.Option(help="Name of the agent.")] = "",
    seconds: Annotated[
        float | None, typer.Option(help="Time limit instead of the preset's.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    item: Annotated[list[str] | None, typer.Option(help="Only this item; may be repeated.")] = None,
    own_sales: Annotated[
        bool, typer.Option(help="Learn from the items' own sales, too, and see recent ones.")
    ] = False,
    json: JsonOption = None,
) -> None:
    """Train an agent on your items (the active data) and compare it with (s, S).

    Ctrl-C once stops and keeps the best so far.
    """
    from core.jobs import run_inline
    from core.services.prepare import prepare

    changes: dict[str, Any] = {"seed": seed}
    if seconds is not None:
        changes["time_limit_s"] = seconds
    with planner_errors():
        config = TrainingConfig.preset(preset, algorithm, **changes)
        store = open_store()
        with progress("Getting ready") as tell:
            prepare(store, tell)
        request = TrainingRequest(name or algorithm, config, tuple(item or ()), own_sales)
        with progress("Training") as tell:

            def on_report(report: Mapping[str, Any]) -> None:
                best = report.get("best_ratio")
                shown = "" if best is None else f", best {best:.1%} of the cost of (s, S)"
                tell(report["fraction"], f"{report['phase']}{shown}")

            done = run_inline(store, TRAIN, request.to_json(), on_report)
        result = dict(done.result or {})
        write_json(result, json)
        say(f"Kept agent {result['name']!r}: {result['ratio']:.1%} of the cost of (s, S)", json)
