"""`explain`: why an item's order is what it is, in words and numbers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, print_table, progress, say, write_json
from core.cli.planned import planned_today
from core.services.item_case import alternatives, item_case, named_item
from core.services.report_words import (
    check_line,
    choice_row,
    driver_lines,
    explained,
    threshold_lines,
)
from core.store import open_store


@app.command("explain")
def run(
    item: Annotated[str, typer.Argument(help='Item, or "item @ location".')],
    json: JsonOption = None,
) -> None:
    """Say why today's order of one item is what it is: the very numbers of the Item page."""
    with planner_errors():
        store = open_store()
        with progress("Explaining") as tell:
            assortment, ordering = planned_today(store, tell)
            tell(0.7, item)
            case = item_case(store, assortment, ordering, named_item(assortment, item))
            choices = alternatives(case)
        write_json(explained(case, choices), json)
        explanation, period = case.explanation, assortment.data.period
        say(explanation.sentence, json)
        print_table([_shown(choice_row(row, case)) for row in choices], json)
        told = (explanation.why_not_sentence, *threshold_lines(explanation))
        for line in (*told, *driver_lines(explanation, period), check_line(explanation)):
            if line:
                say(line, json)


def _shown(row: Any) -> dict[str, str]:
    return {
        "choice": row.label,
        "units": row.units,
        "money": row.value,
        "expected cost": row.cost,
        "runs out": row.risk,
    }
