"""`make bench`, or `python -m benchmarks [--only NAME]`: measure, then write the table."""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Callable
from pathlib import Path

from benchmarks.report import Row, as_json, markdown

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "benchmarks.md"
REFERENCE = ROOT.parent / "shared" / "reference"


def _rows_of(module: str) -> list[Row]:
    rows: list[Row] = importlib.import_module(f"benchmarks.{module}").rows()
    return rows


PARTS: dict[str, Callable[[], list[Row]]] = {
    "simulator": lambda: _rows_of("simulator"),
    "exact": lambda: importlib.import_module("benchmarks.exact").rows(REFERENCE),
    "agents": lambda: _rows_of("agents"),
    "pages": lambda: _rows_of("pages"),
}


def main() -> None:
    """Measure the parts asked for; write table and results only where all were measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=sorted(PARTS), help="only this part")
    wanted = parser.parse_args().only or list(PARTS)
    rows: list[Row] = []
    for name in wanted:
        for row in PARTS[name]():
            print(f"{row.what}: {row.measured} (bar: {row.bar})", flush=True)
            rows.append(row)
    if set(wanted) == set(PARTS):
        RESULTS.write_text(json.dumps(as_json(rows), indent=2) + "\n", encoding="utf-8")
        PAGE.write_text(markdown(rows), encoding="utf-8")
        print(f"Wrote {PAGE.relative_to(ROOT)} and {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
