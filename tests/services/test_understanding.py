"""What each item is, from the record of a small shop."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from core.domain import Events, ItemKey, Period, SalesHistory
from core.ingest import ReadOptions, Source
from core.services.importing import import_from_file, load_sample
from core.services.kept_understanding import understand_once
from core.services.one_offs import Answer, Stretch, answer, answers, whole_history
from core.services.understanding import understand
from core.services.unusual import with_answers
from core.services.workspace import Origin, data_fingerprint, load_plan_data, plan_data
from tests.services.plan_parts import LAMP, MUG, ODD, TENT, problems_of

FIRST = date(2024, 1, 1)


def shop_with_a_peak(store, n_days=400):
    """Import steady sales of two items, one of which sold 300 on a day in April."""
    rng = np.random.default_rng(1)
    rows = ["date,item,quantity"]
    for k in range(n_days):
        day = FIRST + timedelta(days=k)
        for key in (MUG, LAMP):
            sold = 300 if key == MUG and k == 100 else rng.poisson(5) + 1
            rows.append(f"{day},{key.item},{sold}")
    instead = ReadOptions(answers={"append": "replace"})
    source = Source("sales.csv", "\n".join(rows).encode())
    import_from_file(store, "history", source, options=instead)
    return load_plan_data(store)


def test_items_are_classed_and_out_of_stock_periods_are_counted(store):
    known = understand(load_plan_data(store))
    mug, tent, odd = known.of(MUG), known.of(TENT), known.of(ODD)
    assert (mug.n_out_of_stock, mug.state) == (2, "running")
    assert (tent.demand_class, tent.mean) == ("intermittent", pytest.approx(40 / 118))
    assert (odd.state, odd.abc, odd.xyz) == ("never sold", "C", "")
    assert sum(n for n, _ in known.cells.values()) == 5
    assert sum(share for _, share in known.cells.values()) == pytest.approx(1.0)


def test_what_is_known_is_kept_for_the_same_data_and_read_back_alike(store, monkeypatch):
    data = shop_with_a_peak(store)
    made = understand_once(data, store)
    assert made.unusual
    with monkeypatch.context() as patch:
        patch.setattr("core.services.kept_understanding.understand", None)
        again = understand_once(load_plan_data(store), store)
    np.testing.assert_equal([asdict(i) for i in again.items], [asdict(i) for i in made.items])
    assert again.unusual == made.unusual
    assert (again.valued_by, again.bucket, again.period) == (
        made.valued_by,
        made.bucket,
        made.period,
    )
    import_from_file(store, "items", Source("items.csv", b"item,unit cost\n00123,3\n"))
    changed = understand_once(load_plan_data(store), store)
    assert len(store.runs.list("understanding")) == 2
    assert changed.of(MUG) is not None


def test_value_is_by_price_else_by_unit_cost_else_by_units(store):
    data = load_plan_data(store)
    assert understand(data).valued_by == "units sold × unit cost over the last year"
    priced = tuple(replace(item, price=7.0) for item in data.items)
    assert (
        understand(replace(data, items=priced)).valued_by == "units sold × price over the last year"
    )
    guessed = tuple(replace(item, assumed=frozenset({"unit_cost"})) for item in data.items)
    assert understand(replace(data, items=guessed)).valued_by.startswith("units sold over")


def test_an_item_without_a_price_is_named_in_the_words(store):
    data = load_plan_data(store)
    items = [replace(item, price=5.0) for item in data.items]
    items[data.history.keys.index(ODD)] = replace(data.item(ODD), price=None)
    assert (
        understand(replace(data, items=tuple(items))).valued_by
        == "units sold × price over the last year"
    )
    items[data.history.keys.index(MUG)] = replace(data.item(MUG), price=None)
    assert "unit cost" in understand(replace(data, items=tuple(items))).valued_by


def test_the_sample_is_understood(var_dir, store):
    load_sample(store)
    known = understand(load_plan_data(store))
    assert (
        known.valued_by == "units sold × price over the last year" and known.bucket == "four weeks"
    )
    assert {item.demand_class for item in known.items} >= {"smooth", "intermittent"}
    seasonal = [item for item in known.items if item.season_why]
    assert any("Busiest in July" in item.season_why for item in seasonal)
    gone = [item for item in known.items if item.state == "gone"]
    assert all("No sale since" in item.state_why for item in gone)


def test_a_peak_is_listed_with_what_is_usual(store):
    known = understand(shop_with_a_peak(store))
    (peak,) = known.unusual
    assert peak.stretch == Stretch(MUG, FIRST + timedelta(days=100), 1)
    assert peak.quantity == 300 and 4 < peak.usual < 9
    assert known.of(MUG).n_unusual == 1 and known.unusual_of(LAMP) == ()
    assert "leave it out" in peak.advice


def test_a_promotion_and_a_yearly_peak_are_told_apart_from_a_one_off(store):
    data = shop_with_a_peak(store, 800)
    day = np.array([FIRST + timedelta(days=100)], dtype="datetime64[D]")
    word = np.array(["promotion"])
    promotions = Events((MUG,), np.array([0]), day, day, word, word)
    promoted = replace(data, events={"promotions": promotions})
    assert "On promotion" in understand(promoted).unusual[0].advice
    quantity = data.history.quantity.copy()
    quantity[data.history.keys.index(MUG), 465] = 280
    again = replace(data, history=replace(data.history, quantity=quantity))
    assert [each.quantity for each in understand(again).unusual] == [300, 280]
    assert all("a year apart" in each.advice for each in understand(again).unusual)


def test_a_one_off_is_left_out_of_demand_and_can_be_taken_back(store):
    before = shop_with_a_peak(store)
    (peak,) = understand(before).unusual
    level = problems_of(store).problems[before.history.keys.index(MUG)].demand.mean(0, 1)[0]
    answer(store, [peak.stretch], Answer.ONE_OFF)
    data = load_plan_data(store)
    one = data.history.item(MUG)
    assert (one.quantity[100], one.in_stock[100]) == (0.0, False)
    assert data.history_hash != before.history_hash
    assert data.fingerprint == data_fingerprint(store) != before.fingerprint
    lower = problems_of(store).problems[before.history.keys.index(MUG)].demand.mean(0, 1)[0]
    assert lower < level
    assert whole_history(data).quantity.tolist() == before.history.quantity.tolist()
    assert understand(data).unusual == (peak,), "it is marked all the same"
    answer(store, [peak.stretch], None)
    back = load_plan_data(store)
    assert (back.fingerprint, back.history_hash) == (before.fingerprint, before.history_hash)
    assert back.history.quantity.tolist() == before.history.quantity.tolist()


def test_hours_in_stock_are_left_out_and_brought_back_with_the_sale(store):
    from core.services.one_offs import whole_item, without

    before = shop_with_a_peak(store)
    share = np.ones(before.history.quantity.shape)
    before = replace(before, history=replace(before.history, stocked_share=share))
    data = without(before, [Stretch(MUG, FIRST + timedelta(days=100), 1)])
    one = data.history.item(MUG)
    assert one.stocked_share is not None and one.stocked_share[99:102].tolist() == [1, 0, 1]
    assert whole_history(data).stocked_share.tolist() == share.tolist()
    assert whole_item(data, MUG).stocked_share.tolist() == [1.0] * one.n_periods
    assert whole_item(data, MUG).quantity[100] == 300


def test_a_real_sale_stays_and_its_answer_is_kept(store):
    before = shop_with_a_peak(store)
    (peak,) = understand(before).unusual
    answer(store, [peak.stretch], Answer.REAL)
    data = load_plan_data(store)
    assert data.fingerprint == before.fingerprint
    (told,) = with_answers((peak,), answers(store), data)
    assert told.answer is Answer.REAL


def test_open_sales_come_first_and_what_is_usual_by_now_can_still_be_taken_back(store):
    data = shop_with_a_peak(store)
    (peak,) = understand(data).unusual
    quiet = Stretch(LAMP, FIRST + timedelta(days=30), 2)
    answer(store, [quiet], Answer.ONE_OFF)
    data = load_plan_data(store)
    told = with_answers((peak,), answers(store), data)
    assert [each.stretch for each in told] == [peak.stretch, quiet]
    assert [each.answer for each in told] == [None, Answer.ONE_OFF]
    assert told[1].quantity == whole_history(data).item(LAMP).quantity[30:32].sum()


def test_other_items_keep_their_demand_models_and_their_decisions(store, monkeypatch):
    before = shop_with_a_peak(store)
    assert len(problems_of(store).planned) == 2
    mark = before.situation(LAMP)
    (peak,) = understand(before).unusual
    answer(store, [peak.stretch], Answer.ONE_OFF)
    fitted = []
    from core.services import assortment

    real = assortment.demand_rows
    monkeypatch.setattr(
        assortment,
        "demand_rows",
        lambda histories, tell: fitted.extend(h.key for h in histories) or real(histories, tell),
    )
    assert [plan.key for plan in problems_of(store).planned] == list(before.history.keys)
    assert fitted == [MUG]
    data = load_plan_data(store)
    assert data.situation(LAMP) == mark and data.situation(MUG) != before.situation(MUG)


def test_what_is_held_out_stays_unseen_where_one_offs_are_left_out(store):
    """Models of the known part are fitted to it, not taken from those of the whole."""
    from core.services.assortment import build_assortment, without_tail

    (peak,) = understand(shop_with_a_peak(store)).unusual
    problems_of(store)
    answer(store, [peak.stretch], Answer.ONE_OFF)
    known = without_tail(load_plan_data(store), 0.125)
    kept, alone = build_assortment(known, store), build_assortment(known)
    assert [p.demand.to_json() for p in kept.problems] == [
        p.demand.to_json() for p in alone.problems
    ]
    whole = problems_of(store).problems[known.history.keys.index(LAMP)]
    assert kept.problems[known.history.keys.index(LAMP)].demand.to_json() != whole.demand.to_json()


def test_an_answer_about_an_item_that_is_not_in_the_file_waits(store):
    data = load_plan_data(store)
    answer(store, [Stretch(replace(MUG, item="ELSE"), FIRST, 1)], Answer.ONE_OFF)
    again = load_plan_data(store)
    assert again.left_out == () and again.history_hash == data.history_hash


@pytest.mark.parametrize("period", list(Period))
@pytest.mark.parametrize("n_periods", [1, 3, 8, 29, 336])
def test_short_and_strange_histories_are_understood(period, n_periods):
    """Nothing sold, always the same, fractions, one item never in stock: no warning, no fault."""
    rng = np.random.default_rng(n_periods)
    quantity = rng.gamma(1.0, 1.0, (4, n_periods))
    quantity[0], quantity[1] = 0.0, 2.0
    in_stock = np.ones(quantity.shape, dtype=bool)
    in_stock[2] = False
    keys = tuple(ItemKey(code) for code in "ABCD")
    history = SalesHistory(period, 19_000, keys, quantity, in_stock, np.zeros(4, dtype=int))
    known = understand(plan_data(history, (), {}, Origin()))
    assert [item.demand_class for item in known.items[:3]] == ["none", "smooth", "none"]
    assert known.of(keys[2]).n_out_of_stock == n_periods
    assert known.items[0].states == ("never sold",) and known.unusual == ()


def test_car_parts_fall_into_the_published_classes(shared):
    """2,674 parts; blank months, in which a part was not stocked, are no zeros."""
    table = pd.read_csv(shared / "data" / "carparts_monthly_wide.csv").iloc[:, 1:]
    sold = table.to_numpy(dtype=float).T
    keys = tuple(ItemKey(code) for code in table.columns)
    history = SalesHistory(
        Period.MONTH,
        336,
        keys,
        np.nan_to_num(sold),
        np.isfinite(sold),
        np.zeros(len(keys), dtype=int),
    )
    known = understand(plan_data(history, (), {}, Origin()))
    found = Counter(item.demand_class for item in known.items)
    assert found == {"intermittent": 2306, "lumpy": 343, "smooth": 21, "erratic": 4}
    assert len(known.unusual) < 0.01 * sold.size / 12
