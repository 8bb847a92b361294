"""Agents as the planner handles them: kept, checked, renamed, used, taken away, brought back."""

from __future__ import annotations

import io
import pickle
import zipfile
from dataclasses import replace

import pytest

from core.agents.task import assign
from core.domain import BundleError, PlannerError
from core.ingest import Source
from core.services.agent_cards import agent_card, agent_cards
from core.services.agents import (
    active_agent,
    agent_at_work,
    agent_file,
    agent_file_name,
    check_agent_name,
    delete_agent,
    keep_agent,
    mismatches,
    rename_agent,
    upload_agent,
    use_agent,
)
from core.services.baselines import fitted_baseline
from core.services.importing import import_from_file
from tests.agents.test_sb3_zip import model_of, zip_of
from tests.services.agent_parts import bundle_for, kept_agent
from tests.services.plan_parts import MUG, problems_of


@pytest.fixture
def assortment(store):
    return problems_of(store)


def test_a_trained_agent_goes_to_work_on_todays_items(store, assortment):
    record = kept_agent(store, assortment)
    at_work = agent_at_work(store, assortment, record)
    assert at_work.doubts == {}
    assert at_work.agent.algorithm == record.algorithm == "ppo"
    assert record.summary["n_items"] == len(assortment.planned)
    use_agent(store, record.id)
    assert active_agent(store, assortment).record.name == "Anna"


def test_the_first_trained_agent_is_used_unless_it_is_dearer_than_the_rule(store, assortment):
    worse = keep_agent(store, "Worse", bundle_for(assortment, 1.04), use_first=True)
    assert not worse.active
    better = keep_agent(store, "Better", bundle_for(assortment, 0.96), use_first=True)
    assert better.active
    other = keep_agent(store, "Other", bundle_for(assortment, 0.90), use_first=True)
    assert not other.active


def test_a_name_is_kept_free_of_others_and_of_rules(store, assortment):
    kept_agent(store, assortment)
    assert kept_agent(store, assortment).name == "Anna 2"
    assert kept_agent(store, assortment, "s_S").name == "Agent s_S"
    for name, words in (("anna", "already"), ("S_s", "name of a rule"), ("  ", "needs a name")):
        with pytest.raises(PlannerError, match=words):
            check_agent_name(store, name)


def test_another_window_that_changed_an_agent_is_told_not_overwritten(store, assortment):
    seen = kept_agent(store, assortment)
    now = rename_agent(store, seen, "Berta")
    with pytest.raises(PlannerError, match="renamed to 'Berta' in another window"):
        delete_agent(store, seen)
    with pytest.raises(PlannerError, match="renamed to 'Berta' in another window"):
        rename_agent(store, seen, "Clara")
    delete_agent(store, now)
    for work in (lambda: use_agent(store, now.id), lambda: rename_agent(store, now, "Dora")):
        with pytest.raises(PlannerError, match="no longer there"):
            work()


def test_the_rule_takes_over_when_the_agent_in_use_is_deleted(store, assortment):
    record = kept_agent(store, assortment)
    use_agent(store, record.id)
    delete_agent(store, record)
    assert active_agent(store, assortment) is None


def test_a_downloaded_agent_comes_back_by_its_new_name(store, assortment):
    record = rename_agent(store, kept_agent(store, assortment), "Fall / winter: 50%")
    assert agent_file_name(record) == "Fall _ winter_ 50_.safetensors"
    at_work = agent_at_work(store, assortment, record)
    assert at_work.policy.name == record.name, "sentences call it what its card does"
    back = upload_agent(store, assortment, "any.safetensors", agent_file(store, record))
    assert back.name == "Fall / winter: 50% 2"
    assert agent_card(store, assortment, back).n_valid == len(assortment.planned)
    assert not back.active


def test_a_genuine_sb3_zip_is_read_measured_and_kept_unused(store, assortment):
    from stable_baselines3 import DQN

    model = model_of(DQN, assign(assortment.problems, fitted_baseline(assortment)))
    record = upload_agent(store, assortment, r"C:\my files\theirs.ZIP", zip_of(model))
    card = agent_card(store, assortment, record)
    assert (record.name, record.algorithm, record.active) == ("theirs", "dqn", False)
    assert card.ratio > 0 and not card.problem
    assert agent_at_work(store, assortment, record).policy is not None


class _Hostile:
    def __reduce__(self):
        return (pytest.fail, ("a file was run",))


def _zip(**entries: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "."), data)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an agent",
        pickle.dumps(_Hostile()),
        _zip(data=b"{}", policy__pth=pickle.dumps(_Hostile())),
        _zip(data=b"{}", policy__pth=_zip(**{"archive/data.pkl": pickle.dumps(_Hostile())})),
        _zip(readme=b"hello"),
        b"PK\x03\x04 cut off",
    ],
)
def test_a_corrupt_or_hostile_file_is_refused_in_words_and_leaves_nothing(store, assortment, data):
    with pytest.raises(BundleError) as caught:
        upload_agent(store, assortment, "agent.zip", data)
    assert caught.value.remedy
    assert store.agents.list() == ()


def test_a_damaged_agent_file_is_refused(store, assortment):
    good = bundle_for(assortment)
    with pytest.raises(BundleError, match="checksum"):
        upload_agent(store, assortment, "a.safetensors", good[:-40] + bytes(40))


def test_an_agent_for_other_items_is_kept_and_flagged_for_every_item(store, assortment):
    other = replace(
        assortment,
        planned=tuple(
            replace(plan, problem=replace(plan.problem, name=f"other {plan.problem.name}"))
            for plan in assortment.planned
        ),
    )
    record = upload_agent(store, assortment, "theirs.safetensors", bundle_for(other))
    card = agent_card(store, assortment, record)
    assert card.suits_none and card.n_valid == 0
    assert [doubt.words for doubt in card.doubts] == ["not among those it was trained on"]


def test_changed_costs_are_a_doubt_in_words(store, assortment):
    record = kept_agent(store, assortment)
    items = b"item,lead_time,holding_cost,stockout_cost,fixed_cost,unit_cost\n00123,3,0.02,9,5,4\n"
    import_from_file(store, "items", Source("items.csv", items))
    now = problems_of(store)
    card = agent_card(store, now, record)
    first = next(doubt for doubt in card.doubts if MUG in doubt.items)
    assert first.words == "trained with other costs"
    assert "trained with stock-out cost 3, now 9" in first.example
    assert MUG in mismatches(store, now, record)


def test_cards_say_who_is_in_use_what_is_worse_and_what_cannot_be_read(store, assortment):
    worse = kept_agent(store, assortment, "Worse", 1.08)
    used = kept_agent(store, assortment, "Used")
    use_agent(store, used.id)
    store.files.delete(worse.bundle_sha256)
    cards = {card.record.name: card for card in agent_cards(store, assortment)}
    assert list(cards) == ["Used", "Worse"]
    assert not cards["Used"].is_worse and cards["Used"].score is None
    assert cards["Worse"].is_worse and cards["Worse"].suits_none and cards["Worse"].problem
