"""`import`: how a file was read, in JSON and by exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.cli.main import app
from core.services.workspace import load_plan_data
from core.store import open_store

DAYS = "".join(f"2024-01-{day:02d},A,3\n" for day in range(1, 29))
CLEAN = "date,item,quantity\n" + DAYS


def run(file: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["import", str(file), *map(str, arguments)])


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "sales.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.json"


def known(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def test_a_clean_file_can_be_used(var_dir: Path, tmp_path: Path, out: Path) -> None:
    result = run(written(tmp_path, CLEAN), "--kind", "sales", "--json", out)
    assert result.exit_code == 0, result.output
    found = known(out)
    assert {name: found[name] for name in ("n_items", "n_periods", "rows_read", "rows_used")} == {
        "n_items": 1,
        "n_periods": 28,
        "rows_read": 28,
        "rows_used": 28,
    }
    assert (found["rows_rejected"], found["total_quantity"]) == (0, 84.0)
    assert (found["first_date"], found["last_date"]) == ("2024-01-01", "2024-01-28")
    assert found["questions"] == [] and len(found["sha256"]) == 64
    assert any(guess["name"] == "encoding" for guess in found["read_as"])


def test_open_questions_stop_it_until_they_are_answered(
    var_dir: Path, tmp_path: Path, out: Path
) -> None:
    file = written(tmp_path, CLEAN + "2024-01-02,A,-1\n")
    assert run(file, "--json", out).exit_code == 3
    (question,) = known(out)["questions"]
    assert (question["id"], question["default"]) == ("negatives", "returns")
    assert question["examples"] == ["row 30: '-1'"]
    answers = tmp_path / "answers.toml"
    answers.write_text('negatives = "ignore"\nheaven = "blue"\n', encoding="utf-8")
    result = run(file, "--answers", answers, "--json", out)
    assert result.exit_code == 0
    assert known(out)["total_quantity"] == 84.0
    assert known(out)["answered"][0]["answer"] == "ignore"
    assert "asks for the answer 'heaven'" in result.output


def test_defaults_are_taken_where_asked_for_and_recorded(
    var_dir: Path, tmp_path: Path, out: Path
) -> None:
    file = written(tmp_path, CLEAN + "2024-01-02,A,-1\n")
    assert run(file, "--accept-defaults", "--json", out).exit_code == 0
    assert known(out)["answered"][0]["answer"] == "returns"
    assert known(out)["total_quantity"] == 83.0


def test_a_missing_column_is_a_question_and_its_answer_reads_the_file(
    var_dir: Path, tmp_path: Path, out: Path
) -> None:
    file = written(tmp_path, CLEAN.replace("quantity", "stuff"))
    assert run(file, "--json", out).exit_code == 3
    (question,) = known(out)["questions"]
    assert question["id"] == "column_quantity" and "stuff" in question["choices"]
    answers = tmp_path / "answers.toml"
    answers.write_text('column_quantity = "stuff"\n', encoding="utf-8")
    assert run(file, "--answers", answers, "--json", out).exit_code == 0
    assert known(out)["total_quantity"] == 84.0
    file = written(tmp_path, CLEAN.replace("quantity", "stuff") + "2024-01-02,A,-1\n")
    assert run(file, "--answers", answers, "--accept-defaults", "--json", out).exit_code == 0
    assert known(out)["total_quantity"] == 83.0


@pytest.mark.parametrize("text", ["", "date,item,quantity\n", CLEAN + "x,A,3\n"])
def test_what_cannot_be_read_ends_with_2_and_says_why(
    var_dir: Path, tmp_path: Path, out: Path, text: str
) -> None:
    result = run(written(tmp_path, text), "--json", out)
    assert result.exit_code == 2
    assert "Error:" in result.output and "Traceback" not in result.output
    assert known(out)["error"] and known(out)["findings"]


@pytest.mark.parametrize("text", ["negatives =", "[negatives]\nx = 1\n"])
def test_answers_that_are_none_are_refused_in_words(
    var_dir: Path, tmp_path: Path, text: str
) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(text, encoding="utf-8")
    result = run(written(tmp_path, CLEAN), "--answers", answers)
    assert result.exit_code == 2 and "one answer a line" in result.output


def test_keep_makes_it_the_data_to_plan_on(var_dir: Path, tmp_path: Path) -> None:
    assert run(written(tmp_path, CLEAN), "--keep").exit_code == 0
    data = load_plan_data(open_store())
    assert data is not None and data.sources["history"] == "sales.csv"


def test_an_unknown_kind_names_the_known_ones(var_dir: Path, tmp_path: Path) -> None:
    result = run(written(tmp_path, CLEAN), "--kind", "history")
    assert result.exit_code == 2 and "sales" in result.output


def test_answers_of_a_kept_file_are_remembered_for_the_next(
    var_dir: Path, tmp_path: Path, out: Path
) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text('negatives = "ignore"\n', encoding="utf-8")
    first = written(tmp_path, CLEAN + "2024-01-02,A,-1\n")
    assert run(first, "--answers", answers).exit_code == 0
    assert run(first).exit_code == 3  # not kept, so nothing was decided
    assert run(first, "--answers", answers, "--keep").exit_code == 0
    next_week = written(tmp_path, CLEAN + "2024-01-09,A,-2\n")
    result = run(next_week, "--json", out)
    assert result.exit_code == 0
    assert "Answered as last time" in result.output
    assert [asked["answer"] for asked in known(out)["answered"]] == ["ignore"]
    assert known(out)["total_quantity"] == 84.0


def test_several_statuses_are_named_in_a_list(var_dir: Path, tmp_path: Path, out: Path) -> None:
    rows = "".join(f"2024-01-{d:02d},A,3,{'lost' if d == 5 else 'on hold'}\n" for d in range(1, 29))
    file = written(tmp_path, "date,item,quantity,status\n" + rows)
    assert run(file, "--json", out).exit_code == 3
    (question,) = known(out)["questions"]
    assert (question["id"], question["may_be_several"]) == ("status", True)
    answers = tmp_path / "answers.toml"
    answers.write_text('status = ["lost"]\n', encoding="utf-8")
    assert run(file, "--answers", answers, "--json", out).exit_code == 0
    assert known(out)["total_quantity"] == 81.0


def test_defaults_that_were_taken_are_on_record(var_dir: Path, tmp_path: Path, out: Path) -> None:
    rows = CLEAN + "2024-01-02,A,-1\n" + "2024-01-03,A,3\n"
    answers = tmp_path / "answers.toml"
    answers.write_text('negatives = "ignore"\n', encoding="utf-8")
    result = run(written(tmp_path, rows), "--answers", answers, "--accept-defaults", "--json", out)
    assert result.exit_code == 0
    by = {asked["id"]: (asked["answer"], asked["answered_by"]) for asked in known(out)["answered"]}
    assert by == {"negatives": ("ignore", "you"), "duplicates": ("sum", "default")}
