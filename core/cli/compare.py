"""`compare`: hold an agent, or the rules alone, against (s, S)."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, print_table, progress, say, write_json
from core.domain import PlannerError
from core.services.assortment import build_assortment
from core.services.baselines import BASELINE
from core.services.comparing import compare_agent
from core.services.workspace import load_plan_data
from core.store import open_store


@app.command("compare")
def run(
    agent: Annotated[str, typer.Option(help="Name of a kept agent; default the active one.")] = "",
    json: JsonOption = None,
) -> None:
    """Play agent and rules on the same test futures and on the held-out part of your sales."""
    with planner_errors():
        store = open_store()
        data = load_plan_data(store)
        if data is None:
            raise PlannerError("There are no sales yet", remedy="Run `python -m core prepare`.")
        record = store.agents.find(agent) if agent else store.agents.active()
        with progress("Comparing") as tell:
            assortment = build_assortment(data, store, tell)
            proof = compare_agent(store, assortment, record, tell)
        found = proof.comparison
        print_table(found.kpi_table(), json)
        for label in found.policies:
            verdict, counts = found.verdict(label), found.counts(label)
            if label != BASELINE:
                say(
                    f"{label}: {verdict.outcome} than {BASELINE} over all items: "
                    f"{verdict.difference:+.2f} ± {verdict.half_width:.2f} per {data.period} "
                    f"({verdict.percent:+.1f} %); better on {counts.wins} items, "
                    f"cannot tell on {counts.ties}, worse on {counts.losses}",
                    json,
                )
        replay = None if proof.backtest is None else proof.backtest.to_json()
        write_json({"comparison": found.to_json(), "backtest": replay}, json)
