"""The three numbers of the Item page: money against the one in use, risk, both with intervals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.domain import Outcome, Period, Verdict
from core.explain import WhyNot
from core.services.explaining import stock_outlook, try_quantity
from core.services.ordering import plan_today
from core.services.prepare import EDITION
from core.store import Store
from core.ui.plan_item_charts import stock_fan
from core.ui.plan_item_numbers import Effect
from tests.pages.page_parts import opened, sound
from tests.services.plan_parts import MUG, problems_of, shop

ITEM = "pages/plan/item.py"


@pytest.fixture
def store(var_dir) -> Iterator[Store]:
    record = shop(var_dir)
    record.settings.set("generalist_offered", EDITION)  # put away before
    yield record
    record.close()


def texts(app: AppTest) -> str:
    parts = (app.markdown, app.caption)
    return "\n".join(each.value for part in parts for each in part).replace("\\", "")


def found(difference: float, half_width: float) -> WhyNot:
    """Return a comparison of 60 with 90, the dearer or cheaper by so much."""
    money, risk = (Verdict(d, h, 100.0, 1000) for d, h in ((difference, half_width), (0.1, 0.02)))
    return WhyNot(60, 90, money, risk, 0.15, 0.05, 30, 7, 20, 1)


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        (9.0, "Costs 9.00 ± 4.00 more over 30 days than the one in use."),
        (-9.0, "Saves 9.00 ± 4.00 over 30 days against the one in use."),
        (3.0, "Cannot tell whether it costs more or less than the one in use over 30 days: +3.00"),
    ],
)
def test_money_is_said_against_the_one_in_use_and_not_where_the_interval_covers_zero(
    difference, said
):
    """Words and cards look the same way: the other quantity against the one in use."""
    why = found(difference, 4.0)
    assert Effect.of_quantity(why).money_words(Period.DAY).startswith(said)
    assert Effect.of_reference(why).money_words(Period.DAY) == ""


def test_risk_has_its_interval_and_none_seen_is_not_none():
    told = Effect.of_quantity(found(9.0, 4.0)).risk_words(Period.DAY)
    assert told.startswith("Runs out in 15.0% (12.9% to 17.3%) of 1,000 futures")
    assert told.endswith("day 7 to 20 from today.")
    assert (
        Effect(None, False, 0.0, (0.0, 0.0038), 30, 1000, (7, 20))
        .risk_words(Period.DAY)
        .startswith("Runs out in 0.0% (0.0% to 0.4%)")
    )


def test_a_typed_number_is_answered_with_the_numbers_of_the_service(store):
    assortment = problems_of(store)
    ordering = plan_today(assortment, store)
    why = try_quantity(assortment, ordering, MUG, 0.0)
    assert why.outcome is Outcome.WORSE and why.cost.n_pairs >= 1000
    app = opened(ITEM, item=MUG.label)
    (box,) = [each for each in app.text_input if each.label.startswith("You")]
    assert "As proposed" in texts(app)
    said = texts(sound(box.set_value("0").run()))
    assert Effect.of_quantity(why).money_words(Period.DAY).rstrip(".") in said
    assert Effect.of_quantity(why).risk_words(Period.DAY) in said


def test_the_strip_shows_the_very_risk_of_each_day_on_an_axis_of_its_own(store):
    assortment = problems_of(store)
    ordering = plan_today(assortment, store)
    ahead = stock_outlook(assortment, ordering, MUG, {"Agent": 60.0, "No order": 0.0})
    assert ahead.chart.n_paths >= 1000
    for label in ("Agent", "No order"):
        (strip,) = [trace for trace in stock_fan(ahead, label).data if trace.yaxis == "y2"]
        assert np.array_equal(strip.y, ahead.chart.paths[label].stockout_risk)
    risks = [ahead.chart.paths[label].stockout_risk.max() for label in ("Agent", "No order")]
    assert risks[1] >= risks[0] > 0


def test_whose_quantity_is_drawn_can_be_chosen(store):
    app = opened(ITEM, item=MUG.label)
    (switch,) = [each for each in app.get("button_group") if "No order: 0" in each.options]
    assert "No order: 0" in switch.options
    before = texts(app)
    app = sound(switch.set_value("No order").run())
    assert "when nothing is ordered today" in texts(app)
    assert "when nothing is ordered today" not in before


def test_what_cannot_be_ordered_clears_the_answer_before_it(store):
    app = opened(ITEM, item=MUG.label)
    for text in ("seven", "", "-5"):
        box = next(each for each in app.text_input if each.label.startswith("You"))
        app = sound(box.set_value("0").run())
        assert "The proposal: runs out in" in texts(app)
        box = next(each for each in app.text_input if each.label.startswith("You"))
        app = sound(box.set_value(text).run())
        assert "The proposal: runs out in" not in texts(app), text
        assert ":red[" in texts(app), text


def test_an_absurd_quantity_says_how_long_it_lasts_and_its_worth(store):
    app = opened(ITEM, item=MUG.label)
    box = next(each for each in app.text_input if each.label.startswith("You"))
    said = texts(sound(box.set_value("99,996").run()))
    assert ":orange[Stock and orders would last about" in said and "years" in said
    assert "Worth " in said and "looked at for longer" in said


def test_after_a_decision_the_page_says_what_was_ordered(store):
    app = opened(ITEM, item=MUG.label)
    (approve,) = [each for each in app.button if each.label.startswith("Approve")]
    app = sound(approve.click().run())
    assert "ordered" in texts(app) and "as proposed." in texts(app)
    assert not [each for each in app.button if each.label.startswith("Approve")]
