"""`lead-times`: what the deliveries say beside what was given."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, print_table, say, write_json
from core.domain import Item, PlannerError
from core.services.editing import save_items
from core.services.lead_times import differences, edits_to_measured
from core.services.workspace import PlanData, load_plan_data
from core.store import open_store


@app.command("lead-times")
def run(
    use: Annotated[
        bool, typer.Option("--use", help="Put measured lead times in the place of given ones.")
    ] = False,
    json: JsonOption = None,
) -> None:
    """Measure the lead time of each item on its deliveries, and say where yours differs.

    Where nobody gave a lead time the measured one is in use already. A given one is replaced
    with --use only, and only where more than chance lies between the two.
    """
    with planner_errors():
        store = open_store()
        data = load_plan_data(store)
        if data is None or data.deliveries is None:
            raise PlannerError(
                "There are no deliveries yet",
                remedy="Bring them in with: python -m core import FILE --kind deliveries --keep.",
            )
        found = differences(data.items, data.measured, data.period)
        write_json({"items": [_row(data, item) for item in data.items]}, json)
        print_table([_row(data, one.item) for one in found], json)
        n_used = len(data.measured_used)
        say(f"Use the measured one since they have no lead time of their own: {n_used:,}", json)
        say(f"Given lead times that differ from the deliveries: {len(found):,}", json)
        if use and found:
            save_items(store, data, edits_to_measured(found))
            say("They are replaced; it can be undone on the Costs & rules page.", json)


def _row(data: PlanData, item: Item) -> dict[str, object]:
    """Lay one item out: its lead time in periods, the deliveries in days."""
    measured = data.measured.get(item.key)
    return {
        "item": item.key.label,
        "lead_time": item.lead_time.mean,
        "lead_time_sd": item.lead_time.sd,
        "is_measured": item.key in data.measured_used,
        "deliveries": None if measured is None else measured.n,
        "whose": None if measured is None else measured.whose,
        "mean_days": None if measured is None else measured.mean_days,
        "sd_days": None if measured is None else measured.sd_days,
    }
