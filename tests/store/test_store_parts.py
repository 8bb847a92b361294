"""Datasets, settings, agents, runs and decisions come back as they were put in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum

import numpy as np
import pandas as pd
import pytest

from core.domain import Choice, Decision, ItemKey, PlannerError, StorageError, UnknownNameError
from core.store import NewAgent, NewDataset, Store, fingerprint, plain, sha256_of


def _sales(name: str, *, kind: str = "history", n_rows: int = 2) -> NewDataset:
    frame = pd.DataFrame({"item": ["A"] * n_rows, "quantity": np.arange(n_rows) + 0.5})
    return NewDataset(kind, name, name.encode(), frame, details={"separator": ";"})


def _agent(name: str, bundle: bytes = b"weights") -> NewAgent:
    return NewAgent(name, "pathwise", bundle, {"gap": np.float64(0.5)})


DECISION = Decision(
    key=ItemKey("A17", "Ulm"),
    choice=Choice.ADJUSTED,
    quantity=60.0,
    proposed_quantity=96.0,
    baseline_quantity=48.0,
    agent_quantity=None,
    reason="promo/event",
    note="Easter",
    planner="Ada",
    decided_at=datetime(2024, 4, 14, 9, 0, tzinfo=timezone(timedelta(hours=2))),
    run_id="7",
)


def test_an_import_is_kept_with_its_origin_and_becomes_active(store: Store) -> None:
    (record,) = store.datasets.add(_sales("sales.csv"))
    assert store.datasets.active("history") == record == store.datasets.get(record.id)
    assert (record.n_rows, record.is_sample, record.details) == (2, False, {"separator": ";"})
    assert store.datasets.original(record) == b"sales.csv"
    assert list(store.datasets.frame(record)["quantity"]) == [0.5, 1.5]
    assert record.imported_at.tzinfo is not None
    assert datetime.now(UTC) - record.imported_at < timedelta(minutes=1)


def test_undo_goes_back_import_by_import(store: Store) -> None:
    first, second = (store.datasets.add(_sales(name))[0] for name in ("a.csv", "b.csv"))
    store.datasets.activate(first.id)
    store.datasets.deactivate("history")
    found = [store.datasets.undo("history") for _ in range(4)]
    assert found == [first, second, first, None]
    with pytest.raises(StorageError, match="no earlier import"):
        store.datasets.undo("history")
    assert store.datasets.list("history") == (second, first)


def test_kinds_do_not_touch_each_other(store: Store) -> None:
    history, stock = store.datasets.add(_sales("h.csv"), _sales("s.csv", kind="stock"))
    assert store.datasets.all_active() == {"history": history, "stock": stock}
    store.datasets.deactivate("stock")
    assert store.datasets.all_active() == {"history": history}


def test_an_import_that_fails_halfway_leaves_the_old_one_active(store: Store) -> None:
    (old,) = store.datasets.add(_sales("old.csv"))
    bad = replace(_sales("new.csv", kind="stock"), details={"cannot": object()})
    with pytest.raises(TypeError):
        store.datasets.add(_sales("new.csv"), bad)
    assert store.datasets.list() == (old,)
    assert store.datasets.all_active() == {"history": old}


@pytest.mark.parametrize("value", [None, False, 0, 1.5, "x", [1, 2], {"h": {"A": 0.25}}])
def test_a_setting_comes_back_as_it_was(store: Store, value: object) -> None:
    store.settings.set("costs", value)
    assert store.settings.get("costs", "default") == value
    assert type(store.settings.get("costs")) is type(value)
    assert store.settings.get("other", "default") == "default"


def test_settings_keep_their_last_versions(store: Store) -> None:
    for number in range(60):
        store.settings.set("costs", number)
        store.settings.set("costs", number)
    history = store.settings.history("costs")
    assert [record.value for record in history] == list(range(59, 9, -1))
    assert history[0].version == 60
    store.settings.remove("costs")
    assert store.settings.record("costs") is None


def test_an_edit_of_an_outdated_setting_is_refused(store: Store) -> None:
    seen = store.settings.set("costs", {"h": 1}).version
    store.settings.set("costs", {"h": 2}, expected_version=seen)
    with pytest.raises(StorageError, match="another window"):
        store.settings.set("costs", {"h": 3}, expected_version=seen)
    assert store.settings.get("costs") == {"h": 2}


def test_settings_are_found_by_prefix(store: Store) -> None:
    store.settings.set("rule_a", 1)
    store.settings.set("ruleXa", 2)
    store.settings.set("rule_a", 3)
    assert store.settings.all("rule_") == {"rule_a": 3}


def test_an_agent_comes_back_by_name_in_any_case(store: Store) -> None:
    record = store.agents.add(_agent("  Größe  eins "), activate=True)
    assert record.name == "Größe eins"
    assert store.agents.find("GRÖSSE EINS") == record == store.agents.active()
    assert store.agents.bundle(record) == b"weights"
    assert record.summary == {"gap": 0.5}
    with pytest.raises(UnknownNameError, match="Größe eins"):
        store.agents.find("Größe ein")


def test_a_taken_agent_name_is_refused_with_a_free_one(store: Store) -> None:
    store.agents.add(_agent("Quick"))
    other = store.agents.add(_agent("Other"))
    with pytest.raises(PlannerError, match=r"already an agent.*'QUICK 2'"):
        store.agents.add(_agent("QUICK"))
    with pytest.raises(PlannerError, match="already an agent"):
        store.agents.rename(other.id, "quick")
    assert store.agents.rename(other.id, "OTHER").name == "OTHER"
    assert store.agents.free_name("Quick") == "Quick 2"


@pytest.mark.parametrize("name", ["", " \n\t", "x" * 61, "\u200b"])
def test_an_unusable_agent_name_is_refused(store: Store, name: str) -> None:
    with pytest.raises(PlannerError, match="name"):
        store.agents.add(_agent(name))
    assert store.agents.list() == ()


def test_one_agent_at_most_is_in_use(store: Store) -> None:
    first, second = store.agents.add(_agent("A"), activate=True), store.agents.add(_agent("B"))
    store.agents.activate(second.id)
    assert [agent.name for agent in store.agents.list() if agent.active] == ["B"]
    store.agents.activate(None)
    assert store.agents.active() is None
    assert not store.agents.get(first.id).active


def test_a_bundle_goes_with_the_last_agent_that_has_it(store: Store) -> None:
    first, twin = store.agents.add(_agent("A")), store.agents.add(_agent("B"))
    store.agents.delete(first.id)
    assert store.agents.bundle(twin) == b"weights"
    store.agents.delete(twin.id)
    assert not store.files.exists(sha256_of(b"weights"))
    with pytest.raises(PlannerError, match="no longer there"):
        store.agents.get(twin.id)


def test_more_can_be_said_of_an_agent_later(store: Store) -> None:
    agent = store.agents.add(_agent("A"))
    store.agents.update_summary(agent.id, {"backtest": 1})
    assert store.agents.get(agent.id).summary == {"gap": 0.5, "backtest": 1}


def test_a_run_is_found_again_by_its_inputs(store: Store) -> None:
    inputs = {"data": "abc", "costs": {"h": 1.0, "p": 9.0}, "seed": 7}
    table = pd.DataFrame({"order": [96.0]})
    run = store.runs.add("plan", inputs, {"cost": np.float32(0.5)}, table)
    store.runs.add("plan", {**inputs, "seed": 8})
    assert store.runs.latest("plan", {"seed": 7, **inputs}) == run == store.runs.get(run.id)
    assert store.runs.latest("comparison") is None
    assert run.result == {"cost": 0.5}
    found = store.runs.table(run)
    assert found is not None and list(found["order"]) == [96.0]
    assert [other.id for other in store.runs.list("plan", limit=1)] == [run.id + 1]
    with pytest.raises(StorageError, match="no such run"):
        store.runs.get(99)


def test_a_decision_comes_back_equal_and_in_utc(store: Store) -> None:
    (record,) = store.decisions.add(DECISION)
    (found,) = store.decisions.list(key=DECISION.key)
    assert found.decision == DECISION == record.decision
    assert found.decision.decided_at.tzinfo is UTC
    assert store.decisions.list(key=ItemKey("A17")) == ()
    assert store.decisions.list(run_id="8") == ()


def test_undo_adds_to_the_log_and_brings_the_earlier_decision_back(store: Store) -> None:
    first, second = store.decisions.add(DECISION, replace(DECISION, quantity=72.0))
    assert store.decisions.standing()[DECISION.key].number == second.number
    undo = store.decisions.undo(second.number, "Bea")
    assert (undo.reverts, undo.decision.planner, undo.decision.quantity) == (2, "Bea", 72.0)
    assert store.decisions.standing()[DECISION.key].number == first.number
    assert store.decisions.standing(lambda decision: decision.quantity > 70) == {}
    assert [(r.number, r.stands) for r in store.decisions.list()] == [
        (undo.number, False),
        (second.number, False),
        (first.number, True),
    ]


def test_a_decision_is_undone_once_even_from_two_windows(store: Store) -> None:
    (record,) = store.decisions.add(DECISION)
    undo = store.decisions.undo(record.number, "Ada")
    with pytest.raises(StorageError, match="undone already for item A17, by Ada"):
        store.decisions.undo(record.number, "Bea")
    for number in (undo.number, 99):
        with pytest.raises(StorageError, match="no such decision"):
            store.decisions.undo(number, "Bea")


def test_plain_values_are_strict_json() -> None:
    class Colour(Enum):
        RED = "red"

    value = {
        Colour.RED: (np.int64(3), np.array([1.0, np.nan])),
        1: datetime(2024, 1, 1, tzinfo=UTC),
        "key": ItemKey("A"),
        "set": {"b", "a"},
    }
    assert plain(value) == {
        "red": [3, [1.0, None]],
        "1": "2024-01-01T00:00:00+00:00",
        "key": {"item": "A", "location": ""},
        "set": ["a", "b"],
    }
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1}) != fingerprint({"a": 1})
