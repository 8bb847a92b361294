"""`report`: one page for a manager, on one item's order or on the whole plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, progress, say, write_bytes, write_json
from core.cli.planned import planned_today
from core.services.item_case import item_case, named_item
from core.services.report_files import report_kind
from core.services.reporting import item_report_file
from core.store import open_store


@app.command("report")
def run(
    out: Annotated[Path, typer.Option(help="File to write: .html or .pdf.")],
    item: Annotated[str, typer.Argument(help="Item; without one, the whole plan.")] = "",
    json: JsonOption = None,
) -> None:
    """Write the manager's report: the very numbers of the page, in words with two charts."""
    with planner_errors():
        kind = report_kind(out.name)
        store = open_store()
        with progress("Reporting") as tell:
            assortment, ordering = planned_today(store, tell)
            key = named_item(assortment, item)
            tell(0.7, item)
            case = item_case(store, assortment, ordering, key)
            data = item_report_file(case, kind)
        write_bytes(out, data)
        write_json({"file": str(out), "kind": kind, "item": item}, json)
        say(f"Wrote {out}", json)
