"""`import --kind`, `lead-times` and `plan` with deliveries, stock-outs, promotions, calendar."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.cli.main import app
from core.domain import ItemKey
from core.services.workspace import load_plan_data
from core.store import open_store


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def written(folder: Path, name: str, *lines: str) -> Path:
    file = folder / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def sales(var_dir: Path, tmp_path: Path) -> Path:
    days = [date(2025, 1, 1) + timedelta(i) for i in range(40)]
    rows = [f"{day},{key},{4 + i % 3}" for i, day in enumerate(days) for key in "AB"]
    return written(tmp_path, "sales.csv", "date,item,quantity", *rows)


@pytest.fixture
def deliveries(tmp_path: Path) -> Path:
    rows = [f"{key},2025-01-01,2025-01-{1 + n:02d}" for n in (6, 8, 10, 8, 13) for key in "AB"]
    return written(tmp_path, "arrived.csv", "item,order date,received", *rows)


def known(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def test_each_kind_is_read_with_its_counts_and_its_open_questions(
    sales: Path, deliveries: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    assert run("import", sales, "--keep").exit_code == 0
    assert run("import", deliveries, "--kind", "deliveries", "--json", out).exit_code == 0
    found = known(out)
    assert (found["n_items"], found["n_rows"], found["rows_used"]) == (2, 10, 10)
    assert (found["first_date"], found["last_date"]) == ("2025-01-01", "2025-01-14")
    shortages = written(
        tmp_path, "oos.csv", "item,from,to", "A,2025-01-05,2025-01-06", "B,2025-02-01,"
    )
    assert run("import", shortages, "--kind", "stockout_days", "--json", out).exit_code == 3
    assert [one["id"] for one in known(out)["questions"]] == ["open_end"]
    assert run("import", shortages, "--kind", "stockout_days", "--accept-defaults").exit_code == 0
    holidays = written(tmp_path, "days.csv", "date,holiday", "2025-01-01,New Year")
    assert run("import", holidays, "--kind", "calendar").exit_code == 3
    offers = written(
        tmp_path, "promo.csv", "sku,start,end,promotion", "A,2025-01-05,2025-01-09,Sale"
    )
    assert run("import", offers, "--kind", "promotions", "--json", out).exit_code == 0
    assert (known(out)["n_items"], known(out)["last_date"]) == (1, "2025-01-09")


def test_an_unknown_kind_names_those_there_are(sales: Path) -> None:
    result = run("import", sales, "--kind", "delivery")
    assert result.exit_code == 2 and "deliveries" in result.output


def test_measured_lead_times_are_listed_and_replace_given_ones_only_when_told(
    sales: Path, deliveries: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    result = run("lead-times")
    assert result.exit_code == 2 and "no deliveries yet" in result.output
    items = written(tmp_path, "items.csv", "item,lead_time,holding_cost,stockout_cost", "B,3,1,9")
    for kind, file in (("sales", sales), ("items", items), ("deliveries", deliveries)):
        assert run("import", file, "--kind", kind, "--keep").exit_code == 0
    result = run("lead-times", "--json", out)
    assert "have no lead time of their own: 1" in result.output
    a, b = known(out)["items"]
    assert (a["lead_time"], a["is_measured"], a["deliveries"]) == (9.0, True, 5)
    assert (b["lead_time"], b["is_measured"], b["mean_days"]) == (3.0, False, 9.0)
    assert run("lead-times", "--use").exit_code == 0
    assert load_plan_data(open_store()).item(ItemKey("B")).lead_time.mean == 9.0
    assert "differ from the deliveries: 0" in run("lead-times").output


def test_plan_takes_the_files_and_keeps_nothing(sales: Path, deliveries: Path) -> None:
    result = run("plan", "--history", sales, "--deliveries", deliveries, "--policy", "base_stock")
    assert result.exit_code == 0, result.output
    assert "assumed costs and lead times" not in result.output
    assert load_plan_data(open_store()) is None
