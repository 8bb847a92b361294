"""`compare`: hold an agent, or the rules alone, against (s, S)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, print_table, progress, say, write_json
from core.domain import Outcome, PlannerError
from core.services.assortment import build_assortment
from core.services.baselines import BASELINE
from core.services.comparing import Proof, compare_agent
from core.services.workspace import load_plan_data
from core.store import open_store

_WORDS = {
    Outcome.BETTER: "is cheaper than",
    Outcome.WORSE: "is dearer than",
    Outcome.CANNOT_TELL: "cannot be told apart from",
}


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
        print_table([_shown(row) for row in found.kpi_table()], json)
        for label in found.policies:
            if label != BASELINE:
                say(_verdict(proof, label, data.period.value), json)
        replay = None if proof.backtest is None else proof.backtest.to_json()
        write_json({"comparison": found.to_json(), "backtest": replay}, json)


def _verdict(proof: Proof, label: str, period: str) -> str:
    """Say what was found of one policy, over all items and item by item."""
    found = proof.comparison
    verdict, counts = found.verdict(label), found.counts(label)
    return (
        f"{proof.names.get(label, label)} {_WORDS[verdict.outcome]} {BASELINE} over all items: "
        f"{verdict.difference:+.2f} ± {verdict.half_width:.2f} per {period} "
        f"({verdict.percent:+.1f} %); cheaper on {counts.wins} items, cannot tell on "
        f"{counts.ties}, dearer on {counts.losses}."
    )


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a key figure as a line of the table."""
    return {"": row["label"], "unit": row["unit"], **row["texts"]}
