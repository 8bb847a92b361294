"""`make bench`, or `python -m benchmarks [--only NAME]`: measure, then write the table."""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.report import Row, as_json, markdown

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "benchmarks.md"
REFERENCE = ROOT.parent / "shared" / "reference"
DATA = ROOT.parent / "shared" / "data"


def _rows_of(module: str, *given: object, function: str = "rows") -> list[Row]:
    rows: list[Row] = getattr(importlib.import_module(f"benchmarks.{module}"), function)(*given)
    return rows


PARTS: dict[str, Callable[[], list[Row]]] = {
    "simulator": lambda: _rows_of("simulator"),
    "exact": lambda: _rows_of("exact", REFERENCE),
    "agents": lambda: _rows_of("agents"),
    "learned lost sales": lambda: _rows_of("learned", REFERENCE, "lost_sales"),
    "learned (s, S)": lambda: _rows_of("learned", REFERENCE, "s_S"),
    "learned (s, S) from EOQ": lambda: _rows_of("learned", REFERENCE, "s_S_from_eoq"),
    "learned fixed cost": lambda: _rows_of("learned", REFERENCE, "fixed_cost"),
    "crossing": lambda: _rows_of("crossing"),
    "generalist": lambda: _rows_of("generalist", REFERENCE, function="lost_sales_rows"),
    "generalist, random items": lambda: _rows_of("generalist", function="random_rows"),
    "intervals": lambda: _rows_of("intervals"),
    "import": lambda: _rows_of("importing"),
    "many items": lambda: _rows_of("many_items"),
    "panel": lambda: _rows_of("panel", DATA, 9.0),
    "panel, p = 4": lambda: _rows_of("panel", DATA, 4.0),
    "history": lambda: _rows_of("history", DATA),
    "hidden demand": lambda: _rows_of("censored", DATA),
    "forecasts": lambda: _rows_of("forecasts", DATA, function="m3_rows"),
    "forecasts, daily": lambda: _rows_of("forecasts", DATA, function="m5_rows"),
    "forecasts, time": lambda: _rows_of("forecasts", function="time_rows"),
    "pages": lambda: _rows_of("pages"),
    "reports": lambda: _rows_of("reports"),
    "what-if": lambda: _rows_of("what_if"),
    "thresholds": lambda: _rows_of("thresholds"),
}


def main() -> None:
    """Measure the parts asked for; each replaces its own part of the results and of the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=sorted(PARTS), help="only this part")
    for name in parser.parse_args().only or list(PARTS):
        rows = PARTS[name]()
        for row in rows:
            print(f"{row.what}: {row.measured} (bar: {row.bar})", flush=True)
        if rows:
            _keep(name, as_json(rows))


def _keep(part: str, measured: dict[str, Any]) -> None:
    """Write at once: a later part may be stopped."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    found = {**known, part: measured}
    ordered = {name: found[name] for name in PARTS if name in found}
    RESULTS.write_text(json.dumps(ordered, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(markdown(ordered), encoding="utf-8")


if __name__ == "__main__":
    main()
