"""The command line end to end: the same numbers as the services, and errors in words."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.cli.main import app
from core.demand import poisson
from core.domain import CostRates
from core.ingest import Source
from core.policies import exact_s_s
from core.services.assortment import build_assortment
from core.services.importing import import_from_file
from core.services.ordering import choose_policy, plan_today
from core.services.workspace import load_plan_data
from core.store import open_store

COMMANDS = ("plan", "train", "compare", "benchmark", "sample", "prepare", "import")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def plan(files: dict[str, Path], *more: object) -> Result:
    given: list[object] = []
    for kind, path in files.items():
        given += [f"--{kind.replace('_', '-')}", path]
    return run("plan", *given, "--period", "week", "--as-of", "2024-04-14", *more)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "--json" in result.output


def test_plan_orders_from_files_in_any_column_order(
    var_dir: Path, files: dict[str, Path], tmp_path: Path
) -> None:
    out = tmp_path / "orders.csv"
    result = plan(files, "--policy", "auto", "--out", out)
    assert result.exit_code == 0, result.output
    rows = {row["item"]: row for row in rows_of(out)}
    assert set(rows) == {"A-1", "007"}
    assert {"location", "order_quantity", "s_S_quantity", "policy"} <= set(rows["A-1"])
    assert rows["A-1"]["policy"] == "s_S"


@pytest.mark.parametrize("in_use", ["base_stock", "r_Q"])
def test_plan_of_the_dashboards_data_decides_as_the_dashboard_does(
    var_dir: Path, files: dict[str, Path], tmp_path: Path, in_use: str
) -> None:
    store = open_store()
    for kind, path in files.items():
        import_from_file(store, kind, Source.from_path(path), today=date(2024, 4, 14))
    choose_policy(store, in_use)
    data = load_plan_data(store)
    assert data is not None
    shown = plan_today(build_assortment(data, store), store)
    out = tmp_path / "orders.csv"
    result = run("plan", "--out", out)
    assert result.exit_code == 0, result.output
    rows = {row["item"]: row for row in rows_of(out)}
    assert {row["policy"] for row in rows.values()} == {in_use}
    for proposal in shown.proposals:
        assert float(rows[proposal.key.label]["order_quantity"]) == proposal.order_quantity
    store.close()


def test_plan_gives_the_exact_rule_of_the_fitted_demand(
    var_dir: Path, files: dict[str, Path], tmp_path: Path
) -> None:
    """About 10 a week, K = 64, h = 1, p = 9: s = 6, S = 40 in the literature for exactly 10."""
    out = tmp_path / "orders.csv"
    assert plan(files, "--policy", "s_S", "--out", out).exit_code == 0
    row = next(row for row in rows_of(out) if row["item"] == "A-1")
    mean = float(row["demand_mean"])
    exact = exact_s_s(poisson(mean).pmf(0), CostRates(1, 9, 64), 0)
    assert float(row["reorder_point"]) == exact.reorder_point
    assert float(row["order_up_to_level"]) == exact.order_up_to_level
    assert float(row["s_S_quantity"]) == exact.order_up_to_level - 3


def test_another_rule_orders_beside_s_s_not_in_its_place(
    var_dir: Path, files: dict[str, Path], tmp_path: Path
) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert plan(files, "--policy", "s_S", "--out", first).exit_code == 0
    assert plan(files, "--policy", "base_stock", "--out", second).exit_code == 0
    for rule, other in zip(rows_of(first), rows_of(second), strict=True):
        assert other["s_S_quantity"] == rule["s_S_quantity"] == rule["order_quantity"]
        assert other["policy"] == "base_stock"
    assert [row["order_quantity"] for row in rows_of(first)] != [
        row["order_quantity"] for row in rows_of(second)
    ]


def test_a_later_day_of_planning_counts_overdue_orders_as_here(
    var_dir: Path, files: dict[str, Path], tmp_path: Path
) -> None:
    """Planned on 20 May, the delivery due on 20 April is overdue, and runs out after that day."""
    out = tmp_path / "late.csv"
    assert plan(files, "--as-of", "2024-05-20", "--out", out).exit_code == 0
    rows = {row["item"]: row for row in rows_of(out)}
    assert "overdue" in rows["007"]["notes"]
    assert all(row["runs_out"] > "2024-05-20" for row in rows.values())


def test_nothing_on_order_is_an_ordinary_file(var_dir: Path, files: dict[str, Path]) -> None:
    files["open_orders"].write_text("item,quantity,due\n")
    result = plan(files, "--json", "-")
    assert result.exit_code == 0, result.output


def test_plan_leaves_nothing_behind(var_dir: Path, files: dict[str, Path]) -> None:
    result = plan(files, "--json", "-")
    assert result.exit_code == 0, result.output
    from core.services.workspace import load_plan_data
    from core.store import open_store

    assert load_plan_data(open_store()) is None


def test_plan_says_which_cell_is_wrong(var_dir: Path, files: dict[str, Path]) -> None:
    text = files["history"].read_text().replace(",A-1,", ",A-1,many", 1)
    files["history"].write_text(text)
    result = plan(files)
    assert result.exit_code == 2
    for word in ("history.csv", "row 2", "quantity", "many"):
        assert word in result.output, result.output


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--policy", "s_s_S"], "s_s_S"),
        (["--stock", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_plan_refuses_in_words(
    var_dir: Path, files: dict[str, Path], arguments: Sequence[str], word: str
) -> None:
    result = plan(files, *arguments)
    assert result.exit_code == 2
    assert "Error" in result.output
    assert word in result.output


def test_benchmark_writes_what_the_reference_says(tmp_path: Path) -> None:
    instances = tmp_path / "one.csv"
    instances.write_text(
        "instance,demand,demand_mean,lead_time,fixed_cost,holding_cost,stockout_cost,optimal_cost\n"
        "snyder-shen-4.7,poisson,6,0,5,1,4,8.034112\n"
    )
    out = tmp_path / "rows.json"
    result = run("benchmark", "s_S_backlog", "--instances", instances, "--json", out)
    assert result.exit_code == 0, result.output
    (row,) = json.loads(out.read_text())
    columns = ["instance", "cost", "cost_ci95", "best_known_cost", "gap_pct", "seconds", "method"]
    assert list(row) == columns
    assert row["cost"] == pytest.approx(8.034112, abs=1e-6)
    assert abs(row["gap_pct"]) < 1e-4


def test_benchmark_refuses_an_unknown_family(tmp_path: Path) -> None:
    result = run("benchmark", "lost_sale", "--instances", tmp_path / "x.csv")
    assert result.exit_code == 2
    assert "lost_sales" in result.output


def test_sample_is_written_where_asked(tmp_path: Path) -> None:
    result = run("sample", "--folder", tmp_path / "shop", "--json", "-")
    assert result.exit_code == 0
    assert {path.name for path in (tmp_path / "shop").iterdir()} == {
        "history.csv",
        "items.csv",
        "stock.csv",
        "open_orders.csv",
    }
