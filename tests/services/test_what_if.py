"""What-if: scenarios checked, applied, worked out in pairs, kept and shared."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from core.demand import PoissonDemand
from core.demand.seasonality import Season
from core.domain import ParameterError, Period
from core.evaluation import EvaluationSettings
from core.services import what_if
from core.services import what_if_cards as kept
from core.services.either import Either
from core.services.what_if import ask
from core.services.what_if_budget import within_budget
from core.services.what_if_demand import WithPeak, has_season, with_swing
from core.services.what_if_notes import notes_of
from core.services.what_if_outcome import AGENT, RULE, UNCHANGED, Question, kept_outcome
from core.services.what_if_results import (
    cost_split,
    headline,
    kpi_rows,
    order_changes,
)
from core.services.what_if_scenario import (
    Scenario,
    changed_item,
    changed_problem,
    ready_made,
    shortened,
)
from core.simulator import SingleItemSystem, draw_scenario
from tests.services.plan_parts import LAMP, MUG, TENT, BoldAgent, problems_of, shop


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Return the question about all items of the small shop."""
    store = shop(tmp_path_factory.mktemp("home"))
    assortment = problems_of(store)
    return Question(assortment, assortment.keys, store)


@pytest.fixture(scope="module")
def base(asked):
    return ask(asked, Scenario())


def item_of(asked, key):
    return asked.assortment.planned[asked.assortment.row(key)].item


def test_a_scenario_of_defaults_changes_nothing(asked):
    for plan in asked.planned:
        item = changed_item(plan.item, Scenario())
        assert item == plan.item
        assert changed_problem(plan.problem, item, Scenario()) == plan.problem


def test_every_knob_changes_its_own_number_and_leaves_the_planners_item_alone(asked):
    before = item_of(asked, MUG)
    scenario = Scenario(
        "all",
        lead_time_change=2,
        lead_time_spread_factor=3,
        holding_factor=2,
        stockout_factor=0.5,
        fixed_factor=4,
        min_order=30,
    )
    after = changed_item(before, scenario)
    assert after.lead_time.mean == 5 and after.lead_time.sd == 3 * before.lead_time.sd
    assert after.costs.holding_cost == 0.04 and after.costs.stockout_cost == 1.5
    assert after.costs.fixed_cost == 20 and after.rules.min_order == 30
    assert before == item_of(asked, MUG) and before.costs.holding_cost == 0.02


def test_a_target_service_sets_the_stock_out_cost_by_the_critical_ratio(asked):
    costs = changed_item(item_of(asked, LAMP), Scenario("s", target_service=0.98)).costs
    ratio = costs.stockout_cost / (costs.stockout_cost + costs.holding_cost)
    assert ratio == pytest.approx(0.98)


def test_demand_is_scaled(asked):
    plan = asked.planned[0]
    more = changed_problem(plan.problem, plan.item, Scenario("d", demand_factor=1.2))
    start = plan.problem.start
    assert more.demand.mean(start, 7) == pytest.approx(1.2 * plan.problem.demand.mean(start, 7))


def test_a_lead_time_never_falls_below_zero_and_the_items_are_told(asked):
    scenario = Scenario("soon", lead_time_change=-4)
    assert changed_item(item_of(asked, MUG), scenario).lead_time.mean == 0
    assert MUG in shortened([plan.item for plan in asked.planned], scenario)
    assert TENT not in shortened([plan.item for plan in asked.planned], scenario)


def test_a_peak_raises_its_own_periods_and_no_others():
    usual = PoissonDemand(level=10.0)
    peaked = WithPeak(usual, 3.0, first=5, length=2)
    assert peaked.mean(3, 5) == pytest.approx([10, 10, 30, 30, 10])
    draws = peaked.sample(np.random.default_rng(1), 500, 5, 3)
    same = usual.sample(np.random.default_rng(1), 500, 5, 3)
    outside = [0, 1, 4]
    assert np.array_equal(draws[:, outside], same[:, outside])
    assert draws[:, 2:4].mean() == pytest.approx(30, rel=0.05)
    assert WithPeak.from_json(peaked.to_json()) == peaked


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"demand_factor": 0.0}, "change of demand must be between −95 % and .*got '−100 %'"),
        ({"lead_time_spread_factor": 11.0}, "must be between 0 and 10, got '11'"),
        ({"demand_factor": float("nan")}, "demand"),
        ({"target_service": 1.0}, "target service must be between"),
        ({"holding_factor": -1.0}, "holding cost"),
        ({"reorder_point": 9.0, "order_up_to_level": 5.0}, "s must be below"),
        ({"reorder_point": 5.0, "order_up_to_level": 5.0}, "s = 5 and S = 5"),
    ],
)
def test_what_cannot_be_is_refused_in_words(values, words):
    with pytest.raises(ParameterError, match=words.replace("(", r"\(")):
        Scenario("odd", **values).check()


def test_a_scenario_that_contradicts_an_items_rules_names_the_item(asked):
    item = item_of(asked, MUG)
    capped = replace(item, rules=replace(item.rules, max_order=24.0))
    with pytest.raises(ParameterError, match="item 00123"):
        changed_item(capped, Scenario("bulk", min_order=100))


def test_the_five_ready_made_scenarios_can_be_and_say_what_they_change():
    for period in Period:
        scenarios = ready_made(period)
        assert len(scenarios) == 5
        for scenario in scenarios:
            assert scenario.check().words(period.value) != "nothing changes"
    assert ready_made(Period.DAY)[0].words("day") == "lead time +5 days"


def test_longer_lead_times_raise_s_and_todays_orders(asked, base):
    outcome = ask(asked, Scenario("late", lead_time_change=5))
    before = {line.key: line for line in base.orders}
    for line in outcome.orders:
        assert line.reorder_point >= before[line.key].reorder_point
    changes = order_changes(base, outcome)
    assert changes and all(change.rule_after >= change.rule_before for change in changes)
    sizes = [change.largest for change in changes]
    assert sizes == sorted(sizes, reverse=True)


def test_a_rule_that_does_not_adapt_serves_worse_when_deliveries_come_late(asked):
    outcome = ask(asked, Scenario("late", lead_time_change=5))
    assert outcome.kpis[UNCHANGED]["fill_rate"].mean() < outcome.kpis[RULE]["fill_rate"].mean()


def test_differences_are_paired_so_nothing_differs_from_itself(asked, base):
    again = ask(asked, Scenario("the same"))
    for row in kpi_rows([base, again], RULE, Period.DAY):
        assert row.cells[1].tone == "" and row.cells[1].text == row.cells[0].text
        assert not set("123456789") & set(row.cells[1].difference)


def test_pairs_tell_more_than_two_separate_runs(asked, base):
    outcome = ask(asked, Scenario("dear", fixed_factor=1.5))
    mine, other = outcome.kpis[UNCHANGED]["cost"], base.kpis[UNCHANGED]["cost"]
    assert (mine - other).std() < 0.5 * np.hypot(mine.std(), other.std())


def test_a_dearer_stock_is_called_worse_and_the_parts_add_up(asked, base):
    outcome = ask(asked, Scenario("dear", holding_factor=2))
    rows = {row.label: row for row in kpi_rows([base, outcome], RULE, Period.DAY)}
    assert rows["Total cost"].cells[1].tone == "worse"
    assert rows["Orders"].cells[1].tone == ""
    parts = cost_split(outcome, RULE)
    assert sum(parts.values()) == pytest.approx(outcome.kpis[RULE]["cost"].mean())
    assert headline(base, outcome, RULE, Period.DAY).startswith("dear: cost +")


def test_a_service_target_sets_prices_so_a_lower_sum_is_no_merit(asked, base):
    outcome = ask(asked, Scenario("less service", target_service=0.8))
    rows = {row.label: row for row in kpi_rows([base, outcome], RULE, Period.DAY)}
    assert outcome.kpis[RULE]["cost"].mean() < base.kpis[RULE]["cost"].mean()
    assert rows["Total cost"].cells[1].tone == ""
    assert rows["Fill rate"].cells[1].tone == "worse"
    assert any("not held against today's" in note for note in outcome.notes)


def test_a_target_says_where_todays_costs_ask_for_more(asked):
    asks = [one.costs for one in (plan.item for plan in asked.planned)]
    today = sorted(each.stockout_cost / (each.stockout_cost + each.holding_cost) for each in asks)
    low, high = (
        notes_of(asked, Scenario("t", target_service=share))[0]
        for share in (today[0] - 0.01, today[-1] + 1e-4)
    )
    assert f"on {len(today)} of {len(today)} items, so the target means less stock" in low
    assert "no promise" in high and "less stock" not in high


@pytest.mark.parametrize("shock", ["peak", "outage"])
def test_a_shock_beyond_the_days_played_is_said_not_to_count(asked, shock):
    def said(after, length):
        values = {f"{shock}_after": after, f"{shock}_length": length, "peak_factor": 2.0}
        return " ".join(notes_of(asked, Scenario("far", **values)))

    days = asked.settings.horizon
    assert f"the {shock} begins after the {days} days" in said(days, 5)
    assert "nobody knows" not in said(days, 5)
    assert f"the {shock} lasts beyond the {days} days" in said(days - 5, 6)
    assert "count here" not in said(days - 5, 5)


@pytest.mark.parametrize(
    ("shock", "begun"),
    [("peak", {"peak_factor": 2.0}), ("peak", {"peak_after": 3}), ("outage", {"outage_after": 3})],
)
def test_a_shock_without_a_length_is_said_to_change_nothing(asked, shock, begun):
    (note,) = notes_of(asked, Scenario("half", **begun))
    assert note.startswith(f"half: the {shock} lasts 0 days, so it changes nothing")
    whole = notes_of(asked, Scenario("whole", **begun, **{f"{shock}_length": 4}))
    assert not any("changes nothing" in each for each in whole)
    assert notes_of(asked, Scenario("none")) == ()


def test_one_item_is_projected_and_her_own_s_and_big_s_are_played(asked):
    one = replace(asked, keys=(LAMP,))
    outcome = ask(one, Scenario("mine", reorder_point=20, order_up_to_level=40))
    line = outcome.orders[0]
    assert (line.reorder_point, line.order_up_to_level) == (20, 40)
    assert line.rule == 40 - 16  # 9 on hand and 7 on order
    assert outcome.chart is not None and set(outcome.chart.paths) == {RULE, UNCHANGED}


def test_what_was_worked_out_for_all_items_is_found_again_under_any_name(asked):
    scenario = Scenario("first name", demand_factor=1.1)
    outcome = ask(asked, scenario)
    found = kept_outcome(asked, replace(scenario, name="second name"))
    assert found is not None and found.scenario.name == "second name"
    assert found.orders == outcome.orders
    assert found.kpis[RULE]["cost"] == pytest.approx(outcome.kpis[RULE]["cost"])
    assert kept_outcome(asked, Scenario("else", demand_factor=1.11)) is None


def test_items_the_agent_was_not_trained_for_are_ordered_by_the_rule(asked):
    problems = asked.assortment.problems
    fifty = BoldAgent.of(problems, order_up_to_level=[50.0] * len(problems))
    ten = BoldAgent.of(problems, order_up_to_level=[10.0] * len(problems))
    mixed = Either(fifty, ten, [True, False, False, True])
    system = SingleItemSystem(problems, 2)
    seen = system.observe(system.start(), draw_scenario(problems, 2, 1, 0))
    assert mixed.act(seen).tolist() == [50, 50, 10, 10, 10, 10, 50, 50]
    assert mixed.select([1, 3]).parameters_of(1)["order_up_to_level"] == 50


def test_an_agent_replaced_everywhere_is_not_held_against_its_own_past(base):
    played = {**base.kpis, AGENT: {k: 2 * v for k, v in base.kpis[RULE].items()}}
    before = replace(base, kpis=played)
    doubts = {line.key.label: "other lead time" for line in base.orders}
    after = replace(base, kpis={**base.kpis, AGENT: base.kpis[RULE]}, doubts=doubts)
    (cost, *_) = kpi_rows([before, after], AGENT, Period.DAY)
    assert cost.cells[1].tone == ""


def test_cards_are_kept_four_at_most_and_only_sound_ones(tmp_path):
    store = shop(tmp_path)
    made = ready_made(Period.DAY)
    kept.set_cards(store, made[:4])
    assert kept.cards(store) == made[:4]
    with pytest.raises(ParameterError, match="At most 4"):
        kept.set_cards(store, made)
    with pytest.raises(ParameterError):
        kept.set_cards(store, [Scenario("odd", demand_factor=99)])
    assert kept.cards(store) == made[:4]


def test_a_card_of_another_version_does_not_stop_the_page(tmp_path):
    store = shop(tmp_path)
    store.settings.set("what_if.cards", [{"name": "old", "supplier_outage": 3}, {"name": "new"}])
    assert kept.cards(store) == (Scenario("new"),)


def test_a_scenario_is_kept_under_its_name_and_replaced_by_its_namesake(tmp_path):
    store = shop(tmp_path)
    kept.keep(store, Scenario("mine", demand_factor=1.1))
    kept.keep(store, Scenario("mine", demand_factor=1.3))
    assert kept.saved(store) == (Scenario("mine", demand_factor=1.3),)
    kept.forget(store, "mine")
    assert kept.saved(store) == ()


def test_a_link_carries_the_whole_scenario_or_a_known_name(tmp_path):
    store = shop(tmp_path)
    scenario = Scenario("Demand +20 % | strike", demand_factor=1.2, peak_length=3, peak_factor=0.5)
    back = kept.from_link(store, kept.to_link(scenario), Period.DAY)
    assert back.changes == scenario.changes and back.name == "Demand +20 % / strike"
    assert kept.from_link(store, "Demand +20 %", Period.DAY) == ready_made(Period.DAY)[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no such name", "no scenario 'no such name'"),
        ("x|demand_factor=lots", "change of demand must be a number, got 'lots'. Copy the link"),
        ("x|peak_factor=", "peak, against usual demand must be a number, got ''. Copy the link"),
        ("x|demand_factor=nan", "between −95 % and .*got 'nan'"),
        ("x|demand_factor=1e9", "change of demand must be between"),
        ("x|rm=1", "no such value, got 'rm'. Copy the link"),
        ("|demand=2", "no such value"),
        ("|", "name of 1 to 60 letters"),
    ],
)
def test_a_broken_link_is_refused_in_words(tmp_path, text, words):
    with pytest.raises(ParameterError, match=words):
        kept.from_link(shop(tmp_path), text, Period.DAY)


def test_the_futures_start_today_and_are_the_test_futures(asked):
    assert asked.settings.warm_up == 0
    assert asked.settings.seed == EvaluationSettings().seed


def test_an_outage_costs_service_and_leaves_the_rule_and_todays_orders_alone(asked, base):
    outcome = ask(asked, Scenario("closed", outage_length=21))
    assert outcome.orders == base.orders
    served = outcome.kpis[RULE]["fill_rate"] - base.kpis[RULE]["fill_rate"]
    assert served.mean() < -0.01
    rows = {row.label: row for row in kpi_rows([base, outcome], RULE, Period.DAY)}
    assert rows["Fill rate"].cells[1].tone == "worse"
    assert any("nobody knows of the outage" in note for note in outcome.notes)


def test_a_stronger_season_swings_more_about_the_same_level():
    season = Season(Period.MONTH, month=(0.5, 1.5) * 6)
    usual = PoissonDemand(level=10.0, season=season)
    assert has_season(usual) and not has_season(PoissonDemand(level=10.0))
    assert with_swing(usual, 1.6).season.month == pytest.approx((0.2, 1.8) * 6)
    assert with_swing(usual, 0.0).mean(0, 2) == pytest.approx([10, 10])
    wild = np.array(with_swing(usual, 5.0).season.month)
    assert wild.min() == 0 and wild.mean() == pytest.approx(1)
    assert with_swing(PoissonDemand(level=10.0), 3.0) == PoissonDemand(level=10.0)


def test_items_without_a_season_are_counted_and_stay_as_they_are(asked, base):
    outcome = ask(asked, Scenario("swing", season_factor=3.0))
    assert any("4 of 4 items have no yearly season" in note for note in outcome.notes)
    assert outcome.orders == base.orders


def test_a_budget_lets_the_lines_wait_that_cost_least_and_says_so(asked, base):
    prices = [item_of(asked, key).costs.unit_cost for key in asked.keys]
    values = [line.rule * price for line, price in zip(base.orders, prices, strict=True)]
    assert sum(value > 0 for value in values) >= 2
    outcome = ask(asked, Scenario("cash", budget=max(values)))
    kept = [line.rule * price for line, price in zip(outcome.orders, prices, strict=True)]
    assert 0 < sum(kept) <= max(values) < sum(values)
    assert any("over the budget" in note for note in outcome.notes)
    assert outcome.kpis[RULE]["cost"].mean() > base.kpis[RULE]["cost"].mean()
    (none,) = [n for n in ask(asked, Scenario("none", budget=1)).notes if "(s, S) wants" in n]
    assert "every line alone is above" in none
    plenty = ask(asked, Scenario("plenty", budget=1e9))
    assert plenty.orders == base.orders
    assert plenty.kpis[RULE]["cost"] == pytest.approx(base.kpis[RULE]["cost"])


def test_no_choice_of_whole_lines_beats_the_budgets_by_more_than_it_says():
    rng = np.random.default_rng(4)
    for _ in range(200):
        worth, cost = rng.integers(1, 30, 8).astype(float), rng.normal(5, 6, 8)
        budget = float(rng.integers(1, 120))
        found = within_budget(worth, cost, budget)
        best = min(
            np.maximum(cost, 0)[list(waits)].sum()
            for n in range(9)
            for waits in combinations(range(8), n)
            if worth.sum() - worth[list(waits)].sum() <= budget
        )
        mine = np.maximum(cost, 0)[found.waits].sum()
        assert found.kept == worth[~found.waits].sum() <= budget
        assert best <= mine + 1e-9 and mine <= best + found.most_missed + 1e-9


def test_a_scenario_may_name_who_orders(asked, base):
    outcome = ask(asked, Scenario("nobody adapts", lead_time_change=5, who=UNCHANGED))
    rows = {row.label: row for row in kpi_rows([base, outcome], RULE, Period.DAY)}
    assert cost_split(outcome, RULE)["stockout_cost"] == pytest.approx(
        outcome.kpis[UNCHANGED]["stockout_cost"].mean()
    )
    assert rows["Fill rate"].cells[1].tone == "worse"
    assert "as it stands today orders" in outcome.scenario.words("day")
    with pytest.raises(ParameterError, match=r"not known, got 'nobody'.*Choose"):
        Scenario("odd", who="nobody").check()
    alone = ask(asked, Scenario("agent", who=AGENT))
    assert any("no agent in use" in note for note in alone.notes)
    assert kpi_rows([base, alone], RULE, Period.DAY)[0].cells[1].tone == ""


def test_a_link_carries_words_and_every_digit(tmp_path):
    scenario = Scenario("x", demand_factor=1.2345678, who=AGENT, outage_length=3)
    assert kept.from_link(shop(tmp_path), kept.to_link(scenario), Period.DAY) == scenario


@pytest.mark.parametrize("wish", ["As today", "Key figure"])
def test_a_scenario_never_takes_a_name_that_the_tables_use(wish):
    assert kept.free_name(wish, []) == f"{wish} (2)"


def test_the_parts_come_to_the_same_whatever_their_size(asked, base, monkeypatch):
    monkeypatch.setattr(what_if, "_AT_ONCE", 1)
    apart = what_if._work_out(asked, Scenario(), asked.labels, lambda share, step: None)
    assert apart.orders == base.orders
    for name in ("cost", "fill_rate"):
        assert apart.kpis[RULE][name] == pytest.approx(base.kpis[RULE][name], rel=1e-5)
