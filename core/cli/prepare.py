"""`prepare`: make the record ready for the dashboard."""

from __future__ import annotations

from core.cli.app import app
from core.cli.output import JsonOption, planner_errors, progress, say, write_json
from core.services.prepare import prepare
from core.store import open_store


@app.command("prepare")
def run(json: JsonOption = None) -> None:
    """Open the record, load the sample when there is no data yet, and find (s, S)."""
    with planner_errors():
        store = open_store()
        with progress("Getting ready") as tell:
            prepare(store, tell)
        write_json({"home": str(store.home)}, json)
        say(f"Ready: {store.home}", json)
