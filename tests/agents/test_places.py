"""Where an item lies in an agent's ranges: inside, at an edge, or how far beyond."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from core.agents.scope import Place, Scope
from core.demand import poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.simulator import Problem

SCOPE = Scope(
    {"demand_mean": (1.0, 21.0), "lead_time_mean": (0.0, 8.0), "max_order": (1.0, math.inf)}
)
ITEM = Problem("A", poisson(10.0), CostRates(0.1, 4.0, 20.0, 2.0), LeadTime(6.0), OrderRules())


def test_distance_is_a_share_of_the_range():
    assert Place("demand_mean", 11.0, 1.0, 21.0).distance == pytest.approx(-0.5)
    assert Place("demand_mean", 31.0, 1.0, 21.0).distance == pytest.approx(0.5)
    assert Place("demand_mean", 0.5, 1.0, 21.0).distance == pytest.approx(0.025)
    assert Place("max_order", 0.25, 1.0, math.inf).distance == pytest.approx(0.75)
    assert Place("max_order", 900.0, 1.0, math.inf).distance < 0


def test_inside_the_tightest_measure_is_named():
    said = SCOPE.place_words(ITEM)
    assert said.startswith("inside in all 3 measures") and "mean lead time 6 periods" in said


def test_outside_every_measure_is_told_with_how_far():
    far = replace(ITEM, demand=poisson(31.0), lead_time=LeadTime(12.0))
    said = SCOPE.place_words(far)
    assert "mean demand 31 units a period, range 1 to 21, 50 % of the range beyond it" in said
    assert "mean lead time 12 periods, range 0 to 8, 50 % of the range beyond it" in said
    assert {m.measure for m in SCOPE.misfits(far)} == {"demand_mean", "lead_time_mean"}


def test_nothing_where_a_range_starts_at_nothing_is_no_edge():
    assert Place("lead_time_mean", 0.0, 0.0, 8.0).distance == pytest.approx(-1.0)
