"""Measured lead times: own, of the supplier, of all; assumed ones give way, given ones do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core.domain import CostRates, Deliveries, Item, ItemKey, LeadTime, Period
from core.ingest import Source
from core.services.editing import save_items
from core.services.importing import import_from_file
from core.services.lead_times import (
    Measured,
    differences,
    edits_to_measured,
    measure,
    with_measured,
)
from core.services.workspace import load_plan_data
from core.simulator.lead_times import lead_time_probabilities, mean_and_sd
from core.store import Store, open_store

A, B, C = ItemKey("A"), ItemKey("B"), ItemKey("C")


def deliveries(*rows: tuple[ItemKey, str, int]) -> Deliveries:
    keys = tuple(sorted({row[0] for row in rows}))
    ordered = np.full(len(rows), np.datetime64("2025-01-01", "D"))
    return Deliveries(
        keys,
        np.array([keys.index(row[0]) for row in rows]),
        np.array([row[1] for row in rows]),
        ordered,
        ordered + np.array([row[2] for row in rows]),
        np.full(len(rows), np.datetime64("NaT", "D")),
    )


def item(key: ItemKey, supplier: str = "", lead_time: LeadTime | None = None) -> Item:
    assumed = frozenset({"lead_time", "lead_time_sd", "price"} if lead_time is None else ())
    return Item(
        key, CostRates(1, 9), lead_time or LeadTime(7.0), supplier=supplier, assumed=assumed
    )


OWN = [(A, "ACME", days) for days in (6, 8, 10, 8, 13)]
OTHERS = [(ItemKey("X"), "ACME ", days) for days in (20, 20, 22)] + [(B, "", 2), (B, "", 2)]


def test_an_item_is_measured_on_its_own_deliveries_else_its_suppliers_else_all() -> None:
    items = [item(A, "Acme"), item(B, "acme"), item(C, "nobody")]
    found = measure(deliveries(*OWN, *OTHERS), items)
    own, every = [6, 8, 10, 8, 13], [6, 8, 10, 8, 13, 20, 20, 22, 2, 2]
    assert found[A] == Measured(
        9.0, pytest.approx(np.std(own, ddof=1)), 5, "item", tuple(np.bincount(own).tolist())
    )
    suppliers = [6, 8, 10, 8, 13, 20, 20, 22]
    assert found[B].whose == "supplier"
    assert found[B].mean_days == pytest.approx(np.mean(suppliers))
    assert found[B].sd_days == pytest.approx(np.std(suppliers, ddof=1))
    assert (found[C].whose, found[C].n) == ("all", 10)
    assert found[C].mean_days == pytest.approx(np.mean(every))


def test_keys_without_a_delivery_do_no_harm() -> None:
    some = deliveries(*OWN)
    more = replace(some, keys=(ItemKey("0"), *some.keys, ItemKey("Z")), key=some.key + 1)
    assert measure(more, [item(A)]) == measure(some, [item(A)])


def test_four_deliveries_are_too_few_to_measure_anything() -> None:
    assert measure(deliveries(*OWN[:4]), [item(A)]) == {}


def test_locations_count_where_the_sales_have_them() -> None:
    north, south = ItemKey("A", "North"), ItemKey("A", "South")
    rows = [(north, "", 3)] * 5 + [(south, "", 9)] * 5
    found = measure(deliveries(*rows), [item(north), item(south)])
    assert (found[north].mean_days, found[south].mean_days) == (3, 9)
    assert measure(deliveries(*rows), [item(A)])[A].mean_days == 6


@pytest.mark.parametrize(
    ("period", "mean", "sd"), [(Period.DAY, 14, 3.5), (Period.WEEK, 2, 0.5), (Period.MONTH, 1, 1)]
)
def test_days_become_periods_of_the_history(period: Period, mean: float, sd: float) -> None:
    measured = Measured(mean * period.days, sd * period.days, 9, "item")
    assert measured.lead_time(period) == LeadTime(mean, sd)


def test_many_deliveries_keep_their_own_distribution_and_its_mean() -> None:
    rows = [(A, "", days) for days in [2] * 30 + [30] * 10]
    measured = measure(deliveries(*rows), [item(A)])[A]
    daily = measured.lead_time(Period.DAY)
    assert daily.mean == 9.0
    assert lead_time_probabilities(daily)[[2, 3, 30]].tolist() == [0.75, 0.0, 0.25]
    weekly = lead_time_probabilities(measured.lead_time(Period.WEEK))
    assert mean_and_sd(weekly)[0] == pytest.approx(9 / 7)
    assert weekly.size == 6 and weekly[[2, 3]].tolist() == [0.0, 0.0]
    few = measure(deliveries(*rows[-9:]), [item(A)])[A]
    assert few.lead_time(Period.DAY).probabilities is None


def test_a_measured_distribution_moves_and_stretches_with_a_what_if() -> None:
    lead = LeadTime(4.0, 2.0, (0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.5))
    later = lead.moved(1.5, 1.0)
    assert (later.mean, later.sd) == (5.5, 2.0)
    assert later.probabilities == (0, 0, 0, 0.25, 0.25, 0, 0, 0.25, 0.25)
    wider = lead.moved(0.0, 3.0)
    assert wider.probabilities == (0.5, *[0.0] * 9, 0.5)
    assert LeadTime(4.0, 2.0).moved(-9.0, 0.5) == LeadTime(0.0, 1.0)
    few = scenario_moments(lead.moved(2.0, 0.5))
    assert few == (pytest.approx(6.0), pytest.approx(1.0))


def scenario_moments(lead_time: LeadTime) -> tuple[float, float]:
    return mean_and_sd(lead_time_probabilities(lead_time))


def test_an_assumed_lead_time_gives_way_and_a_given_one_stays() -> None:
    given = item(B, "ACME", LeadTime(7.0))
    measured = measure(deliveries(*OWN), [item(A), given])
    (a, b), used = with_measured([item(A), given], measured, Period.DAY)
    assert (a.lead_time, a.assumed) == (LeadTime(9.0, 2.65), {"price"})
    assert b is given and set(used) == {A}


def test_a_given_lead_time_is_told_of_only_where_deliveries_contradict_it() -> None:
    rows = deliveries(*OWN * 20)
    wrong, right = item(A, "", LeadTime(7.0)), item(A, "", LeadTime(9.0, 2.4))
    on_time = item(A, "", LeadTime(9.0))
    assert differences([right], measure(rows, [right]), Period.DAY) == ()
    assert len(differences([on_time], measure(rows, [on_time]), Period.DAY)) == 1
    (one,) = differences([wrong], measure(rows, [wrong]), Period.DAY)
    assert one.words == "You said 7 days; 100 deliveries took 9 ± 2.4 days"
    assert edits_to_measured([one]) == {A: {"lead_time": 9.0, "lead_time_sd": 2.38}}
    stranger = item(C, "nobody", LeadTime(99.0))
    assert differences([stranger], measure(rows, [stranger]), Period.DAY) == ()


def test_the_worst_difference_comes_first_and_chance_explains_small_ones() -> None:
    items = [item(A, "", LeadTime(8.0, 2.6)), item(B, "", LeadTime(30.0)), item(C, "", LeadTime(1))]
    rows = deliveries(*OWN, *[(B, "", 9)] * 9, *[(C, "", 14)] * 9)
    found = differences(items, measure(rows, items), Period.DAY)
    assert [one.item.key for one in found] == [B, C]


@pytest.fixture
def store(var_dir) -> Iterator[Store]:
    store = open_store()
    store.settings.set("sample_offered", True)
    yield store
    store.close()


def give(store: Store, kind: str, lines: Sequence[str]) -> None:
    import_from_file(store, kind, Source(f"{kind}.csv", "\n".join(lines).encode()))


def shop(store: Store, days: Sequence[int] = (6, 8, 10, 8, 13)) -> None:
    first = date(2025, 1, 1)
    rows = [f"{first + timedelta(i)},{key},4" for i in range(40) for key in "AB"]
    give(store, "history", ["date,item,quantity", *rows])
    give(store, "items", ["item,lead_time,holding_cost,stockout_cost", "B,7,1,9"])
    arrivals(store, days)


def arrivals(store: Store, days: Sequence[int]) -> None:
    rows = [f"{key},2025-01-01,{date(2025, 1, 1) + timedelta(n)}" for n in days for key in "AB"]
    give(store, "deliveries", ["item,order_date,receipt_date", *rows])


def test_measured_lead_times_reach_the_plan_and_follow_the_deliveries(store) -> None:
    shop(store)
    data = load_plan_data(store)
    assert data.item(A).lead_time == LeadTime(9.0, 2.65) and data.item(B).lead_time.mean == 7
    assert data.measured_used == {A}
    save_items(store, data, {B: {"price": 3.0}})
    arrivals(store, [2] * 6)
    later = load_plan_data(store)
    assert later.item(A).lead_time == LeadTime(2.0, 0.0)
    assert later.item(B).lead_time == LeadTime(7.0) and later.item(B).price == 3.0


def test_a_lead_time_typed_over_a_measured_one_is_given_from_then_on(store) -> None:
    shop(store)
    save_items(store, load_plan_data(store), {A: {"lead_time": 5.0}})
    data = load_plan_data(store)
    assert data.item(A).lead_time == LeadTime(5.0, 2.65) and data.measured_used == frozenset()


def test_given_lead_times_are_replaced_only_when_the_planner_says_so(store) -> None:
    shop(store)
    data = load_plan_data(store)
    found = differences(data.items, data.measured, data.period)
    assert [one.item.key for one in found] == [B]
    save_items(store, data, edits_to_measured(found))
    again = load_plan_data(store)
    assert again.item(B).lead_time == LeadTime(9.0, 2.65)
    assert differences(again.items, again.measured, again.period) == ()


def test_the_situation_of_an_item_changes_with_its_measured_lead_time(store) -> None:
    shop(store)
    before = load_plan_data(store)
    arrivals(store, [2] * 6)
    after = load_plan_data(store)
    assert after.situation(A) != before.situation(A)
    assert after.situation(B) == before.situation(B)
    assert replace(after.item(A), lead_time=before.item(A).lead_time) == before.item(A)
