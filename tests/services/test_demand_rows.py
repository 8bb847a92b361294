"""Choosing many items' models on several processes: the same answers in the same places."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from core.domain import ItemHistory, ItemKey, Period
from core.services import demand_rows as many
from core.services import helpers as processes
from core.services.demand_rows import demand_row, demand_rows


@pytest.fixture
def histories():
    """Nine items of a dozen weeks each; the fifth never sold anything."""
    rng = np.random.default_rng(1)
    rows = [rng.poisson(3 + number, 12) for number in range(9)]
    rows[4] = np.zeros(12)
    flags = np.ones(12, dtype=bool)
    return [
        ItemHistory(ItemKey(f"A{number}"), Period.WEEK, 2600, np.asarray(row, float), flags)
        for number, row in enumerate(rows)
    ]


@pytest.fixture
def helpers(monkeypatch):
    """Let three helpers work on sets of any size; return those that were started."""
    started = []
    start = processes.start

    def kept(code):
        started.append(start(code))
        return started[-1]

    monkeypatch.setattr(many, "_WORTH_A_HELPER", 3)
    monkeypatch.setattr(processes, "start", kept)
    monkeypatch.setattr(processes.os, "cpu_count", lambda: 3)
    yield started
    for helper in started:
        helper.stdout.close()


def as_if_alone(found, histories) -> bool:
    """Whether every item has the model, or the refusal, that it has alone."""
    return found == [demand_row(history) for history in histories]


def test_several_processes_answer_as_one_in_the_items_order(histories, helpers):
    """Each item's own model or refusal in its own place; then all three helpers have ended."""
    told = []
    found = demand_rows(histories, told.append)
    assert len(helpers) == 3
    assert as_if_alone(found, histories)
    assert "Nothing was sold" in found[4]["problem"] and "model" not in found[4]
    assert all("model" in answer for answer in found[:4] + found[5:])
    assert told == list(range(1, 10))
    assert [helper.poll() is not None for helper in helpers] == [True] * 3


def test_a_helper_that_dies_at_work_leaves_no_gap(histories, helpers):
    """The second one is killed as soon as the first answer is in."""
    killed = []

    def kill_one(n_done):
        if n_done == 1:
            helpers[1].kill()
            killed.append(helpers[1].wait())

    assert as_if_alone(demand_rows(histories, kill_one), histories)
    assert len(killed) == 1


def test_a_helper_that_never_answers_leaves_no_gap(histories, helpers, monkeypatch):
    """All three are killed before they can say anything: the work is done here."""
    kept = processes.start

    def start_and_kill(code):
        helper = kept(code)
        helper.kill()
        helper.wait()
        return helper

    monkeypatch.setattr(processes, "start", start_and_kill)
    asked = []
    monkeypatch.setattr(
        many, "demand_row", lambda h, choose=demand_row: asked.append(h) or choose(h)
    )
    assert as_if_alone(demand_rows(histories), histories)
    assert asked == histories


def test_an_answer_cut_off_in_the_middle_counts_as_none():
    whole = json.dumps({"some": "answer", "of": list(range(100))}).encode()
    assert processes._read(io.BytesIO(whole)) == json.loads(whole)
    for length in (0, 1, 5, len(whole) // 2, len(whole) - 1):
        assert processes._read(io.BytesIO(whole[:length])) is None


def test_work_that_is_no_longer_wanted_stops_and_leaves_no_helper_behind(histories, helpers):
    def stop(n_done):
        if n_done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demand_rows(histories, stop)
    assert [helper.poll() is not None for helper in helpers] == [True] * 3


def never(*_):
    raise AssertionError("a helper was started")


@pytest.mark.parametrize(("worth", "n_cores"), [(400, 8), (5, 8), (3, 1), (3, None)])
def test_small_sets_and_single_cores_stay_in_one_process(histories, monkeypatch, worth, n_cores):
    """Nine items are too few for two helpers at five each, and one core is too few for two."""
    monkeypatch.setattr(many, "_WORTH_A_HELPER", worth)
    monkeypatch.setattr(processes, "start", never)
    monkeypatch.setattr(processes.os, "cpu_count", lambda: n_cores)
    told = []
    assert as_if_alone(demand_rows(histories, told.append), histories)
    assert told == list(range(9))


def test_no_items_have_no_models():
    assert demand_rows([]) == []


@pytest.mark.parametrize(
    ("n_items", "n_cores", "n_helpers"), [(800, 64, 2), (9000, 64, 8), (9000, 4, 4)]
)
def test_as_many_helpers_as_are_worth_it(monkeypatch, n_items, n_cores, n_helpers):
    """One for every 400 items, one a core, eight at most."""
    asked = []
    monkeypatch.setattr(processes.os, "cpu_count", lambda: n_cores)
    monkeypatch.setattr(many, "_dealt", lambda items, n, told: asked.append(n) or [])
    demand_rows([None] * n_items)
    assert asked == [n_helpers]


def test_a_helper_answers_for_all_items_one_after_the_other(histories, monkeypatch, capsys):
    """What runs inside of it, on streams of this process; also where a quantity is missing."""
    gap = replace(histories[0], quantity=np.append(histories[0].quantity[:-1], np.nan))
    some = [gap, *histories]
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps([many.packed(h) for h in some])))
    many.answer_all()
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert as_if_alone(found, some)


def test_shares_of_days_in_stock_reach_the_helper(histories):
    part = histories[0]
    in_stock = np.arange(part.n_periods) % 4 > 0
    share = np.where(in_stock, 1.0, 0.5)
    part = replace(part, in_stock=in_stock, stocked_share=share)
    again = many.unpacked(json.loads(json.dumps(many.packed(part))))
    assert np.array_equal(again.stocked_share, share)
    assert demand_row(again) == demand_row(part) != demand_row(replace(part, stocked_share=None))
