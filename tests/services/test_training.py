"""Training from the request to the kept and compared agent, and what is saved when it breaks."""

from __future__ import annotations

import pytest

from core.domain import JobError, ParameterError, PlannerError
from core.jobs import JOB_KINDS, JobStatus, job_function, run_inline
from core.services.agent_cards import agent_card
from core.services.agents import delete_agent
from core.services.training import TRAIN, TrainingRequest, run_training_job, start_training
from core.services.training_watch import (
    cancel_training,
    current_training,
    learning_curve,
    other_trainings,
    put_away,
    rescue_agent,
    train_again,
    training,
)
from core.store import open_store
from tests.services.agent_parts import broken_job, job_at_work, kept_agent, request
from tests.services.plan_parts import LAMP, MUG, ODD, problems_of

pytestmark = pytest.mark.usefixtures("processor_seconds")


@pytest.fixture
def idle(monkeypatch) -> None:
    """Queue trainings without starting a worker for them."""
    monkeypatch.setattr("core.jobs.launch.launch_queued", lambda store: ())
    monkeypatch.setattr("core.jobs.watch.launch_queued", lambda store: ())


def test_every_kind_of_long_work_can_be_found():
    assert job_function("train") is run_training_job
    assert all(callable(job_function(kind)) for kind in JOB_KINDS)


def test_a_training_ends_with_a_kept_and_compared_agent(store):
    seen: list[dict] = []
    asked = TrainingRequest("Bruno", request().config, (LAMP.label, MUG.label))
    done = run_inline(store, TRAIN, asked.to_json(), seen.append)
    assert done.status is JobStatus.DONE and done.result["compared"]
    record = store.agents.find("Bruno")
    card = agent_card(store, problems_of(store), record)
    assert record.id == done.result["agent"] and record.summary["held_out"]
    assert record.summary["data_end"] < problems_of(store).data.today_index
    score = card.score
    assert 0 < card.n_valid <= 2 and score is not None and score.n_items == card.n_valid
    assert score.better + score.worse + score.cannot_tell == card.n_valid
    assert score.overall.reference_cost > 0 and score.n_used <= score.better
    assert {"Reading your data", "Learning", "Done"} <= {report["phase"] for report in seen}
    now = training(store, done.id)
    assert now.agent.id == record.id and not now.can_rescue
    assert now.best_ratio == pytest.approx(card.ratio, abs=1e-4)
    curve = learning_curve(store, done.id)
    assert curve.best[-1] == min(curve.ratio) and len(curve.ratio) == len(curve.elapsed_s)


def test_a_cancelled_training_keeps_its_best_and_is_not_compared(store, monkeypatch):
    monkeypatch.setattr("core.jobs.JobContext.is_cancelled", lambda self: True)
    monkeypatch.setattr("core.jobs.JobContext.was_cancelled", lambda self: True)
    asked = TrainingRequest("Carla", request().config, (LAMP.label,))
    done = run_inline(store, TRAIN, asked.to_json())
    assert done.status is JobStatus.CANCELLED and done.result["compared"] is False
    record = store.agents.find("Carla")
    assert record.summary["items"] == [LAMP.label] and record.summary["cancelled"]
    card = agent_card(store, problems_of(store), record)
    assert card.n_valid <= 1 and MUG in {key for doubt in card.doubts for key in doubt.items}


def test_a_comparison_that_fails_does_not_lose_the_agent(store, monkeypatch):
    def no_room(*_):
        raise PlannerError("The disk is full")

    monkeypatch.setattr("core.services.comparing.compare_agent", no_room)
    done = run_inline(store, TRAIN, request().to_json())
    assert done.status is JobStatus.DONE and done.result["not_compared"] == "The disk is full."
    assert store.agents.find("Bruno").id == done.result["agent"]


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("anna", {}, "already an agent .Anna"),
        ("auto", {}, "name of a rule"),
        ("x" * 61, {}, "60 characters"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_it_begins(store, idle, name, changes, words):
    kept_agent(store, problems_of(store))
    with pytest.raises(PlannerError, match=words):
        start_training(store, request(name, **changes))
    assert current_training(store) is None


def test_settings_and_missing_data_are_refused(var_dir, store, idle, tmp_path):
    with pytest.raises(ParameterError, match="learning_rate"):
        request(learning_rate=7.0)
    empty = open_store(tmp_path / "other")
    with pytest.raises(JobError, match="no sales"):
        start_training(empty, request())
    empty.close()


def test_an_item_that_cannot_be_planned_fails_in_words(store):
    asked = TrainingRequest("Odd", request().config, (ODD.label,))
    with pytest.raises(PlannerError, match="item ODD"):
        run_inline(store, TRAIN, asked.to_json())


def test_a_running_training_is_found_with_its_curve_and_those_that_wait(store, idle):
    job_id = job_at_work(store)
    second = start_training(store, request("Later"))
    now = current_training(store)
    assert (now.job.id, now.name, now.phase) == (job_id, "Bruno", "Learning")
    assert (now.best_ratio, now.remaining_s, now.fraction) == (0.96, 10.0, 0.6)
    assert [other.name for other in other_trainings(store, job_id)] == ["Later"]
    curve = learning_curve(store, job_id)
    assert (curve.elapsed_s, curve.ratio, curve.best) == ((5.0, 15.0), (1.1, 0.96), (1.1, 0.96))
    assert cancel_training(store, second).status is JobStatus.CANCELLED
    assert cancel_training(store, job_id).status is JobStatus.CANCELLING
    assert "being kept" in training(store, job_id).phase


def test_a_training_whose_process_died_is_lost_and_its_best_can_be_kept_once(store):
    job_id = broken_job(store, problems_of(store))
    now = current_training(store)
    assert now.job.status is JobStatus.LOST and now.can_rescue
    first = rescue_agent(store, job_id)
    assert rescue_agent(store, job_id).id == first.id and len(store.agents.list()) == 1
    assert first.summary["data_end"] == 7 and not first.active
    assert not training(store, job_id).can_rescue
    assert first.summary["trained_at"] <= first.created_at.isoformat()
    delete_agent(store, first)
    assert current_training(store) is None, "it was put away when its best was kept"


def test_a_training_whose_agent_was_deleted_does_not_offer_it_again(store, monkeypatch):
    monkeypatch.setattr("core.jobs.JobContext.is_cancelled", lambda self: True)
    monkeypatch.setattr("core.jobs.JobContext.was_cancelled", lambda self: True)
    done = run_inline(store, TRAIN, request().to_json())
    delete_agent(store, store.agents.find("Bruno"))
    now = training(store, done.id)
    assert now.is_agent_gone and not now.can_rescue


def test_a_training_that_kept_nothing_says_so_and_can_be_started_again(store, idle):
    job_id = broken_job(store, None)
    assert not training(store, job_id).can_rescue
    with pytest.raises(JobError, match="before it had an agent"):
        rescue_agent(store, job_id)
    again = train_again(store, job_id)
    assert training(store, again).name == "Bruno"
    assert TrainingRequest.from_json(training(store, again).job.payload) == request()


def test_an_ended_training_is_shown_until_it_is_put_away(store):
    job_id = broken_job(store, None)
    assert current_training(store).job.id == job_id
    put_away(store, job_id)
    assert current_training(store) is None
