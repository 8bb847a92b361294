"""`forecast`: what is expected of every item, and where that is better than its demand model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, print_table, progress, say, write_json
from core.domain import PlannerError
from core.domain.wording import plural
from core.services.forecast_job import FORECAST, latest_forecast
from core.services.forecast_use import use_forecasts, uses_forecasts
from core.services.workspace import load_plan_data
from core.store import open_store


@app.command("forecast")
def run(
    horizon: Annotated[
        int | None, typer.Option(min=1, help="Periods ahead; by default what plans need.")
    ] = None,
    use: Annotated[
        bool | None, typer.Option("--use/--set-aside", help="Let plans use it where better.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Forecast every item of the active data.

    Plans by the month use a forecast where past dates prove it better; plans by the day or week
    once you say so, here or on the Data page.
    """
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
        if use is not None:
            use_forecasts(store, use)
        data = load_plan_data(store)
        found = None if data is None else latest_forecast(store, data)
        if found is None:
            raise PlannerError("The forecast was stopped", remedy="Start it again.")
        rows = [
            {
                "item": key.label,
                "model": found.models[row],
                "is_better": found.is_better[row],
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
        shown = ("item", "model", "is_better", "reason")
        print_table([{name: row[name] for name in shown} for row in rows], json)
        n_better = sum(found.is_better)
        assert data is not None
        is_used = uses_forecasts(store, data.period)
        verb = "Plans use" if is_used else "Plans could use (--use)"
        say(f"{verb} it for {n_better} of {plural(len(rows), 'item')}.", json)
