"""The quick (s, S) of many items on several processes: the same numbers, and found only once."""

from __future__ import annotations

import io
import json
import sys

import pytest

from core.demand import NegativeBinomialDemand, PoissonDemand, Season, poisson
from core.domain import CostRates, LeadTime, OrderRules, Period
from core.policies import not_yet_found, quick_s_s, quick_search
from core.services import helpers as processes
from core.services import quick_rules as module
from core.services.quick_rules import find_quick_rules
from core.simulator import Problem

YEAR = Season(Period.WEEK, month=(0.5,) * 6 + (1.5,) * 6)
ITEMS = [
    Problem("plain", poisson(5.0), CostRates(1.0, 9.0), LeadTime(4)),
    Problem("dear", poisson(5.0), CostRates(1.0, 14.0, 64.0), LeadTime(2.0, 1.0), start=77),
    Problem("season", PoissonDemand(level=20.0, season=YEAR), CostRates(1.0, 9.0), LeadTime(1)),
    Problem(
        "packs",
        NegativeBinomialDemand(level=6.0, shape=2.0),
        CostRates(1.0, 9.0, 20.0),
        LeadTime(1.25, probabilities=(0.25, 0.25, 0.5)),
        OrderRules(pack_size=6, max_stock=90, review_period=2),
        lost_share=0.5,
        purchase_cost=0.25,
    ),
    Problem("owed", poisson(8.0), CostRates(2.0, 30.0), LeadTime(3), lost_share=0.0),
]


@pytest.fixture(autouse=True)
def _small_sets(monkeypatch):
    """Two helpers for five items, and nothing remembered."""
    monkeypatch.setattr(quick_search, "_found", {})
    monkeypatch.setattr(module, "_WORTH_A_HELPER", 2)
    monkeypatch.setattr(processes.os, "cpu_count", lambda: 2)


def numbers(policy) -> list[tuple[float, float, str]]:
    rows = range(policy.n_items)
    return [(*policy.parameters_of(row).values(), policy.method_of(row)) for row in rows]


def test_helpers_find_what_would_be_found_here_and_it_is_not_searched_again(monkeypatch):
    told: list[int] = []
    find_quick_rules(ITEMS, told.append)
    assert sorted(told) == told and told[-1] == len(ITEMS)
    assert not_yet_found(ITEMS) == []
    searched = quick_search._quick
    with monkeypatch.context() as patch:
        patch.setattr(quick_search, "_quick", lambda problems: pytest.fail("found already"))
        found = numbers(quick_s_s(ITEMS))
    assert found == numbers(searched(ITEMS))


def test_only_what_is_not_known_yet_is_asked_for_and_only_once(monkeypatch):
    """Two of five are known, and one stands twice: three are left, too few for two helpers."""
    quick_s_s(ITEMS[:2])
    assert not_yet_found([*ITEMS, ITEMS[4]]) == ITEMS[2:]
    monkeypatch.setattr(processes, "start", lambda *_: pytest.fail("a helper was started"))
    find_quick_rules([*ITEMS, ITEMS[4]])


def test_a_helper_that_dies_leaves_its_items_to_who_asks(monkeypatch):
    start = processes.start

    def start_and_kill(code):
        helper = start(code)
        helper.kill()
        helper.wait()
        return helper

    monkeypatch.setattr(processes, "start", start_and_kill)
    find_quick_rules(ITEMS)
    assert not_yet_found(ITEMS) == ITEMS
    assert quick_s_s(ITEMS).n_items == len(ITEMS)


def test_work_that_is_no_longer_wanted_stops_with_the_progress(monkeypatch):
    """The helpers know one answer by heart, and are at work at once."""
    answer = json.dumps(module._known(ITEMS[:1]))
    monkeypatch.setattr(quick_search, "_found", {})
    monkeypatch.setattr(module, "_HELPER", f"print({answer!r}, flush=True)")

    def stop(n_done):
        assert n_done == 1 and not_yet_found(ITEMS) == ITEMS[1:]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_quick_rules(ITEMS, stop)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_an_item_comes_through_the_pipe_as_it_is(item):
    assert module._unpacked(json.loads(json.dumps(module._packed(item)))) == item


def test_a_helper_answers_for_some_items_a_line(monkeypatch, capsys):
    """What runs inside of it, on streams of this process: two lines of three and two items."""
    monkeypatch.setattr(module, "_AT_A_TIME", 3)
    packed = json.dumps([module._packed(item) for item in ITEMS])
    monkeypatch.setattr(sys, "stdin", io.StringIO(packed))
    module.answer_all()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [len(rows) for rows in lines] == [3, 2]
    rules = [module._rule(rows) for rows in lines]
    found = [pair for rule in rules for pair in numbers(rule)]
    assert found == numbers(quick_s_s(ITEMS))


def test_what_is_remembered_stays_within_bounds(monkeypatch):
    monkeypatch.setattr(quick_search, "_REMEMBERED", 3)
    quick_s_s(ITEMS)
    assert list(quick_search._found) == ITEMS[2:]
