"""One row per claim, and the table they make."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from os import cpu_count
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """One claim and what was measured.

    Args:
        what: What was measured.
        bar: What it must reach, in words.
        measured: What was measured, in words, with its spread.
        reached: Whether the bar is reached; None where there is none.
        note: How it was measured; seeds, sizes.
    """

    what: str
    bar: str
    measured: str
    reached: bool | None
    note: str = ""


def machine() -> dict[str, Any]:
    """Say what the numbers were measured on."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": _processor(),
        "cores": cpu_count(),
        "python": platform.python_version(),
        "torch": version("torch"),
        "stable-baselines3": version("stable-baselines3"),
    }


def markdown(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """Write docs/benchmarks.md: one table per part, each with the machine and day it was run on.

    Args:
        parts: Of ``as_json``, by name.
    """
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; `python -m benchmarks --only NAME` measures one part anew. Every",
        "number was measured in one run of its part.",
    ]
    for name, part in parts.items():
        lines += ["", f"## {name}", "", f"Machine: {_facts(part['machine'])}.", "", *_table(part)]
    return "\n".join(lines) + "\n"


def _facts(machine: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in machine.items())


def _table(part: Mapping[str, Any]) -> list[str]:
    words = {True: "yes", False: "**no**", None: ""}
    return [
        "| what | bar | measured | reached | how |",
        "|---|---|---|---|---|",
        *(
            f"| {row['what']} | {row['bar']} | {row['measured']} | {words[row['reached']]} "
            f"| {row['note']} |"
            for row in part["rows"]
        ),
    ]


def as_json(rows: Sequence[Row]) -> dict[str, Any]:
    """Return machine and rows as JSON values."""
    return {"machine": machine(), "rows": [asdict(row) for row in rows]}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
