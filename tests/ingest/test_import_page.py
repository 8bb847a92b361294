"""Every question that a file may raise stands in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASKED = re.compile(r'Question\(\s*f?"([a-z_]+)[^"]*"|^QUESTION = "([a-z_]+)"', re.MULTILINE)


def test_every_question_is_described() -> None:
    files = [*ROOT.glob("core/ingest/*.py"), ROOT / "core/services/adding.py"]
    asked = {a or b for file in files for a, b in ASKED.findall(file.read_text(encoding="utf-8"))}
    assert {"negatives", "append", "column_", "zero_runs"} <= asked
    page = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    assert [name for name in sorted(asked) if f"`{name}" not in page] == []
