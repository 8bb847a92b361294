"""`forecast`: what is expected of every item, and where that is better than its demand model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, print_table, progress, say, write_json
from core.domain import PlannerError
from core.services.forecast_job import FORECAST, latest_forecast
from core.services.workspace import load_plan_data
from core.store import open_store


@app.command("forecast")
def run(
    horizon: Annotated[
        int | None, typer.Option(min=1, help="Periods ahead; by default what plans need.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Forecast every item of the active data; plans use it where past dates prove it better."""
    from core.jobs import run_inline
    from core.services.prepare import prepare

    with planner_errors():
        store = open_store()
        with progress("Getting ready") as tell:
            prepare(store, tell)
        with progress("Forecasting") as tell:

            def on_report(report: Mapping[str, Any]) -> None:
                tell(report["fraction"], str(report["phase"]))

            done = run_inline(store, FORECAST, {"horizon": horizon, "models": []}, on_report)
        data = load_plan_data(store)
        found = None if data is None else latest_forecast(store, data)
        if found is None:
            raise PlannerError("The forecast was stopped", remedy="Start it again.")
        rows = [
            {
                "item": key.label,
                "model": found.models[row],
                "used_in_plans": found.is_better[row],
                "mean": [round(float(x), 4) for x in found.mean[row]],
                "quantiles": {
                    f"{level:g}": [round(float(x), 4) for x in found.quantiles[k, row]]
                    for k, level in enumerate(found.levels)
                },
                "reason": found.reasons[row],
            }
            for row, key in enumerate(found.keys)
        ]
        left = {key.label: why for key, why in found.left_out.items()}
        write_json({**dict(done.result or {}), "forecast": rows, "not_forecast": left}, json)
        shown = ("item", "model", "used_in_plans", "reason")
        print_table([{name: row[name] for name in shown} for row in rows], json)
        say(f"Used in plans for {sum(found.is_better)} of {len(rows)} items.", json)
