"""Files made to exhaust the machine are read or refused within bounds of memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPO
from tests.ingest.corpus import hostile

MEGABYTE = 2**20
# Above what the file itself and the libraries take.
MOST = 600
NAMES = (
    "a cell of 10 MB far down",
    "a line of 50 MB",
    "a line of 50 MB of commas",
    "a million columns",
    "a quote opened before very much text",
    "zip bomb",
    "bomb of strings",
    "a directory that claims 2 GB",
    "blank formatted cells over the full width",
    "a stray cell in the last corner",
    "deeply nested XML",
    "entity bomb in a sheet",
)
CHILD = """
import re, sys
from pathlib import Path
from core.domain import InputFileError
from core.ingest import Source, read_history
def read(name, data):
    try:
        read_history(Source(name, data))
    except InputFileError:
        pass
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
read("warm.csv", b"date,item,quantity\\n2024-04-13,A,5\\n2024-04-14,A,7\\n")
for path in map(Path, sys.argv[1:]):
    data = path.read_bytes()
    before = peak()
    read(path.name, data)
    print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units elsewhere")
def test_memory_stays_within_bounds(tmp_path: Path) -> None:
    """Each file in turn; what one of them took is not given back to the next."""
    cases = {case.name: case for case in hostile.CASES}
    paths = []
    for name in NAMES:
        path = tmp_path / name.replace(" ", "_")
        path.write_bytes(cases[name].bytes())
        paths.append(str(path))
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *paths],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    taken = dict(zip(NAMES, map(int, done.stdout.split()), strict=True))
    assert sum(taken.values()) < MOST, taken
