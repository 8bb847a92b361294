"""The agent that comes with the program: kept once, offered where it suits, fine-tuned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.agents import save, shipped_generalist
from core.agents.scope import Scope
from core.domain import BundleMismatchError
from core.explain import idle_items
from core.jobs import run_inline
from core.policies import fit_policy
from core.services.agent_cards import agent_card
from core.services.agents import delete_agent, keep_agent
from core.services.prepare import prepare
from core.services.shipped import SHIPPED_NAME, keep_shipped, misses_shipped, shipped_suits
from core.services.training import TRAIN, start_fine_tuning
from tests.services.plan_parts import problems_of

pytestmark = pytest.mark.usefixtures("processor_seconds")

WIDE = Scope({"stockout_ratio": (0.0, 1e6)})
NARROW = Scope({"stockout_ratio": (0.0, 1e-6)})


@pytest.fixture
def for_anything(monkeypatch):
    """Let the agent that comes with the program have a scope with room for every item."""
    return let_scope_be(monkeypatch, WIDE)


def let_scope_be(monkeypatch, scope: Scope):
    agent = shipped_generalist()
    assert agent is not None, "data/agents/generalist.safetensors belongs to the program"
    changed = replace(agent, scope=scope)
    monkeypatch.setattr("core.agents.shipped_generalist", lambda: changed)
    return changed


def test_it_is_kept_once_and_can_be_had_again(store, for_anything):
    assert misses_shipped(store)
    record = keep_shipped(store)
    assert record.name == SHIPPED_NAME and keep_shipped(store).id == record.id
    assert not misses_shipped(store) and len(store.agents.list()) == 1
    delete_agent(store, record)
    assert misses_shipped(store)


def test_it_says_that_it_is_for_all_items_within_its_ranges(store, for_anything):
    assortment = problems_of(store)
    card = agent_card(store, assortment, keep_shipped(store))
    assert card.is_general and card.n_valid == len(assortment.planned) and not card.doubts
    assert card.idle == idle_by_hand(assortment, for_anything)
    assert card.adds_nothing == (card.idle == (4, 4))


def idle_by_hand(assortment, agent):
    """Ask the agent for each item alone, at every stock and at its own typical days."""
    policy = agent.policy(assortment.problems)
    found = [
        idle_items([problem], policy.select([row]), assortment.data.period)[0]
        for row, problem in enumerate(assortment.problems)
    ]
    return sum(found), len(found)


def test_outside_its_ranges_the_card_says_so(store, monkeypatch):
    let_scope_be(monkeypatch, NARROW)
    assortment = problems_of(store)
    card = agent_card(store, assortment, keep_shipped(store))
    assert card.suits_none and card.doubts[0].words == "outside the ranges it was made for"
    assert "stock-out cost" in card.doubts[0].example and "(s, S)" in card.doubts[0].example


@pytest.mark.parametrize(("scope", "is_kept"), [(WIDE, True), (NARROW, False)])
def test_the_first_start_keeps_it_where_it_suits_an_item(store, monkeypatch, scope, is_kept):
    let_scope_be(monkeypatch, scope)
    assert shipped_suits(problems_of(store)) is is_kept
    prepare(store)
    names = [record.name for record in store.agents.list()]
    assert names == ([SHIPPED_NAME] if is_kept else [])
    for record in store.agents.list():
        delete_agent(store, record)
    prepare(store)
    assert not store.agents.list(), "deleted is deleted"


@pytest.mark.parametrize("was_active", ["Generalist", "my own", None])
def test_a_new_edition_takes_over_where_an_earlier_one_was_at_work(store, for_anything, was_active):
    """And leaves the planner's own agent, or (s, S), at work."""
    bundle = save(replace(for_anything, name="another"))
    problems_of(store)
    for name, summary in (("Generalist", {"is_shipped": True}), ("my own", {})):
        record = keep_agent(store, name, bundle, summary)
        if name == was_active:
            store.agents.activate(record.id)
    prepare(store)
    active = store.agents.active()
    newest = max(store.agents.list(), key=lambda record: record.id)
    assert len(store.agents.list()) == 3 and newest.summary["is_shipped"]
    if was_active == "Generalist":
        assert active == store.agents.get(newest.id)
    else:
        assert (active and active.name) == was_active


def test_fine_tuning_makes_an_agent_of_its_own_for_the_items(store, for_anything, monkeypatch):
    monkeypatch.setattr("core.services.training.FINE_TUNING_S", 8.0)
    monkeypatch.setattr("core.jobs.launch.launch_queued", lambda store: ())
    general = keep_shipped(store)
    asked = store.jobs.get(start_fine_tuning(store, general)).payload
    done = run_inline(store, TRAIN, asked)
    tuned = store.agents.get(done.result["agent"])
    assert tuned.name == "Generalist, fine-tuned" and not tuned.summary["is_general"]
    assert tuned.summary["n_items"] > 0 and tuned.summary["steps"] > 0
    assert tuned.bundle_sha256 != general.bundle_sha256


def test_only_an_agent_for_all_items_can_be_fine_tuned(store):
    from core.agents import TrainingConfig
    from core.agents.tuning import fine_tune

    problems = problems_of(store).problems
    agent = replace(shipped_generalist(), scope=None)
    config = TrainingConfig.preset("quick", "pathwise", time_limit_s=1.0)
    rule = fit_policy("s_S", problems)
    with pytest.raises(BundleMismatchError, match="Only an agent"):
        fine_tune(agent, problems, config, baseline=rule, name="x")
    outside = replace(agent, scope=NARROW)
    with pytest.raises(BundleMismatchError, match="None of the items"):
        fine_tune(outside, problems, config, baseline=rule, name="x")
