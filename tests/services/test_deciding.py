"""Decisions: only what can be ordered, always with a reason, all or nothing, never erased."""

from __future__ import annotations

import io

import openpyxl
import pytest

from core.domain import ParameterError, StorageError
from core.services.deciding import (
    Adjustment,
    adjust,
    approve,
    check_adjustments,
    planner_name,
    quantity_problem,
    reject,
    set_planner_name,
    todays_decisions,
    undo,
)
from core.services.decision_log import LogFilter, decision_log, filtered
from core.services.editing import save_items
from core.services.exporting import log_file
from core.services.ordering import plan_today
from tests.services.plan_parts import LAMP, MUG, ODD, TENT, problems_of, shop


@pytest.fixture
def desk(tmp_path):
    """Return a record, its problems and today's orders."""
    store = shop(tmp_path)
    assortment = problems_of(store)
    return store, assortment, plan_today(assortment, store)


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        (50, "whole packs of 6: order 48 or 54"),
        (6, "minimum order of 12"),
        (-6, "0 units or more"),
        (float("nan"), "0 units or more"),
        (12, None),
        (0, None),
    ],
)
def test_a_quantity_is_held_against_pack_and_minimum(desk, quantity, said):
    _, assortment, _ = desk
    found = quantity_problem(quantity, assortment.data.item(MUG), 0.0)
    assert found is None if said is None else said in (found or "")


def test_a_quantity_is_held_against_the_limits(desk):
    from dataclasses import replace

    _, assortment, _ = desk
    mug = assortment.data.item(MUG)
    item = replace(mug, rules=replace(mug.rules, max_order=60, max_stock=100))
    assert "largest order of 60" in str(quantity_problem(66, item, 0))
    assert "storage cap of 100" in str(quantity_problem(60, item, 50))
    assert quantity_problem(60, item, 40) is None


def test_an_adjustment_needs_a_reason_and_other_needs_a_note(desk):
    _, assortment, _ = desk
    wishes = {
        MUG: Adjustment(54, ""),
        LAMP: Adjustment(9, "Other", " "),
        TENT: Adjustment(1, "Other", "a fair"),
        ODD: Adjustment(1, "Price break"),
    }
    found = {refusal.key: refusal.message for refusal in check_adjustments(assortment, wishes)}
    assert set(found) == {MUG, LAMP, ODD}
    assert "reason" in found[MUG] and "note" in found[LAMP] and "cannot be planned" in found[ODD]


def test_one_wrong_quantity_saves_none_and_says_which(desk):
    store, assortment, ordering = desk
    wishes = {LAMP: Adjustment(9, "Price break"), MUG: Adjustment(50, "Price break")}
    with pytest.raises(ParameterError, match="00123"):
        adjust(store, assortment, ordering, wishes)
    assert store.decisions.list() == ()


def test_a_decision_keeps_all_three_quantities_and_the_plan(desk):
    store, assortment, ordering = desk
    set_planner_name(store, "  Ana ")
    (record,) = adjust(store, assortment, ordering, {MUG: Adjustment(54, "Price break", " 5 % ")})
    decision, proposal = record.decision, ordering.proposal(MUG)
    assert (decision.quantity, decision.reason, decision.note) == (54, "Price break", "5 %")
    assert decision.proposed_quantity == proposal.order_quantity
    assert decision.baseline_quantity == proposal.baseline_quantity
    assert (decision.planner, decision.run_id) == ("Ana", ordering.run_id)


def test_nothing_can_be_approved_for_an_item_that_cannot_be_planned(desk):
    store, _, ordering = desk
    with pytest.raises(ParameterError, match="ODD"):
        approve(store, ordering, [MUG, ODD])
    assert store.decisions.list() == ()


def test_a_window_that_was_slower_decides_nothing_and_is_told_who_was_faster(desk):
    store, assortment, ordering = desk
    adjust(store, assortment, ordering, {MUG: Adjustment(54, "Price break")}, {MUG: None})
    with pytest.raises(ParameterError, match=r"another window was faster.*00123.*adjusted at 54"):
        approve(store, ordering, [MUG, LAMP], {MUG: None, LAMP: None})
    assert [r.decision.quantity for r in store.decisions.list()] == [54]
    (record,) = store.decisions.list()
    approve(store, ordering, [MUG], {MUG: record.number})


def test_nothing_is_decided_on_proposals_whose_data_changed_meanwhile(desk):
    store, assortment, ordering = desk
    save_items(store, assortment.data, {LAMP: {"holding_cost": 0.06}})
    with pytest.raises(ParameterError, match="changed in another window"):
        approve(store, ordering, [MUG])
    assert store.decisions.list() == ()


def test_rejecting_without_a_reason_is_refused(desk):
    store, _, ordering = desk
    with pytest.raises(ParameterError, match="reason"):
        reject(store, ordering, [MUG], ("", ""))


def test_undo_opens_the_line_again_and_keeps_both_lines_in_the_log(desk):
    store, assortment, ordering = desk
    (record,) = approve(store, ordering, [MUG])
    assert set(todays_decisions(store, assortment)) == {MUG}
    undo(store, [record.number])
    assert todays_decisions(store, assortment) == {}
    assert [line.status for line in decision_log(store, assortment.data)] == [
        "undo",
        "undone",
    ]
    with pytest.raises(StorageError, match="already"):
        undo(store, [record.number])


def test_the_last_decision_on_an_item_counts_and_the_log_says_so(desk):
    store, assortment, ordering = desk
    approve(store, ordering, [MUG])
    adjust(store, assortment, ordering, {MUG: Adjustment(54, "Price break")})
    log = decision_log(store, assortment.data)
    assert [(line.what, line.status) for line in log] == [
        ("adjusted", "stands"),
        ("approved", "replaced"),
    ]
    proposed = ordering.proposal(MUG).order_quantity
    assert log[0].deviation == pytest.approx(54 / proposed - 1)


def test_a_new_cost_ends_the_decision_on_its_own_item_only(desk):
    store, assortment, ordering = desk
    approve(store, ordering, [MUG, LAMP])
    mug = assortment.data.item(MUG)
    save_items(store, assortment.data, {MUG: {"holding_cost": 0.03}})
    changed = problems_of(store)
    assert changed.data.item(MUG).costs != mug.costs
    assert set(todays_decisions(store, changed)) == {LAMP}
    log = {line.key: line.status for line in decision_log(store, changed.data)}
    assert log == {MUG: "earlier data", LAMP: "stands"}


def test_the_log_can_be_filtered_by_item_reason_and_status(desk):
    store, assortment, ordering = desk
    approve(store, ordering, [MUG, LAMP])
    reject(store, ordering, [TENT], ("Cash or budget", ""))
    log = decision_log(store, assortment.data)
    assert {line.key for line in filtered(log, LogFilter(search="am"))} == {LAMP}
    assert {line.key for line in filtered(log, LogFilter(reasons=("Cash or budget",)))} == {TENT}
    assert filtered(log, LogFilter(statuses=("undone",))) == ()
    assert len(filtered(log, LogFilter())) == 3


@pytest.mark.parametrize("kind", ["excel", "comma", "semicolon"])
def test_the_log_as_a_file_holds_every_line_and_no_formula(desk, kind):
    store, assortment, ordering = desk
    wishes = {MUG: Adjustment(54, "Other", "=1+1"), LAMP: Adjustment(9, "Price break")}
    adjust(store, assortment, ordering, wishes)
    data = log_file(decision_log(store, assortment.data), kind)
    if kind == "excel":
        rows = list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))
        assert len(rows) == 3
        cells = [str(cell) for row in rows for cell in row]
        assert "'=1+1" in cells
    else:
        text = data.decode("utf-8-sig")
        assert len(text.splitlines()) == 3 and "'=1+1" in text
        assert (";" in text) == (kind == "semicolon")


def test_decisions_are_kept_under_the_log_in_name_until_one_is_given(desk):
    store, _, _ = desk
    assert planner_name(store)
    set_planner_name(store, "Ana")
    assert planner_name(store) == "Ana"
