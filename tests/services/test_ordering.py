"""Today's orders as the pages take them: who decides, what stands, and the files."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import openpyxl
import pytest

from core.domain import Status, UnknownNameError
from core.services.deciding import Adjustment, adjust, approve, reject, todays_decisions
from core.services.exporting import FORMATS, contract, orders_file
from core.services.order_lines import (
    NO_SUPPLIER,
    cover_with,
    order_lines,
    stock_cover,
    stock_value,
    supplier_totals,
)
from core.services.ordering import (
    choose_policy,
    ordering_fingerprint,
    plan_today,
    policy_in_use,
    who_decides,
)
from core.store import NewAgent
from tests.services.plan_parts import FULL, LAMP, MUG, ODD, TENT, bold_agent, problems_of, shop


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return a record, its problems, and today's orders with an agent beside (s, S)."""
    store = shop(tmp_path_factory.mktemp("home"))
    assortment = problems_of(store)
    at_work = bold_agent(store, assortment)
    return store, assortment, plan_today(assortment, store, "agent", at_work)


@pytest.fixture
def fresh(tmp_path):
    """Return a record that a test may decide in."""
    store = shop(tmp_path)
    assortment = problems_of(store)
    return store, assortment, plan_today(assortment, store)


def lines_of(store, assortment, ordering):
    decisions = todays_decisions(store, assortment)
    return {line.key: line for line in order_lines(assortment, ordering, decisions)}


def test_an_item_without_a_usable_history_is_listed_and_never_ordered(planned):
    _, assortment, ordering = planned
    assert set(assortment.unplannable) == {ODD}
    odd = ordering.proposal(ODD)
    assert (odd.policy, odd.order_quantity, odd.status) == ("none", 0.0, Status.DATA_PROBLEM)


def test_the_agents_number_stands_beside_the_rules_with_both_raw(planned):
    _, _, ordering = planned
    mug = ordering.proposal(MUG)
    assert mug.policy == "bold" and ordering.baseline.name == "s_S"
    assert mug.agent_raw_quantity == 50 and mug.agent_quantity == 54  # packs of 6
    assert mug.order_quantity == mug.agent_quantity
    assert mug.baseline_quantity >= mug.baseline_raw_quantity > 0


def test_chosen_for_all_items_the_agent_still_decides_only_where_it_fits(planned):
    store, assortment, ordering = planned
    doubted = replace(ordering.at_work, doubts={LAMP: "It was trained for other costs."})
    found = plan_today(assortment, store, "agent", doubted)
    lamp, mug = found.proposal(LAMP), found.proposal(MUG)
    assert (lamp.policy, lamp.reason) == ("s_S", "It was trained for other costs.")
    assert lamp.order_quantity == lamp.baseline_quantity
    assert mug.policy == "bold"
    n = len(assortment.keys)
    assert who_decides(found) == (
        f"bold decides for {n - 1} of {n} items, all that it fits, proved better or not, as you "
        "chose; (s, S) decides for the other 1."
    )
    assert who_decides(plan_today(assortment, store, "auto", doubted)).startswith(
        f"bold decides for none of {n} items"
    )


def test_an_agent_that_was_never_compared_does_not_decide_by_itself(planned):
    store, assortment, ordering = planned
    found = plan_today(assortment, store, "auto", ordering.at_work).proposal(MUG)
    assert found.policy == "s_S" and "not compared" in found.reason


def test_an_agent_file_that_cannot_be_read_leaves_the_orders_to_the_rule_and_says_so(fresh):
    store, assortment, ordering = fresh
    store.agents.add(NewAgent("broken", "test", b"not a bundle", {}), activate=True)
    for mode in ("auto", "agent"):
        found = plan_today(assortment, store, mode)
        assert found.at_work is None
        assert found.proposal(MUG).order_quantity == ordering.proposal(MUG).order_quantity
        assert "agent cannot be used" in found.proposal(MUG).reason


def test_the_choice_of_policy_is_kept_and_a_wrong_one_refused(fresh):
    store, assortment, _ = fresh
    before = ordering_fingerprint(store, assortment)
    choose_policy(store, "base_stock")
    assert policy_in_use(store) == "base_stock"
    assert ordering_fingerprint(store, assortment) != before
    assert plan_today(assortment, store).proposal(MUG).policy == "base_stock"
    with pytest.raises(UnknownNameError, match="base_stock"):
        choose_policy(store, "base_stok")


def test_the_same_state_of_things_is_one_plan_in_the_record(fresh):
    store, assortment, ordering = fresh
    assert plan_today(assortment, store).run_id == ordering.run_id
    assert plan_today(assortment, store, "base_stock").run_id != ordering.run_id


def test_lines_show_what_stands_open_approved_adjusted_and_rejected(fresh):
    store, assortment, ordering = fresh
    approve(store, ordering, [MUG])
    adjust(store, assortment, ordering, {LAMP: Adjustment(31, "Price break")})
    reject(store, ordering, [TENT], ("Cash or budget", ""))
    lines = lines_of(store, assortment, ordering)
    assert [lines[key].decision for key in (MUG, LAMP, TENT, FULL)] == [
        "approved",
        "adjusted",
        "rejected",
        "open",
    ]
    assert lines[MUG].quantity == ordering.proposal(MUG).order_quantity
    assert (lines[LAMP].quantity, lines[LAMP].value) == (31, 620)
    assert lines[TENT].quantity == 0
    assert lines[LAMP].cover_after == cover_with(assortment, LAMP, 31)
    assert not lines[MUG].needs_review


def test_a_decision_outlives_another_choice_of_policy_but_not_new_stock(fresh):
    from core.ingest import Source
    from core.services.importing import import_from_file

    store, assortment, ordering = fresh
    adjust(store, assortment, ordering, {LAMP: Adjustment(31, "Price break")})
    choose_policy(store, "base_stock")
    assert lines_of(store, assortment, plan_today(assortment, store))[LAMP].quantity == 31
    import_from_file(store, "stock", Source("new.csv", b"item,on_hand\n00123,5\nLAMP,50\n"))
    later = problems_of(store)
    assert lines_of(store, later, plan_today(later, store))[LAMP].is_open


def test_suppliers_add_up_to_all_orders_and_the_nameless_are_kept(planned):
    store, assortment, ordering = planned
    lines = list(lines_of(store, assortment, ordering).values())
    totals = {total.supplier: total for total in supplier_totals(lines)}
    assert set(totals) == {"Alpina", "Karakoram", NO_SUPPLIER}
    assert sum(total.value for total in totals.values()) == sum(line.value for line in lines)
    assert totals["Alpina"].n_lines == sum(
        line.quantity > 0 for line in lines if line.supplier == "Alpina"
    )


def test_stock_value_counts_what_is_there_at_unit_cost(planned):
    _, assortment, ordering = planned
    assert stock_value(assortment) == 9 * 20 + 4 * 150 + 900 * 3 + 1 * 3
    demand = {MUG: 5 * 4, LAMP: 5 / 3 * 20, TENT: 150 / 3, FULL: 3 * 3}
    rough = (9 * 20 + 4 * 150 + 900 * 3) / sum(demand.values())
    assert stock_cover(assortment, ordering) == pytest.approx(rough, rel=0.15)


@pytest.mark.parametrize("kind", list(FORMATS))
def test_the_file_holds_what_stands_with_supplier_and_reason(fresh, kind):
    store, assortment, ordering = fresh
    adjust(store, assortment, ordering, {LAMP: Adjustment(31, "Other", "=fair; 5 @ once")})
    lines = list(lines_of(store, assortment, ordering).values())
    data = orders_file(assortment, ordering, lines, kind)
    if kind == "excel":
        book = openpyxl.load_workbook(io.BytesIO(data))
        rows = list(book["Orders"].iter_rows(values_only=True))
        notes = {row[0]: row[1] for row in book["Notes"].iter_rows(values_only=True)}
        assert notes["data"] == assortment.data.fingerprint
    else:
        sign = ";" if kind == "semicolon" else ","
        text = data.decode("utf-8-sig")
        rows = [line.split(sign) for line in text.splitlines()]
    header = list(rows[0])
    lamp = next(row for row in rows if row[0] == "LAMP")
    at = {name: lamp[header.index(name)] for name in ("name", "supplier", "decision", "reason")}
    assert at == {
        "name": "Lamp *bright*",
        "supplier": "Alpina",
        "decision": "adjusted",
        "reason": "Other",
    }
    assert "=fair" in lamp[header.index("note")] and "why_this_policy" in header
    assert float(lamp[header.index("order_quantity")]) == 31
    proposed = ordering.proposal(LAMP).order_quantity
    assert float(lamp[header.index("proposed_quantity")]) == proposed
    assert len(rows) == 1 + len(lines)


def test_no_two_kinds_of_file_have_the_same_name():
    assert len({form.suffix for form in FORMATS.values()}) == len(FORMATS)


def test_stock_that_nobody_told_is_not_worth_nothing(planned):
    _, assortment, ordering = planned
    unknown = {key: replace(at, is_estimate=True) for key, at in ordering.data.positions.items()}
    blind = replace(assortment, data=replace(assortment.data, positions=unknown))
    assert math.isnan(stock_value(blind)) and math.isnan(stock_cover(blind, ordering))


def test_the_contract_names_all_that_the_orders_rest_on(planned):
    _, assortment, ordering = planned
    told = contract(assortment, ordering)
    assert told["agent"] == "bold" and told["rule"] == "s_S" and told["sales to"] == "2026-03-01"
    assert "sales.csv" in told["files"]
    assert all(isinstance(value, str) for value in told.values())


def test_an_item_that_cannot_be_planned_has_no_cover(planned):
    store, assortment, ordering = planned
    line = lines_of(store, assortment, ordering)[ODD]
    assert math.isnan(line.cover_after) and line.value == 0 and line.difference is None
