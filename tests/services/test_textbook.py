"""The textbook problems: published optima, one short real run, what is kept, stopped, missing."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from core.agents import TrainingConfig, save, shipped, shipped_generalist, train
from core.domain import BundleError, ParameterError, UnknownNameError
from core.evaluation import SOURCES, TEXTBOOK_PROBLEMS, textbook_problem
from core.jobs import JobStatus, run_inline
from core.policies import BaseStockPolicy, SSPolicy, exact_cost, fit_gauge
from core.services.textbook import (
    BASE_STOCK,
    GENERALIST,
    SAME,
    TEXTBOOK,
    TRAINED,
    Row,
    Study,
    StudyRequest,
    kept_studies,
    solve_all,
)
from core.services.textbook_costs import Score, score_of
from core.services.textbook_job import expected_seconds, start_study, study_job
from core.services.textbook_rules import best_rule
from core.services.textbook_summary import n_rule_is_best, notes, standing, table_rows
from core.store import open_store

pytestmark = pytest.mark.usefixtures("processor_seconds")

SMALL = StudyRequest(seconds=1.0, problems=("poisson-p4-L1", "zf-10"))


@pytest.fixture
def no_generalist(tmp_path, monkeypatch) -> Path:
    """Return where the shipped agent would lie; nothing is there."""
    place = tmp_path / "generalist.safetensors"
    monkeypatch.setattr(shipped, "GENERALIST_FILE", place)
    return place


@pytest.fixture
def store(var_dir):
    record = open_store()
    yield record
    record.close()


def study_of(*gaps: dict[str, float | None]) -> Study:
    """Return a run over as many problems, with these gaps."""
    rows = tuple(
        Row(
            task,
            10.0,
            {
                who: Score(None, "Too large.") if gap is None else Score(10.0 * (1 + gap))
                for who, gap in found.items()
            },
            1.0,
            100,
        )
        for task, found in zip(TEXTBOOK_PROBLEMS, gaps, strict=False)
    )
    return Study(1, datetime(2026, 5, 1, tzinfo=UTC), SMALL, rows, len(rows), {"python": "3.11"})


@pytest.mark.parametrize(
    ("name", "cost"),
    [("poisson-p4-L1", 4.0407), ("poisson-p9-L4", 6.8359), ("zf-10", 35.022)],
)
def test_the_optimum_is_the_published_one(name, cost):
    """Zipkin (2008), table 1; Zheng and Federgruen (1991), table 1."""
    found = fit_gauge("optimum", [textbook_problem(name).problem]).cost_of(0)
    assert found == pytest.approx(cost, abs=6e-4 if cost > 30 else 6e-5)


def test_bijvank_is_the_published_one_to_its_two_decimals():
    """Bijvank, Bhulai and Huh (2015), table 1."""
    found = fit_gauge("optimum", [textbook_problem("bijvank-2015").problem]).cost_of(0)
    assert round(found, 2) == 11.46


@pytest.mark.parametrize(
    ("name", "start", "cost"),
    [
        ("poisson-p4-L4", partial(BaseStockPolicy.of, order_up_to_level=[27.0]), 5.20),
        (
            "bijvank-2015",
            partial(SSPolicy.of, reorder_point=[16.0], order_up_to_level=[24.0]),
            11.62,
        ),
    ],
)
def test_rules_get_the_published_best_numbers_from_a_start_that_is_off(name, start, cost):
    """Best base-stock of Zipkin (2008), best (s, S) of Bijvank, Bhulai and Huh (2015)."""
    problem = textbook_problem(name).problem
    rule = start([problem])
    assert round(exact_cost(problem, rule), 2) > cost
    assert round(exact_cost(problem, best_rule(problem, rule)), 2) == cost


def test_every_problem_of_zipkin_agrees_with_the_published_file(shared):
    with (shared / "reference" / "lost_sales.csv").open(encoding="utf-8") as file:
        known = {row["instance"]: float(row["best_known_cost"]) for row in csv.DictReader(file)}
    tasks = [task for task in TEXTBOOK_PROBLEMS if task.name in known]
    assert len(tasks) >= 5
    for task in tasks:
        found = fit_gauge("optimum", [task.problem]).cost_of(0)
        assert found == pytest.approx(known[task.name], rel=2e-5), task.name


def test_problems_are_named_once_said_in_words_and_have_a_source():
    assert len({task.name for task in TEXTBOOK_PROBLEMS}) == len(TEXTBOOK_PROBLEMS)
    assert len({task.words for task in TEXTBOOK_PROBLEMS}) == len(TEXTBOOK_PROBLEMS)
    assert {task.source for task in TEXTBOOK_PROBLEMS} == set(SOURCES)
    assert textbook_problem("poisson-p9-L4").words == (
        "Lost sales, Poisson demand 5 a period, lead time 4, stock-out cost 9"
    )
    assert textbook_problem("zf-10").words == (
        "Backorders, Poisson demand 10 a period, lead time 0, stock-out cost 9, cost per order 64"
    )
    with pytest.raises(UnknownNameError, match="Did you mean 'poisson-p9-L4'"):
        textbook_problem("poisson-p9-L5")


def test_a_short_real_run_is_kept_with_its_facts(store, no_generalist):
    """Nobody beats the optimum; the stand-in for a shipped agent fits the first problem only."""
    no_generalist.write_bytes(_bundle_for("poisson-p4-L1"))
    reports = []
    job = run_inline(store, TEXTBOOK, _payload(SMALL), reports.append)
    assert job.status is JobStatus.DONE and job.result["n_done"] == 2
    shares = [report["fraction"] for report in reports]
    assert shares == sorted(shares) and "Problem 2 of 2" in reports[-1]["phase"]
    (study,) = kept_studies(store)
    assert study.run_id == job.result["run"] and study.request == SMALL
    assert study.n_problems == len(study.rows) == 2
    lost, backorder = study.rows
    assert lost.optimum == pytest.approx(4.0407, abs=6e-5)
    assert lost.gap(BASE_STOCK) == pytest.approx(0.0302, abs=1e-3), "published: 4.16"
    assert backorder.gap("s_S") == pytest.approx(0, abs=1e-6), "the exact rule is the optimum"
    for row in study.rows:
        assert -1e-6 <= row.gap(TRAINED) <= row.gap("s_S") + 0.01
        assert row.seconds >= 0.9
    assert lost.gap(GENERALIST) >= -1e-6 and backorder.gap(GENERALIST) is None
    assert "not for this one" in backorder.scores[GENERALIST].note
    assert study.versions["torch"] and study_job(store).id == job.id


def _bundle_for(name: str) -> bytes:
    """Return an agent file that learned for a second on one problem."""
    config = TrainingConfig.preset("quick", "pathwise", time_limit_s=1.0)
    return save(train([textbook_problem(name).problem], config))


def _payload(request: StudyRequest) -> dict[str, object]:
    return {
        "algorithm": request.algorithm,
        "seconds": request.seconds,
        "seed": request.seed,
        "problems": list(request.problems),
    }


def test_a_stopped_run_keeps_the_problems_that_are_done(no_generalist):
    told = []

    def tell(share, step):
        told.append(step)
        return share < 0.5

    rows = solve_all(SMALL, tell)
    assert [row.task.name for row in rows] == ["poisson-p4-L1"]
    assert GENERALIST not in rows[0].scores, "none is shipped"
    assert told[-1] == "Problem 2 of 2: the best possible orders"


def test_a_run_stopped_while_the_first_agent_learns_keeps_nothing(store, no_generalist):
    def tell(share, step):
        return "learns" not in step

    assert solve_all(replace(SMALL, seconds=30.0), tell) == ()
    assert kept_studies(store) == ()


def test_the_shipped_agent_is_read_once_and_a_bad_file_is_refused(no_generalist):
    assert shipped_generalist() is None
    no_generalist.write_bytes(_bundle_for("zf-10"))
    assert shipped_generalist() is shipped_generalist()
    no_generalist.write_bytes(b"rubbish")
    with pytest.raises(BundleError):
        shipped_generalist()


class Eager(BaseStockPolicy):
    """Fills up to its level, and orders some more units from there on, whatever the stock."""

    def __init__(self, more: float):
        known = BaseStockPolicy.of(
            [textbook_problem("poisson-p4-L1").problem], order_up_to_level=12
        )
        super().__init__(known.items, known.order_up_to_level)
        object.__setattr__(self, "more", more)

    def order(self, inventory_position, observation):
        """Order at least ``more``."""
        return super().order(inventory_position, observation).clamp(min=self.more)


def test_an_agent_that_never_stops_ordering_is_scored_where_that_plays_no_part():
    """One unit a period against a demand of 5 is harmless; 6 a period fill any store."""
    problem = textbook_problem("poisson-p4-L1").problem
    found = score_of(problem, Eager(1.0), 12.0)
    assert found.cost == pytest.approx(4.16, abs=0.1) and "stopped at 48 units" in found.note
    found = score_of(problem, Eager(6.0), 12.0)
    assert found.cost is None and "grows without end" in found.note
    assert score_of(problem, BaseStockPolicy.of([problem], order_up_to_level=12), 12.0).note == ""


def test_a_run_sums_up_to_mean_worst_and_who_beats_the_rule():
    study = study_of(
        {"s_S": 0.05, TRAINED: 0.01, GENERALIST: None},
        {"s_S": 0.0, TRAINED: 0.002, GENERALIST: 0.04},
        {"s_S": 0.03, TRAINED: 0.03 + SAME / 2, GENERALIST: 0.02},
    )
    found = standing(study, TRAINED)
    assert found.mean == pytest.approx(0.014, abs=1e-4) and found.worst_row is study.rows[2]
    assert (found.cheaper, found.dearer, found.same) == tuple((row,) for row in study.rows)
    assert standing(study, GENERALIST).n == 2
    assert standing(study, BASE_STOCK) is None
    assert n_rule_is_best(study) == 1
    assert notes(study) == {(GENERALIST, "Too large."): [study.rows[0]]}
    first, second, _ = table_rows(study)
    assert first["trained_gap_pct"] == pytest.approx(1.0)
    assert first["generalist_cost"] is None and first["generalist_note"] == "Too large."
    assert second["seed"] == 0 and second["lead_time"] == 2 and second["python_version"] == "3.11"


def test_what_cannot_be_asked_for_is_refused_before_a_worker_starts(store):
    with pytest.raises(UnknownNameError, match="Did you mean 'pathwise'"):
        start_study(store, StudyRequest("pathwize"))
    with pytest.raises(ParameterError, match="time_limit_s"):
        start_study(store, StudyRequest(seconds=0.0))
    assert study_job(store) is None


def test_a_second_press_joins_the_run_at_work(store, monkeypatch):
    monkeypatch.setattr("core.jobs.launch.launch_queued", lambda store: ())
    first = start_study(store, StudyRequest())
    assert start_study(store, StudyRequest(seconds=60.0)) == first
    assert expected_seconds(StudyRequest()) < 180
