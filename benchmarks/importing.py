"""A sales file of 7.3 million rows: read and checked in a process of its own, then understood."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import Row

_N_ITEMS, _N_DAYS, _SEED = 10_000, 730, 1
_FIRST = date(2024, 1, 1)
_MOST_SECONDS, _MOST_GB, _MOST_PROFILE = 40.0, 3.0, 10.0
_READ = """
import json, resource, sys, time
from core.ingest import Source, read_history
from core.ingest.stages import listening
from core.services.previewing import ImportRequest, preview_import
from core.services.understanding import understand
from core.services.workspace import Origin, plan_data
begin, stages = time.perf_counter(), []
source = Source.from_path(sys.argv[1])
with listening(lambda share, what: stages.append(what)):
    preview = preview_import(ImportRequest("history", source), None)
read = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
from core.services.tables import history_of
data = plan_data(history_of(preview.frame), (), {}, Origin())
begin = time.perf_counter()
understand(data)
known = time.perf_counter() - begin
print(json.dumps([read, peak, known, len(stages), preview.totals["total_quantity"]]))
"""


def rows() -> list[Row]:
    """Time the import, its memory, and the profile of all items."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sales.csv"
        total = _write(file)
        size = file.stat().st_size / 1e6
        read, peak, known, n_stages, found = _measured(file)
    assert found == total, (found, total)
    what = f"{_N_ITEMS:,} items x {_N_DAYS} days, {_N_ITEMS * _N_DAYS / 1e6:.1f} million rows"
    note = f"CSV of {size:.0f} MB, a row per item and day; own process; {n_stages} stages told"
    return [
        Row(
            f"{what}: import and checks", "under 40 s", f"{read:.1f} s", read < _MOST_SECONDS, note
        ),
        Row(f"{what}: memory", "under 3 GB", f"{peak:.2f} GB", peak < _MOST_GB, note),
        Row(
            f"{what}: classes, ABC-XYZ, new and dying, seasons, outliers",
            "under 10 s",
            f"{known:.1f} s",
            known < _MOST_PROFILE,
            "one thread",
        ),
    ]


def _write(file: Path) -> float:
    """Write sales with levels from a gamma distribution; returns the units in it."""
    rng = np.random.default_rng(_SEED)
    means, total = rng.gamma(0.7, 4.0, _N_ITEMS), 0.0
    with file.open("w", encoding="utf-8") as out:
        out.write("date,item,quantity\n")
        for day in range(_N_DAYS):
            sold = rng.poisson(means)
            total += float(sold.sum())
            start = (_FIRST + timedelta(days=day)).isoformat()
            out.writelines(
                f"{start},{row:05d},{units}\n" for row, units in enumerate(sold.tolist())
            )
    return total


def _measured(file: Path) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(file)], capture_output=True, text=True, check=True
    )
    found: list[Any] = json.loads(done.stdout)
    return found
