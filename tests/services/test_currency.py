"""The currency: named once by the planner, kept, and said with amounts."""

from __future__ import annotations

import pytest

from core.domain import ParameterError, Verdict
from core.evaluation import Contract
from core.services.currency import currency, money_unit, set_currency
from core.services.judging import say


@pytest.mark.parametrize("name", ["EUR", "€", "zł", "US$", ""])
def test_a_currency_is_kept_and_can_be_forgotten(store, name):
    assert (currency(store), money_unit(store)) == ("", "money")
    assert set_currency(store, f" {name} ") == currency(store) == name
    assert money_unit(store) == (name or "money")


@pytest.mark.parametrize("name", ["a very long name", "<b>EUR</b>", "EUR\nUSD", "1,000"])
def test_what_is_no_currency_is_refused_and_the_old_one_stays(store, name):
    set_currency(store, "EUR")
    with pytest.raises(ParameterError, match="such as EUR"):
        set_currency(store, name)
    assert currency(store) == "EUR"


def test_the_verdict_speaks_of_it():
    contract = Contract(1, 400, 90, 30, "day", 4, 4, 0, 0, 0, "", "", "what is expected")
    told = say(Verdict(-5.0, 1.0, 100.0, 400), "Ann", contract, "Over all 4 items", "EUR")
    assert "-5.00 ± 1.00 EUR a day" in told.detail and "money" not in told.detail
