"""Choosing many items' models on several processes: the same answers in the same places."""

from __future__ import annotations

import io
import pickle
import sys
import types
from dataclasses import replace

import numpy as np
import pytest

from core.demand import DemandChoice, choose_model, choose_models, many
from core.domain import HistoryError, ItemKey, Period


@pytest.fixture
def histories(make_history):
    """Nine items of a dozen weeks each; the fifth never sold anything."""
    rng = np.random.default_rng(1)
    rows = [rng.poisson(3 + number, 12) for number in range(9)]
    rows[4] = np.zeros(12)
    made = [make_history(row, Period.WEEK) for row in rows]
    return [replace(history, key=ItemKey(f"A{number}")) for number, history in enumerate(made)]


@pytest.fixture
def helpers(monkeypatch):
    """Let three helpers work on sets of any size; return those that were started."""
    started = []
    start = many._start

    def kept(histories):
        started.append(start(histories))
        return started[-1]

    monkeypatch.setattr(many, "_WORTH_A_HELPER", 3)
    monkeypatch.setattr(many, "_start", kept)
    monkeypatch.setattr(many.os, "cpu_count", lambda: 3)
    yield started
    for helper in started:
        helper.stdout.close()


def as_if_alone(found, histories) -> bool:
    """Whether every item has the model, or the refusal, that it has alone."""
    assert len(found) == len(histories)
    for answer, history in zip(found, histories, strict=True):
        try:
            alone = choose_model(history)
        except HistoryError as error:
            assert isinstance(answer, HistoryError)
            assert (str(answer), answer.remedy) == (str(error), error.remedy)
        else:
            assert answer == alone
    return True


def test_several_processes_answer_as_one_in_the_items_order(histories, helpers):
    """Each item's own model or refusal in its own place; then all three helpers have ended."""
    told = []
    found = choose_models(histories, told.append)
    assert len(helpers) == 3
    assert as_if_alone(found, histories)
    assert isinstance(found[4], HistoryError) and "Nothing was sold" in str(found[4])
    assert all(isinstance(answer, DemandChoice) for answer in found[:4] + found[5:])
    assert told == list(range(1, 10))
    assert [helper.poll() is not None for helper in helpers] == [True] * 3


def test_a_helper_that_dies_at_work_leaves_no_gap(histories, helpers):
    """The second one is killed as soon as the first answer is in."""
    killed = []

    def kill_one(n_done):
        if n_done == 1:
            helpers[1].kill()
            killed.append(helpers[1].wait())

    assert as_if_alone(choose_models(histories, kill_one), histories)
    assert len(killed) == 1


def test_a_helper_that_never_answers_leaves_no_gap(histories, helpers, monkeypatch):
    """All three are killed before they can say anything: the work is done here."""
    kept = many._start

    def start_and_kill(some):
        helper = kept(some)
        helper.kill()
        helper.wait()
        return helper

    monkeypatch.setattr(many, "_start", start_and_kill)
    asked = []
    monkeypatch.setattr(
        many, "_choose", lambda h, choose=many._choose: asked.append(h) or choose(h)
    )
    assert as_if_alone(choose_models(histories), histories)
    assert asked == histories


def test_an_answer_cut_off_in_the_middle_counts_as_none():
    whole = pickle.dumps({"some": "answer", "of": list(range(100))})
    assert many._read(io.BytesIO(whole)) == pickle.loads(whole)
    for length in (0, 1, 5, len(whole) // 2, len(whole) - 1):
        assert many._read(io.BytesIO(whole[:length])) is None


def test_work_that_is_no_longer_wanted_stops_and_leaves_no_helper_behind(histories, helpers):
    def stop(n_done):
        if n_done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        choose_models(histories, stop)
    assert [helper.poll() is not None for helper in helpers] == [True] * 3


def never(_):
    raise AssertionError("a helper was started")


@pytest.mark.parametrize(("worth", "n_cores"), [(400, 8), (5, 8), (3, 1), (3, None)])
def test_small_sets_and_single_cores_stay_in_one_process(histories, monkeypatch, worth, n_cores):
    """Nine items are too few for two helpers at five each, and one core is too few for two."""
    monkeypatch.setattr(many, "_WORTH_A_HELPER", worth)
    monkeypatch.setattr(many, "_start", never)
    monkeypatch.setattr(many.os, "cpu_count", lambda: n_cores)
    told = []
    assert as_if_alone(choose_models(histories, told.append), histories)
    assert told == list(range(9))


def test_no_items_have_no_models():
    assert choose_models([]) == []


@pytest.mark.parametrize(
    ("n_items", "n_cores", "n_helpers"), [(800, 64, 2), (9000, 64, 8), (9000, 4, 4)]
)
def test_as_many_helpers_as_are_worth_it(monkeypatch, n_items, n_cores, n_helpers):
    """One for every 400 items, one a core, eight at most."""
    asked = []
    monkeypatch.setattr(many.os, "cpu_count", lambda: n_cores)
    monkeypatch.setattr(many, "_side_by_side", lambda items, n, told: asked.append(n) or [])
    choose_models([None] * n_items)
    assert asked == [n_helpers]


def test_a_helper_answers_for_all_items_one_after_the_other(histories, monkeypatch):
    """What runs inside of it, on streams of this process."""
    asked, answered = io.BytesIO(pickle.dumps(histories)), io.BytesIO()
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=asked))
    monkeypatch.setattr(sys, "stdout", types.SimpleNamespace(buffer=answered))
    many.answer_all()
    monkeypatch.undo()
    answered.seek(0)
    found = [many._read(answered) for _ in histories]
    assert as_if_alone(found, histories)
    assert many._read(answered) is None
