"""The Agent page through app.py, on a small shop: cards, training, what broke off, files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import JobStatus
from core.services.agents import delete_agent, rename_agent, use_agent
from core.services.ordering import choose_policy
from core.services.prepare import EDITION
from core.services.training_watch import current_training, learning_curve
from core.store import Store
from core.ui.agent_curve import curve_chart, curve_words
from tests.conftest import REPO
from tests.pages.page_parts import opened, sound
from tests.services.agent_parts import broken_job, bundle_for, job_at_work, kept_agent
from tests.services.plan_parts import problems_of, shop

PAGE = "pages/proof/agent.py"


@pytest.fixture
def store(var_dir, monkeypatch) -> Iterator[Store]:
    """Return the record that the page shows; no worker is started."""
    for place in ("launch", "watch"):
        monkeypatch.setattr(f"core.jobs.{place}.launch_queued", lambda store: ())
    record = shop(var_dir)
    # The agent that comes with the program was offered before, and put away.
    record.settings.set("generalist_offered", EDITION)
    yield record
    record.close()


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def dropped(app: AppTest, name: str, data: bytes) -> None:
    app.file_uploader[0].set_value((name, data, "application/octet-stream"))
    sound(app.run())


def said(app: AppTest) -> str:
    parts = (
        app.markdown,
        app.info,
        app.success,
        app.error,
        app.warning,
        app.caption,
        app.subheader,
    )
    return "\n".join(str(each.value) for part in parts for each in part)


def test_without_an_agent_the_rule_decides_and_training_is_the_one_thing_to_do(store):
    app = opened(PAGE)
    assert "(s, S) decides for every item" in said(app)
    assert "It works without an agent" in said(app) and "There is no agent yet" in said(app)
    assert not button(app, "Start training").disabled


def test_the_page_does_not_import_what_only_a_worker_needs():
    """Stable-Baselines3 and shap take seconds; what works with agents loads neither."""
    code = "import sys, core.agents, core.services.training_watch"
    code += ", core.ui.agent_form, core.ui.agent_training"
    check = "sys.exit('stable_baselines3' in sys.modules or 'shap' in sys.modules)"
    subprocess.run([sys.executable, "-c", f"{code}; {check}"], cwd=REPO, check=True)


def test_a_training_is_queued_with_the_chosen_settings_and_seen_at_once(store):
    app = opened(PAGE)
    app.selectbox(key="keep.agent.algorithm").select("dqn").run()
    app.text_input(key="keep.agent.name").input("My first")
    app.number_input(key="keep.agent.dqn.quick.time_limit_s").set_value(30.0)
    sound(button(app, "Start training").click().run())
    payload = current_training(store).job.payload
    assert payload["name"] == "My first" and payload["items"] == []
    assert payload["config"]["algorithm"] == "dqn" and payload["config"]["time_limit_s"] == 30.0
    assert "Training My first" in said(app) and "Waits until a worker is free" in said(app)
    sound(button(app, "Cancel").click().run())
    assert current_training(store).job.status is JobStatus.CANCELLED
    assert "was cancelled" in said(opened(PAGE))


def test_some_items_can_be_chosen_and_none_cannot_be_trained(store):
    app = opened(PAGE)
    app.segmented_control(key="keep.agent.which").set_value("Some items").run()
    assert button(app, "Start training").disabled
    app.multiselect(key="keep.agent.items").select("LAMP").run()
    sound(button(app, "Start training").click().run())
    assert current_training(store).job.payload["items"] == ["LAMP"]


def test_a_setting_out_of_bounds_or_a_taken_name_is_said_in_words(store):
    kept_agent(store, problems_of(store))
    app = opened(PAGE)
    app.selectbox(key="keep.agent.algorithm").select("ppo").run()
    app.number_input(key="keep.agent.ppo..learning_rate").set_value(9.0)
    sound(button(app, "Start training").click().run())
    assert "rate must be a number from 1e-07" in said(app)
    app.number_input(key="keep.agent.ppo..learning_rate").set_value(0.001)
    app.text_input(key="keep.agent.name").input("ANNA")
    sound(button(app, "Start training").click().run())
    assert "already an agent 'Anna'" in said(app)
    assert current_training(store) is None


def test_a_running_training_is_found_from_the_record_and_can_be_cancelled(store):
    job_at_work(store)
    app = opened(PAGE)
    assert "Training Bruno" in said(app) and "Safe to leave this page" in said(app)
    values = {metric.label: metric.value for metric in app.metric}
    assert values["Best so far, cost"] == "-4.0%" and values["Remaining"] == "10 s"
    sound(button(app, "Cancel, keep the best so far").click().run())
    assert current_training(store).job.status is JobStatus.CANCELLING
    assert "End it at once" in [each.label for each in opened(PAGE).button]


def test_the_curve_stands_beside_the_line_of_the_rule(store):
    curve = learning_curve(store, job_at_work(store))
    now, best, rule = curve_chart(curve).data
    assert list(now.y) == pytest.approx([10.0, -4.0]) and list(best.y) == list(now.y)
    assert set(rule.y) == {0} and rule.name == "(s, S)"
    assert "the best so far 4.0% cheaper than (s, S)" in curve_words(curve)


def test_a_training_whose_process_died_says_so_and_its_best_can_be_kept(store):
    broken_job(store, problems_of(store))
    app = opened(PAGE)
    assert "The training of Bruno broke off" in said(app) and "4.0% cheaper than" in said(app)
    sound(button(app, "Keep the best so far").click().run())
    assert "**Bruno** is kept" in said(app)
    kept = store.agents.find("Bruno")
    assert kept.active is False and "#### Bruno" in said(app)
    delete_agent(store, rename_agent(store, kept, "Berta"))
    again = said(opened(PAGE))
    assert "broke off" not in again and "Keep the best so far" not in again


def test_a_name_that_is_too_long_is_refused_in_words(store):
    record = kept_agent(store, problems_of(store))
    app = opened(PAGE)
    app.text_input(key=f"_agent.name.{record.id}.Anna").input("x" * 105)
    sound(button(app, "Rename").click().run())
    assert "at most, got 105. Choose a shorter one" in said(app)


def test_an_agent_is_used_and_set_aside_again(store):
    record = kept_agent(store, problems_of(store))
    app = opened(PAGE)
    sound(button(app, "Use this agent").click().run())
    assert store.agents.active().id == record.id
    assert "In use: **Anna**" in said(app) and "until it is, (s, S) decides" in said(app)
    sound(button(app, "Stop using it").click().run())
    assert store.agents.active() is None and "It works without an agent" in said(app)


def test_an_agent_dearer_than_the_rule_is_not_offered(store):
    kept_agent(store, problems_of(store), "Dear", 1.07)
    app = opened(PAGE)
    labels = [each.label for each in app.button]
    assert "Use this agent" not in labels and "Use it all the same" in labels
    assert "costs 7.0% more than (s, S)" in said(app) and "it is not offered" in said(app)
    assert "would decide only where it is proved better" in said(app)


def test_a_dearer_agent_is_put_to_work_only_after_asking_back(store):
    record = kept_agent(store, problems_of(store), "Dear", 1.07)
    choose_policy(store, "agent")
    app = sound(button(opened(PAGE), "Use it all the same").click().run())
    assert store.agents.active() is None
    assert "for every item that it fits, proved better or not" in said(app)
    sound(button(app, "Yes, use it").click().run())
    assert store.agents.active().id == record.id
    assert "would decide" not in said(opened(PAGE))


def test_another_window_that_renamed_or_deleted_an_agent_is_told(store):
    record = kept_agent(store, problems_of(store))
    app = opened(PAGE)
    renamed = rename_agent(store, record, "Berta")
    app.checkbox(key=f"_agent.sure.{record.id}").check().run()
    delete_agent(store, renamed)
    sound(button(app, "Use this agent").click().run())
    assert "no longer there" in said(app) and "no agent yet" in said(app)


def test_rename_and_delete_ask_and_say_what_they_did(store):
    record = kept_agent(store, problems_of(store))
    use_agent(store, record.id)
    app = opened(PAGE)
    app.text_input(key=f"_agent.name.{record.id}.Anna").input("*Berta*")
    sound(button(app, "Rename").click().run())
    assert store.agents.get(record.id).name == "*Berta*" and r"\*Berta\*" in said(app)
    assert button(app, "Delete").disabled
    app.checkbox(key=f"_agent.sure.{record.id}").check().run()
    sound(button(app, "Delete").click().run())
    assert store.agents.list() == () and "(s, S) decides for every item now" in said(app)


def test_an_agent_chosen_for_all_items_decides_where_it_fits_and_is_told_so(store):
    assortment = problems_of(store)
    use_agent(store, kept_agent(store, assortment).id)
    choose_policy(store, "agent")
    n = len(assortment.keys)
    told = said(opened(PAGE))
    assert f"It decides for {n} of {n} items, all that it fits, proved better or not" in told
    assert "Policies page" not in told and "only where it is proved" not in told


def test_a_rule_chosen_for_all_items_is_said(store):
    use_agent(store, kept_agent(store, problems_of(store)).id)
    choose_policy(store, "base_stock")
    assert "A rule decides for every item now" in said(opened(PAGE))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.safetensors", b"rubbish", "cut off, or is no agent file"),
        ("a.zip", b"PK\x03\x04 rubbish", "zip file"),
    ],
)
def test_a_file_that_is_no_agent_is_refused_in_words(store, name, content, words):
    app = opened(PAGE)
    dropped(app, name, content)
    assert words in said(app) and store.agents.list() == ()
    assert f"{name} cannot be brought in" in said(app)


def test_a_sound_file_is_kept_and_the_page_says_nothing_in_it_is_run(store):
    app = opened(PAGE)
    assert "Nothing in a file is ever run" in said(app)
    data = bundle_for(problems_of(store), name="From elsewhere")
    dropped(app, "a.safetensors", data)
    assert "**From elsewhere** is kept" in said(app)
    assert "#### From elsewhere" in said(app)


def test_the_agent_that_comes_with_the_program_is_brought_in_and_can_be_fine_tuned(store):
    """It says that it was made for all items within its ranges."""
    app = opened(PAGE)
    button(app, "Bring in the generalist").click().run()
    assert "**Generalist** is kept" in said(app)
    assert "made for all items within its ranges" in said(app)
    button(app, "Fine-tune on my items").click().run()
    (job,) = store.jobs.list()
    assert job.payload["start"] == store.agents.find("Generalist").id
    assert not [each for each in app.button if each.label == "Bring in the generalist"]


def test_the_first_start_brings_it_in_where_it_suits_an_item(store):
    store.settings.set("generalist_offered", None)
    assert "#### Generalist" in said(opened(PAGE))
