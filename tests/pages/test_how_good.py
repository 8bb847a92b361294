"""The page on textbook problems through app.py: before, during and after a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import pytest
from streamlit.testing.v1 import AppTest

from core.agents.config import ALGORITHM_LABELS
from core.evaluation import TEXTBOOK_PROBLEMS
from core.jobs import JobStatus, identify
from core.services.textbook import (
    BASE_STOCK,
    GENERALIST,
    TEXTBOOK,
    TRAINED,
    Row,
    Study,
    StudyRequest,
    keep_study,
    kept_studies,
)
from core.services.textbook_costs import Score
from core.services.textbook_job import study_job
from core.store import Store, open_store
from core.ui.how_good_chart import gap_chart
from core.ui.how_good_job import HOW
from tests.pages.page_parts import opened, sound

PAGE = "pages/proof/how_good.py"


@pytest.fixture
def store(var_dir, monkeypatch) -> Iterator[Store]:
    """Return the record that the page shows, without sales; no worker is started."""
    for place in ("launch", "watch"):
        monkeypatch.setattr(f"core.jobs.{place}.launch_queued", lambda store: ())
    record = open_store()
    record.settings.set("sample_offered", True)
    yield record
    record.close()


def texts(app: AppTest) -> str:
    parts = (app.markdown, app.caption, app.info, app.warning, app.error, app.get("progress"))
    return "\n".join(str(getattr(each, "value", each)) for part in parts for each in part)


def button(app: AppTest, label: str):
    (found,) = [each for each in app.button if each.label.startswith(label)]
    return found


def row_of(place: int, trained: float, general: Score | None) -> Row:
    """Return a problem's row: base-stock 50 % above the optimum of 10, (s, S) 3 %."""
    scores = {BASE_STOCK: Score(15.0), "s_S": Score(10.3), TRAINED: Score(10 * (1 + trained))}
    return Row(
        TEXTBOOK_PROBLEMS[place],
        10.0,
        scores if general is None else {**scores, GENERALIST: general},
        10.0,
        1234,
    )


def kept(store: Store, *rows: Row, **changes) -> Study:
    """Keep a run over these problems and return it."""
    names = tuple(task.name for task in TEXTBOOK_PROBLEMS[: max(len(rows), 3)])
    keep_study(store, StudyRequest(**{"problems": names, **changes}), rows)
    return kept_studies(store)[0]


def three(general: Score | None) -> tuple[Row, ...]:
    return (row_of(0, 0.01, general), row_of(1, 0.04, general), row_of(2, 0.01, general))


def test_before_the_first_run_there_is_one_button_and_no_sales_are_needed(store):
    app = opened(PAGE)
    said = texts(app)
    assert "value iteration" in said and "needs none of your data" in said
    assert not app.metric and not app.table
    assert app.selectbox(key="keep.how_good.algorithm").value == "pathwise"
    assert "about 2 min" in button(app, "Find out").label
    app.selectbox(key="keep.how_good.algorithm").select("dqn").run()
    app.segmented_control(key="keep.how_good.seconds").set_value(60).run()
    assert HOW["dqn"] in texts(app) and "about 12 min" in button(app, "Find out").label
    app.number_input(key="keep.how_good.seed").set_value(7)
    sound(button(app, "Find out").click().run())
    assert study_job(store).payload == asdict(StudyRequest("dqn", 60.0, 7)) | {"problems": []}
    assert [each.label for each in app.button] == ["Stop"]


def test_every_way_of_learning_is_told_in_words():
    assert set(HOW) == set(ALGORITHM_LABELS)


def test_a_run_at_work_is_found_from_the_record_and_can_be_stopped(store):
    payload = asdict(StudyRequest())
    job_id = store.jobs.add(TEXTBOOK, payload, worker=identify()).id
    report = {"fraction": 0.3, "phase": "Problem 4 of 12: an agent learns", "remaining_s": 91}
    store.jobs.report(job_id, report, [report])
    app = opened(PAGE)
    (bar,) = app.get("progress")
    assert bar.proto.text == "Problem 4 of 12: an agent learns, about 1 min 31 s left"
    assert bar.proto.value == 30 and "result is kept" in texts(app)
    sound(button(app, "Stop").click().run())
    assert store.jobs.get(job_id).status is JobStatus.CANCELLING
    assert button(app, "Stopping").disabled
    store.jobs.finish(job_id, JobStatus.CANCELLED, result={"n_done": 0})
    assert "stopped before a problem was done" in texts(sound(app.run()))
    assert button(app, "Find out")


def test_a_run_that_broke_off_says_why(store):
    job_id = store.jobs.add(TEXTBOOK, asdict(StudyRequest()), worker=identify()).id
    app = opened(PAGE)
    store.jobs.finish(job_id, JobStatus.FAILED, error="The memory was used up.")
    assert "The memory was used up." in texts(sound(app.run()))


def test_the_result_says_how_near_and_where_the_agent_is_dearer(store):
    kept(store, *three(Score(10.1)))
    app = opened(PAGE)
    said = texts(app)
    assert "The agent costs 2.00% more than the best possible orders on average" in said
    assert "(s, S) 3.00% more" in said and "cheaper on **2**" in said and "dearer on **1**" in said
    assert "**Agent, trained: dearer than (s, S)** on Lost sales, Poisson demand 5 a period" in said
    assert "(4.00% against 3.00%)" in said and "**Generalist: dearer" not in said
    assert "Pathwise, 10 s a problem, seed 0" in said and "Zipkin (2008)" in said
    assert "stopped after" not in said
    tiles = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    assert tiles["Agent, trained"] == ("2.00%", "worst 4.00%")
    assert tiles["Generalist"] == ("1.00%", "worst 1.00%")
    table = app.table[0].value
    assert list(table["Best possible"]) == ["10.0000"] * 3
    assert ["trending_up" in cell for cell in table["Agent, trained"]] == [False, True, False]


def test_what_is_missing_is_a_dash_with_the_reason(store):
    kept(store, *three(Score(None, "The problem is outside its range.")))
    app = opened(PAGE)
    assert set(app.table[0].value["Generalist"]) == {"–"}
    assert "**Generalist**, no figure (Lost sales, Poisson" in texts(app)
    assert "The problem is outside its range." in texts(app)
    kept(store, *three(None))
    app = opened(PAGE)
    assert "Generalist" not in app.table[0].value.columns
    assert "no ready-made agent" in texts(app)


def test_a_stopped_run_says_so_and_an_earlier_one_can_be_looked_at(store):
    first = kept(store, *three(None))
    kept(store, row_of(0, 0.2, None), algorithm="ppo", seed=3)
    app = opened(PAGE)
    assert "stopped after 1 of 3 problems" in texts(app) and "PPO, 10 s" in texts(app)
    sound(app.selectbox(key="keep.how_good.run").select(first.run_id).run())
    assert "stopped after 1 of 3 problems." not in texts(app) and len(app.table[0].value) == 3


def test_the_chart_draws_what_is_far_off_at_its_edge_with_its_number(store):
    chart = gap_chart(kept(store, *three(None)))
    base, rule, agent = chart.data
    assert set(base.text) == {"50% →"} and max(base.x) < 6
    assert set(rule.text) == {""} and list(agent.x) == pytest.approx([1.0, 4.0, 1.0])
    assert agent.y[0].startswith("Lost sales, Poisson 5<br>lead time 1")
