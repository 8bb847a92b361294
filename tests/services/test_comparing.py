"""Comparing an agent with (s, S): kept, found again, read by the gate, said in words."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.domain import Outcome, Verdict
from core.evaluation import Contract, EvaluationSettings, GateDecision
from core.jobs import JobStatus, run_inline
from core.services import comparing, frontiers
from core.services.comparing import (
    agent_label,
    compare_agent,
    data_end,
    gate_decisions,
    latest_proof,
)
from core.services.comparing_job import (
    COMPARE,
    comparison_job,
    expected_seconds,
    run_comparison_job,
)
from core.services.fit_words import fit_statement, say_overall, training_statement, verdict_over
from core.services.frontiers import MULTIPLIERS, latest_frontier, trace_frontier
from core.services.judging import (
    by_demand_class,
    challengers,
    contract_lines,
    item_rows,
    say,
    tail_sentence,
)
from core.services.order_lines import order_lines
from core.services.ordering import plan_today
from core.services.plan_reporting import plan_report
from core.services.stock_charts import stock_over_time
from core.simulator.seeds import TEST_SEED
from tests.services.plan_parts import LAMP, MUG, BoldAgent, bold_agent, problems_of, shop


def at_work_with_bundle(store, assortment, **summary):
    """Return the bold agent with what a real one has: orders for any problems."""

    def policy(problems, baseline=None):
        return BoldAgent.of(problems, order_up_to_level=[50.0] * len(problems))

    found = bold_agent(store, assortment)
    record = replace(found.record, summary=summary)
    return replace(found, agent=SimpleNamespace(policy=policy, scope=None), record=record)


@pytest.fixture(scope="module")
def proved(tmp_path_factory):
    """Return a record, its problems, the agent and what was found about it."""
    store = shop(tmp_path_factory.mktemp("home"))
    assortment = problems_of(store)
    at_work = at_work_with_bundle(store, assortment, data_end=assortment.data.today_index - 15)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "agent_at_work", lambda *_: at_work)
        patch.setattr(frontiers, "agent_at_work", lambda *_: at_work)
        proof = compare_agent(store, assortment, at_work.record)
        trace_frontier(store, assortment, at_work.record)
    return store, assortment, at_work, proof


def test_agent_and_rules_are_played_on_the_test_futures(proved):
    _, assortment, _, proof = proved
    found = proof.comparison
    assert set(found.policies) == {"s_S", "base_stock", "eoq_safety_stock", "bold"}
    assert found.reference == "s_S" and found.contract.seed == TEST_SEED
    assert found.items == tuple(key.label for key in assortment.keys)


def test_filling_up_to_fifty_is_found_dearer_where_ten_would_do(proved):
    _, assortment, _, proof = proved
    lamp = proof.comparison.verdicts["bold"][assortment.row(LAMP)]
    assert lamp.outcome is Outcome.WORSE
    assert proof.comparison.overall["bold"].outcome is Outcome.WORSE


def test_what_was_found_is_kept_and_found_again(proved):
    store, assortment, at_work, proof = proved
    again = latest_proof(store, assortment, at_work.record)
    assert again is not None and again.run_id == proof.run_id
    assert again.comparison.overall == proof.comparison.overall
    assert again.backtest is not None and again.backtest.items == proof.backtest.items


def test_a_proof_is_not_taken_for_another_agent_or_other_costs(proved):
    store, assortment, at_work, _ = proved
    other = replace(at_work.record, bundle_sha256="0" * 64)
    assert latest_proof(store, assortment, other) is None
    mug = assortment.planned[assortment.row(MUG)]
    costs = replace(mug.problem.costs, stockout_cost=99.0)
    dearer = replace(mug, problem=replace(mug.problem, costs=costs))
    changed = replace(assortment, planned=(dearer, *assortment.planned[1:]))
    assert latest_proof(store, changed, at_work.record) is None


def test_a_renamed_agent_keeps_its_proof_under_its_new_name(proved):
    store, assortment, at_work, _ = proved
    renamed = replace(at_work.record, name="Bolder")
    proof = latest_proof(store, assortment, renamed)
    assert proof is not None and proof.names[proof.agent] == "Bolder"


def test_the_gate_gives_no_item_to_a_dearer_agent_and_says_why(proved):
    _, assortment, at_work, proof = proved
    decisions = gate_decisions(proof, at_work, assortment)
    assert set(decisions) == set(assortment.keys)
    lamp = decisions[LAMP]
    assert not lamp.uses_agent and "bold" in lamp.reason and "more than (s, S)" in lamp.reason


def test_a_doubt_keeps_the_agent_out_whatever_was_found(proved):
    _, assortment, at_work, proof = proved
    doubted = replace(at_work, doubts={MUG: "It was trained for other costs."})
    assert gate_decisions(proof, doubted, assortment)[MUG].reason == doubted.doubts[MUG]


def test_the_orders_follow_the_gate_once_there_is_a_proof(proved):
    store, assortment, at_work, _ = proved
    lamp = plan_today(assortment, store, "auto", at_work).proposal(LAMP)
    assert lamp.policy == "s_S" and "more than (s, S)" in lamp.reason


def test_the_held_out_tail_says_whether_the_agent_had_seen_it(proved):
    _, assortment, at_work, proof = proved
    assert "fair test" in training_statement(proof)
    n = len(proof.comparison.items)
    assert "says nothing about it" in training_statement(proof, n)
    assert f"fits {n - 1} of {n} items" in fit_statement(proof, 1) and not fit_statement(proof, 0)
    percent = proof.comparison.overall["bold"].percent
    assert f"differs by {percent:+.1f} %" in fit_statement(proof, 1)
    knowing = replace(at_work.record, summary={})
    assert data_end(knowing, assortment) == assortment.data.today_index
    assert data_end(at_work.record, assortment) == assortment.data.today_index - 15
    assert tail_sentence(proof, "bold").headline.startswith("On your real sales, bold")


def test_the_verdict_leaves_out_what_the_agent_does_not_fit_and_says_so(proved):
    _, assortment, _, proof = proved
    n, row = len(proof.comparison.items), assortment.row(MUG)
    told = say_overall(proof, "bold", {row})
    assert told.headline.startswith(f"Over the {n - 1} of {n} items that it fits, bold is worse")
    rest = verdict_over(proof.comparison, "bold", [i for i in range(n) if i != row])
    assert f"{rest.difference:+,.2f} ± {rest.half_width:,.2f} money" in told.detail
    whole = say_overall(proof, "bold")
    assert whole.headline.startswith(f"Over all {n} items") and whole.detail != told.detail
    assert say_overall(proof, "base_stock", {row}).headline.startswith(f"Over all {n} items")


def test_the_report_on_the_plan_gives_the_verdict_of_the_policies_page(proved):
    store, assortment, at_work, proof = proved
    doubtful = replace(at_work, doubts={MUG: "too dear"})
    ordering = replace(plan_today(assortment, store, "auto", at_work), at_work=doubtful)
    told = SimpleNamespace(sentence="")
    lines = order_lines(assortment, ordering, {})
    who = plan_report(assortment, ordering, lines, explain=lambda key: told).who
    shown = say_overall(proof, "bold", {assortment.row(MUG)})
    assert f"{shown.headline} {shown.detail}" in who


def test_an_agent_that_saw_the_tail_is_marked(tmp_path, monkeypatch):
    store = shop(tmp_path)
    assortment = problems_of(store)
    at_work = at_work_with_bundle(store, assortment)
    monkeypatch.setattr(comparing, "agent_at_work", lambda *_: at_work)
    proof = compare_agent(store, assortment, at_work.record)
    assert proof.backtest is not None and proof.backtest.agent_saw_tail("bold")
    assert "no proof" in training_statement(proof)


def test_an_agent_named_like_a_rule_is_told_apart_from_it(proved):
    _, _, at_work, _ = proved
    assert agent_label(replace(at_work.record, name="s_S")) == "s_S (agent)"


def test_the_frontier_rises_with_the_stock_out_cost_and_holds_the_agent(proved):
    store, assortment, at_work, _ = proved
    traced = latest_frontier(store, assortment, at_work.record)
    assert traced is not None
    assert [(p.label, p.multiplier) for p in traced.curve] == [("s_S", x) for x in MULTIPLIERS]
    fills = [row["fill_rate"] for row in traced.rows() if row["multiplier"] is not None]
    assert fills[-1] > fills[0]
    assert traced.points[0].label == "bold"
    other = latest_frontier(store, assortment, replace(at_work.record, bundle_sha256="x"))
    assert other is not None and other.curve
    assert "bold" not in {point.label for point in other.points}


def test_an_agent_that_follows_costs_is_a_curve_and_says_where_another_stands_in(
    proved, monkeypatch
):
    store, assortment, at_work, _ = proved
    lamp = assortment.problems[assortment.row(LAMP)]
    most = 3.0 * lamp.costs.stockout_cost
    scope = SimpleNamespace(holds=lambda p: p.name != lamp.name or p.costs.stockout_cost < most)
    agent = SimpleNamespace(policy=at_work.agent.policy, scope=scope, cards=())
    record = replace(at_work.record, bundle_sha256="follows costs")
    general = replace(at_work, agent=agent, record=record)
    monkeypatch.setattr(frontiers, "agent_at_work", lambda *_: general)
    traced = trace_frontier(store, assortment, record)
    mine = [row for row in traced.rows() if row["label"] == "bold"]
    assert [row["multiplier"] for row in mine] == list(MULTIPLIERS)
    assert [row["n_outside"] for row in mine] == [0, 0, 0, 0, 0, 1, 1]
    assert [row["n_outside"] for row in traced.rows(MUG.label)] == [0] * len(traced.rows())
    # It always fills up to 50, whatever it is told: only the item that is taken over moves.
    assert mine[0]["cost"] == mine[4]["cost"] != mine[5]["cost"]
    renamed = latest_frontier(store, assortment, replace(record, name="Bolder"))
    assert renamed is not None and "Bolder" in {point.label for point in renamed.curve}


def test_an_item_row_holds_both_costs_and_who_orders(proved):
    _, assortment, _, proof = proved
    decisions = {LAMP: GateDecision(LAMP.label, "bold", True, "It wins.")}
    rows = {row.key: row for row in item_rows(proof, assortment, "bold", decisions)}
    lamp = rows[LAMP]
    assert lamp.cost - lamp.rule_cost == pytest.approx(lamp.verdict.difference)
    assert (lamp.used, lamp.why) == ("bold", "It wins.")
    assert rows[MUG].used == "(s, S)"


def test_kinds_of_demand_add_up_to_all_items(proved):
    _, assortment, _, proof = proved
    groups = by_demand_class(proof, assortment, "bold")
    counted = sum(c.wins + c.ties + c.losses for c, _ in groups.values())
    assert counted == len(assortment.keys)
    total = sum(verdict.difference for _, verdict in groups.values())
    assert total == pytest.approx(proof.comparison.overall["bold"].difference)


def test_the_agent_is_looked_at_first_then_the_cheapest_rule(proved):
    _, _, _, proof = proved
    first, *rules = challengers(proof)
    assert first == "bold"
    costs = [proof.comparison.overall[rule].difference for rule in rules]
    assert costs == sorted(costs) and "s_S" not in rules


@pytest.mark.parametrize(
    ("difference", "half", "words"),
    [(-5.0, 1.0, "is better"), (5.0, 1.0, "is worse"), (-0.5, 1.0, "cannot be told apart")],
)
def test_better_is_said_only_beyond_noise(proved, difference, half, words):
    contract = proved[3].comparison.contract
    told = say(Verdict(difference, half, 100.0, 400), "Ann", contract, "Over all 4 items")
    assert words in told.headline and "95 % interval, 400 test futures" in told.detail
    assert f"{difference:+,.2f} ± 1.00" in told.detail


def test_the_contract_names_futures_seed_and_what_happens_out_of_stock(proved):
    lines = " ".join(contract_lines(proved[3].comparison.contract))
    assert "400 test futures" in lines and f"seed {TEST_SEED}" in lines
    assert "lost sales for 4 items" in lines


def test_a_contract_without_calendar_is_worded_too(proved):
    settings = EvaluationSettings(n_paths=10, horizon=20, warm_up=5)
    contract = Contract.of(proved[1].problems, settings, False)
    assert "20 periods counted, after" in " ".join(contract_lines(contract))


def test_stock_over_time_starts_from_todays_stock_for_both(proved):
    _, assortment, at_work, _ = proved
    chart = stock_over_time(assortment, LAMP, {"bold": at_work.policy})
    assert chart.start.inventory_level == 9.0 and chart.start.due == (0.0, 7.0)
    assert chart.paths["bold"].orders[0] == 50 - 16


def test_the_job_compares_the_rules_alone_and_says_how_long_it_took(tmp_path):
    store = shop(tmp_path)
    assortment = problems_of(store)
    seen = []
    job = run_inline(store, COMPARE, {"agent": None}, seen.append)
    assert job.status is JobStatus.DONE and job.result["n_items"] == 4
    shares = [report["fraction"] for report in seen]
    assert shares == sorted(shares) and any("Base-stock" in r["phase"] for r in seen)
    proof = latest_proof(store, assortment, None)
    assert proof is not None and proof.agent is None and proof.run_id == job.result["run"]
    assert latest_frontier(store, assortment, None) is not None
    assert comparison_job(store, None).id == job.id and comparison_job(store, 7) is None
    assert expected_seconds(store, assortment, None) == job.elapsed_s
    # Nothing ran with an agent yet: its own rule of thumb, longer than that of the rules alone.
    bare = shop(tmp_path / "bare")
    rules, agent = (expected_seconds(bare, problems_of(bare), who) for who in (None, 7))
    assert rules < agent == expected_seconds(store, assortment, 7)


def test_a_stopped_comparison_keeps_nothing(tmp_path):
    store = shop(tmp_path)
    context = SimpleNamespace(
        store=store,
        payload={"agent": None},
        report=lambda progress: None,
        is_cancelled=lambda: True,
    )
    assert run_comparison_job(context) == {"stopped": True}
    assert latest_proof(store, problems_of(store), None) is None
