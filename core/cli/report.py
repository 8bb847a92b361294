"""`report`: one page for a manager, on one item's order or on the whole plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.app import app
from core.cli.output import (
    JsonOption,
    Tell,
    planner_errors,
    progress,
    say,
    write_bytes,
    write_json,
)
from core.cli.planned import planned_today
from core.services.assortment import Assortment
from core.services.briefs import every_brief
from core.services.currency import currency
from core.services.deciding import todays_decisions
from core.services.item_case import item_case, named_item
from core.services.order_lines import order_lines
from core.services.ordering import Ordering
from core.services.plan_reporting import PlanReport, plan_report, plan_report_file
from core.services.report_files import report_kind
from core.services.reporting import item_report_file
from core.store import Store, open_store


@app.command("report")
def run(
    out: Annotated[Path, typer.Option(help="File to write: .html or .pdf.")],
    item: Annotated[str, typer.Argument(help="Item; without one, the whole plan.")] = "",
    every_order: Annotated[
        bool, typer.Option("--every-order", help="List every order with its sentence, too.")
    ] = False,
    json: JsonOption = None,
) -> None:
    """Write the manager's report: the very numbers of the page, in words with two charts."""
    with planner_errors():
        kind = report_kind(out.name)
        store = open_store()
        with progress("Reporting") as tell:
            assortment, ordering = planned_today(store, tell)
            if item:
                key = named_item(assortment, item)
                tell(0.7, item)
                data = item_report_file(
                    item_case(store, assortment, ordering, key), kind, currency(store)
                )
            else:
                report = _plan(store, (assortment, ordering), tell, every_order=every_order)
                data = plan_report_file(report, kind, currency(store))
        write_bytes(out, data)
        write_json({"file": str(out), "kind": kind, "item": item or None}, json)
        say(f"Wrote {out}", json)


def _plan(
    store: Store, plan: tuple[Assortment, Ordering], tell: Tell, *, every_order: bool
) -> PlanReport:
    assortment, ordering = plan
    lines = order_lines(assortment, ordering, todays_decisions(store, assortment))
    told = None
    if every_order:
        n = sum(line.quantity > 0 for line in lines) or 1

        def on_progress(n_done: int) -> None:
            tell(0.6 + 0.3 * n_done / n, f"{n_done:,} of {n:,} orders explained")

        told = every_brief(assortment, ordering, lines, on_progress)
    tell(0.9, "most money at risk")
    return plan_report(assortment, ordering, lines, told=told)
