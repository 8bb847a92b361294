"""What an agent was made for, in ranges: inside or not, in words, and kept in the bundle."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.agents import bundle
from core.agents.agent import TrainedAgent
from core.agents.bundle import load, save
from core.agents.drawing import GENERAL_SCOPE, Kind, draw_kind, draw_problems, examples_of
from core.agents.fit import OUT_OF_RANGE, check_fit, require_fit
from core.agents.groups import GATED, GROUPS, OTHER, STEADY, group_of, is_steady
from core.agents.networks import HEADS, Experts, Mlp, Route
from core.agents.references import ItemReference, measure
from core.agents.scope import MEASURES, Facts, Scope
from core.demand import GammaDemand, NegativeBinomialDemand, PoissonDemand, Season, poisson
from core.domain import (
    BundleError,
    BundleMismatchError,
    CostRates,
    LeadTime,
    OrderRules,
    Period,
)
from core.policies import estimate_s_s, quick_s_s
from core.simulator import Problem, SingleItemSystem, draw_scenario, total_costs
from tests.agents.test_bundle import rewrite

NARROW = Scope(
    {"demand_mean": (1.0, 10.0), "stockout_ratio": (2.0, 20.0), "max_order": (1.0, math.inf)}
)
WEEK = (2.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5)


def an_item(demand=None, lead_time=LeadTime(2), rules=None, costs=None, **changes) -> Problem:  # noqa: B008
    model, given = demand or poisson(5.0), costs or CostRates(1.0, 9.0)
    return Problem("item", model, given, lead_time, rules or OrderRules(), **changes)


def value(measure: str, problem: Problem) -> float:
    return MEASURES[measure].of(Facts(problem))


# --- Measures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "problem", "expected"),
    [
        ("demand_mean", an_item(poisson(5.0)), 5.0),
        ("demand_variation", an_item(poisson(4.0)), 0.5),
        ("demand_variation", an_item(NegativeBinomialDemand(level=4.0, shape=1.0)), 1.25**0.5),
        ("season_peak", an_item(poisson(5.0)), 1.0),
        ("season_peak", an_item(PoissonDemand(level=5.0, season=Season(weekday=WEEK))), 2.0),
        ("demand_mean", an_item(PoissonDemand(level=5.0, season=Season(weekday=WEEK))), 5.0),
        ("lead_time_mean", an_item(lead_time=LeadTime(3)), 3.0),
        ("lead_time_sd", an_item(lead_time=LeadTime(3)), 0.0),
        ("lead_time_mean", an_item(lead_time=LeadTime(2, probabilities=(0, 0.5, 0, 0.5))), 2.0),
        ("lead_time_sd", an_item(lead_time=LeadTime(2, probabilities=(0, 0.5, 0, 0.5))), 1.0),
        ("lead_time_most", an_item(lead_time=LeadTime(2, probabilities=(0, 0.5, 0, 0.5))), 3.0),
        ("stockout_ratio", an_item(costs=CostRates(2.0, 9.0)), 4.5),
        ("lost_share", an_item(lost_share=0.25), 0.25),
        ("order_cycle", an_item(costs=CostRates(1.0, 9.0, 40.0)), 4.0),
        ("order_cycle", an_item(), 0.0),
        ("min_order", an_item(rules=OrderRules(min_order=20)), 4.0),
        ("min_order", an_item(poisson(0.1), rules=OrderRules(min_order=1)), 0.0),
        ("pack_size", an_item(rules=OrderRules(pack_size=10)), 2.0),
        ("pack_size", an_item(poisson(0.1)), 0.0),
        ("review_period", an_item(rules=OrderRules(review_period=7)), 7.0),
        ("purchase_cost", an_item(purchase_cost=3.0), 3.0),
        ("max_order", an_item(rules=OrderRules(max_order=30)), 2.0),
        ("max_stock", an_item(rules=OrderRules(max_stock=45)), 3.0),
        ("max_stock", an_item(), math.inf),
    ],
)  # fmt: skip
def test_a_measure_is_what_its_words_say(measure, problem, expected):
    assert value(measure, problem) == pytest.approx(expected)


def test_a_season_is_not_taken_for_chance():
    """Poisson demand with a strong week varies by chance about as much as without one."""
    flat, wavy = poisson(100.0), PoissonDemand(level=100.0, season=Season(weekday=WEEK))
    assert value("demand_variation", an_item(flat)) == pytest.approx(0.1)
    assert value("demand_variation", an_item(wavy)) < 0.12


def test_measures_do_not_depend_on_the_unit_an_item_is_counted_in():
    """In pieces or in dozens: all but the mean itself are the same."""
    rules = OrderRules(min_order=24, pack_size=12, max_order=600, max_stock=1200)
    dozens = OrderRules(min_order=2, pack_size=1.0, max_order=50, max_stock=100)
    whole = an_item(
        GammaDemand(level=60.0, shape=2.0, whole_units=False),
        rules=rules,
        costs=CostRates(1, 9, 50),
    )
    part = an_item(
        GammaDemand(level=5.0, shape=2.0, whole_units=False),
        rules=dozens,
        costs=CostRates(12, 108, 50),
    )
    for name in set(MEASURES) - {"demand_mean", "pack_size"}:
        assert value(name, whole) == pytest.approx(value(name, part)), name


# --- Inside or outside ----------------------------------------------------------------------------


@pytest.mark.parametrize("group", GROUPS)
def test_the_scope_holds_everything_that_is_drawn_and_it_is_of_its_group(group):
    """All kinds; a gated one has something that makes small orders not worth placing."""
    rng = np.random.default_rng(5)
    for kind in (*examples_of(group), *(draw_kind(group, rng, GENERAL_SCOPE) for _ in range(6))):
        problems = draw_problems(kind, 8, rng, GENERAL_SCOPE)
        items = measure(problems, estimate_s_s(problems), with_cost=False)
        assert {group_of(item) for item in items} == {kind.group} == {group}
        for problem in problems:
            assert GENERAL_SCOPE.holds(problem)
            rules = problem.rules
            lots = problem.costs.fixed_cost > 0 or max(rules.min_order, rules.pack_size) > 1
            assert lots == kind.is_gated
            if kind.lead_time is not None:
                assert problem.lead_time == LeadTime(float(kind.lead_time))


STILL = Problem("still", poisson(5.0), CostRates(1.0, 9.0), LeadTime(4))


@pytest.mark.parametrize(
    "change",
    [
        {"lost_share": 0.99},
        {"lead_time": LeadTime(4, 1.0)},
        {"rules": OrderRules(review_period=2)},
        {"rules": OrderRules(max_order=30)},
        {"rules": OrderRules(max_stock=60)},
        {"rules": OrderRules(pack_size=6)},
        {"costs": CostRates(1.0, 9.0, 5.0)},
        {"demand": PoissonDemand(level=5.0, season=Season(weekday=(2, 1, 1, 1, 1, 0.5, 0.5)))},
    ],
)
def test_an_item_is_steady_where_nothing_changes_and_no_rule_binds(change):
    assert is_steady(STILL)
    assert is_steady(replace(STILL, lead_time=LeadTime(2.0, probabilities=(0.0, 0.0, 1.0))))
    assert not is_steady(replace(STILL, **change))


def test_orders_that_last_long_are_drawn_apart():
    """Those of a kind for short orders last ten periods or less, of the other up to ninety."""
    measures = ("order_cycle", "min_order")
    for most, least_max in ((10.0, 6.0), (90.0, 40.0)):
        kind = Kind(GATED, 2, most_periods=most)
        drawn = draw_problems(kind, 80, np.random.default_rng(1), GENERAL_SCOPE)
        longest = max(value(m, p) for p in drawn for m in measures)
        assert least_max < longest < 1.5 * most
    rngs = map(np.random.default_rng, range(60))
    kinds = [draw_kind(GATED, rng, GENERAL_SCOPE) for rng in rngs]
    assert {kind.most_periods for kind in kinds} == {10.0, 90.0}


def test_textbook_problems_are_plain_lost_sales():
    for problem in draw_problems(
        Kind(STEADY, 4, True), 30, np.random.default_rng(0), GENERAL_SCOPE
    ):
        assert problem.rules == OrderRules() and problem.lost_share == 1.0
        assert problem.demand.is_stationary and problem.costs.fixed_cost == 0.0


def test_drawing_is_the_same_for_a_seed_and_another_for_another():
    kind = Kind(GATED, None)
    first, again, other = (
        draw_problems(kind, 5, np.random.default_rng(seed), GENERAL_SCOPE) for seed in (1, 1, 2)
    )
    assert first == again != other
    assert [p.name for p in first] == [f"drawn {row}" for row in range(5)]


def test_what_is_drawn_reaches_far_into_every_range():
    """Random lead times, seasons, reviews, limits, owed and partly lost demand: all do occur."""
    rng = np.random.default_rng(2)
    drawn = draw_problems(Kind(GATED, None, most_periods=90.0), 150, rng, GENERAL_SCOPE)
    tables = {m: np.array([value(m, p) for p in drawn]) for m in MEASURES}
    assert tables["demand_mean"].min() < 1 and tables["demand_mean"].max() > 200
    assert tables["demand_variation"].max() > 1 and tables["season_peak"].max() > 1.5
    assert tables["lead_time_sd"].max() > 1 and tables["lead_time_most"].max() > 10
    assert tables["stockout_ratio"].min() < 3 and tables["stockout_ratio"].max() > 2000
    assert {0.0, 1.0} < set(tables["lost_share"].tolist())
    assert tables["order_cycle"].max() > 40 and tables["min_order"].max() > 40
    assert tables["lead_time_mean"].max() > 15
    assert tables["review_period"].max() == 7
    assert np.isfinite(tables["max_order"]).any() and np.isfinite(tables["max_stock"]).any()


def test_problems_outside_the_scope_are_thrown_away():
    narrow = Scope({**GENERAL_SCOPE.ranges, "stockout_ratio": (50.0, 60.0)})
    drawn = draw_problems(Kind(OTHER, 2), 10, np.random.default_rng(0), narrow)
    assert all(50 <= p.costs.stockout_cost <= 60 for p in drawn) and len(drawn) == 10


def test_a_misfit_names_measure_range_and_value():
    (misfit,) = NARROW.misfits(an_item(poisson(12.5)))
    assert (misfit.measure, misfit.value, misfit.low, misfit.high) == (
        "demand_mean",
        12.5,
        1.0,
        10.0,
    )
    assert misfit.words == "mean demand of 1 to 10 units a period, and this item's is 12.5"


def test_a_range_without_an_end_and_a_measure_without_a_unit_read_well():
    (tight,) = NARROW.misfits(an_item(rules=OrderRules(max_order=10)))
    assert tight.words.startswith("largest order of 1 or more times the demand")
    assert tight.words.endswith("this item's is 0.667")
    (owed,) = Scope({"lost_share": (0.5, 1.0)}).misfits(an_item(lost_share=0.0))
    assert owed.words == "share of unmet demand that is lost of 0.5 to 1, and this item's is 0"


def test_every_measure_outside_is_told_and_none_inside():
    far = an_item(poisson(50.0), costs=CostRates(1.0, 99.0))
    assert [m.measure for m in NARROW.misfits(far)] == ["demand_mean", "stockout_ratio"]
    assert not NARROW.holds(far)
    assert NARROW.holds(an_item()) and not list(NARROW.misfits(an_item()))


@pytest.mark.parametrize(
    ("mean", "is_inside"), [(1.0, True), (10.0, True), (0.99, False), (10.1, False)]
)
def test_the_ends_of_a_range_belong_to_it(mean, is_inside):
    assert NARROW.holds(an_item(poisson(mean))) is is_inside


def test_a_rounding_error_does_not_put_an_item_outside():
    assert 0.1 * 3 > 0.3
    assert Scope({"demand_mean": (0.3, 0.3)}).holds(an_item(poisson(0.1 * 3)))


def test_seasons_of_every_period_have_a_peak():
    month = (3.0, *[9 / 11] * 11)
    for period in Period:
        demand = PoissonDemand(level=5.0, season=Season(period, month=month))
        assert value("season_peak", an_item(demand)) > 2


# --- Does an agent fit? ---------------------------------------------------------------------------


def experts_of(assignment, column=0, threshold=0.25) -> Experts:
    """Return three small networks at random, with two controls as heads."""
    noise = torch.Generator().manual_seed(1)
    sizes = (assignment.encoder.n_features, 4, assignment.code.n_choices)

    def drawn() -> Mlp:
        shapes = {f"{i}.weight": sizes[i : i + 2][::-1] for i in range(2)}
        shapes |= {f"{i}.bias": (sizes[i + 1],) for i in range(2)}
        tensors = {key: torch.randn(shape, generator=noise) for key, shape in shapes.items()}
        return Mlp.of(tensors, "silu", "argmax")

    routes = Route(column, threshold), Route(0, 0.5)
    return Experts(routes, (drawn(), drawn(), drawn()))


@pytest.fixture(scope="module")
def general(assortment_agent, assortment_assignment) -> TrainedAgent:
    """An agent with a scope, made for no item in particular, with three networks."""
    brain = replace(assortment_agent.brain, network=experts_of(assortment_assignment, 1))
    return replace(assortment_agent, cards=(), brain=brain, scope=NARROW)


def test_an_item_inside_has_no_mismatch(general):
    assert check_fit(general, [an_item(), an_item(poisson(10.0))]) == []
    require_fit(general, [an_item()])


def test_an_item_outside_has_one_mismatch_a_measure_with_the_remedy(general):
    far = an_item(poisson(50.0), costs=CostRates(1.0, 99.0))
    found = check_fit(general, [an_item(), far])
    assert [(m.item, m.attribute) for m in found] == [("item", OUT_OF_RANGE)] * 2
    assert "mean demand of 1 to 10 units a period, and this item's is 50" in found[0].message
    assert (
        "stock-out cost of 2 to 20 times the holding cost, and this item's is 99"
        in found[1].message
    )
    assert all(m.message.endswith("use (s, S).") for m in found)


def test_an_agent_with_a_scope_that_holds_no_item_is_refused(general):
    with pytest.raises(BundleMismatchError, match="suits none"):
        require_fit(general, [an_item(poisson(50.0))])


def test_an_agent_without_a_scope_is_still_for_its_own_items_alone(assortment_agent):
    (found,) = check_fit(assortment_agent, [an_item()])
    assert found.attribute == "item"


def test_an_agent_with_a_scope_measures_items_by_their_quick_rule(general):
    """Whatever the cards of others say, and without a whole search."""
    policy = general.policy([an_item()])
    (measured,) = policy.items
    rule = quick_s_s([an_item()])
    assert isinstance(measured, ItemReference)
    assert measured.reorder_point == rule.reorder_point[0]
    assert measured.order_up_to_level == rule.order_up_to_level[0]


# --- Bundles --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data(general) -> bytes:
    return save(general)


def test_scope_and_experts_come_back_as_they_were(general, data):
    again = load(data)
    assert again.scope == NARROW and again.cards == ()
    first, second = general.brain.network, again.brain.network
    assert isinstance(second, Experts)
    assert second.routes == first.routes
    features = torch.randn(200, general.brain.encoder.n_features)
    assert torch.equal(second.scores(features), first.scores(features))


def test_saving_after_loading_gives_the_same_bytes(general, data):
    assert save(load(data)) == data == save(general)


def test_it_orders_the_same_after_loading(general, data):
    items = [an_item(), an_item(poisson(8.0), LeadTime(3, 1.0), OrderRules(pack_size=4))]
    items = [replace(item, name=f"item {row}") for row, item in enumerate(items)]
    system, scenario = SingleItemSystem(items, 8), draw_scenario(items, 8, 40, 3)
    costs = [
        total_costs(system, agent.policy(items).act, scenario).cost
        for agent in (general, load(data))
    ]
    assert torch.equal(*costs)


def test_an_agent_without_a_scope_is_written_as_before(assortment_agent):
    """Older programs can read it: nothing of scopes stands in it."""
    header, _ = bundle._header(save(assortment_agent))
    assert "scope" not in json.loads(header["__metadata__"]["manifest"])
    assert load(save(assortment_agent)).scope is None


def test_no_limit_is_written_as_null(data):
    header, _ = bundle._header(data)
    scope = json.loads(header["__metadata__"]["manifest"])["scope"]
    assert scope["max_order"] == {"low": 1.0, "high": None}


def with_scope(data: bytes, scope) -> bytes:
    return rewrite(data, lambda manifest: manifest.update(scope=scope))


@pytest.mark.parametrize(
    "scope",
    [
        {"demand_mean": {"low": 10.0, "high": 1.0}},
        {"demand_mean": {"low": 1.0, "high": -1.0}},
        {"demand_mean": {"low": None, "high": 1.0}},
        {"demand_mean": {"low": 1.0}},
        {"demand_mean": {"high": 1.0}},
        {"demand_mean": {"low": "1", "high": 2.0}},
        {"demand_mean": {"low": True, "high": 2.0}},
        {"demand_mean": [1.0, 2.0]},
        {"demand_mean": {"low": 1e300, "high": 1e301}},
        {"demand_mean": None},
        ["demand_mean"],
        None,
        7,
    ],
)
def test_a_damaged_scope_is_refused(data, scope):
    with pytest.raises(BundleError) as caught:
        load(with_scope(data, scope))
    assert not isinstance(caught.value, BundleMismatchError)
    assert caught.value.remedy


def test_a_range_of_something_not_measured_here_is_a_mismatch(data):
    scope = {"phase_of_the_moon": {"low": 0.0, "high": 1.0}}
    with pytest.raises(BundleMismatchError, match="phase_of_the_moon"):
        load(with_scope(data, scope))


def changed(**changes):
    return lambda manifest: manifest["network"].update(changes)


def routed(**changes):
    return lambda manifest: manifest["network"]["routes"][0].update(changes)


def told(row, **changes):
    return lambda manifest: manifest["network"]["networks"][row].update(changes)


@pytest.mark.parametrize("column", [-1, 10**6, 1.5, True, None, "0"])
def test_a_column_that_is_none_is_refused(data, column):
    with pytest.raises(BundleError, match="column"):
        load(rewrite(data, routed(column=column)))


def test_the_first_column_behind_the_last_feature_is_refused(general, data):
    n = general.brain.encoder.n_features
    load(rewrite(data, routed(column=n - 1)))
    with pytest.raises(BundleError, match="column"):
        load(rewrite(data, routed(column=n)))


@pytest.mark.parametrize("threshold", [None, "high", True, [1.0], 1e20])
def test_a_threshold_that_is_no_number_is_refused(data, threshold):
    with pytest.raises(BundleError, match="threshold"):
        load(rewrite(data, routed(threshold=threshold)))


@pytest.mark.parametrize("row", [0, 2])
@pytest.mark.parametrize("shape", [None, {}, [], {"kind": "mlp", "sizes": [3, 2]}])
def test_a_network_without_its_shape_is_refused(data, row, shape):
    def without(manifest):
        manifest["network"]["networks"][row] = shape

    with pytest.raises(BundleError):
        load(rewrite(data, without))


@pytest.mark.parametrize("n", [0, 1, 3])
def test_as_many_routes_as_networks_but_one_belong(general, data, n):
    routes = general.brain.network.shape_json()["routes"]
    with pytest.raises(BundleError, match="routes"):
        load(rewrite(data, changed(routes=[*routes, *routes][:n])))


@pytest.mark.parametrize("key", ["routes", "networks"])
@pytest.mark.parametrize("value", [None, {}, "many", [1], [{}] * 9])
def test_routes_and_networks_that_are_no_lists_of_objects_are_refused(data, key, value):
    with pytest.raises(BundleError):
        load(rewrite(data, changed(**{key: value})))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.pop("0.0.weight"),
        lambda t: t.pop("1.1.bias"),
        lambda t: [t.pop(key) for key in list(t) if key.startswith("2.")],
        lambda t: t.update({"3.0.weight": torch.zeros(2, 2)}),
        lambda t: t.update({"weight": torch.zeros(2, 2)}),
        lambda t: t.update({"0.2.weight": torch.zeros(2, 2)}),
        lambda t: t.update({"0.0.0.weight": torch.zeros(2, 2)}),
        lambda t: t.update({"1.0.bias": torch.zeros(99)}),
    ],
)
def test_weights_that_are_missing_or_belong_to_none_are_refused(data, change):
    with pytest.raises(BundleError, match="weights"):
        load(rewrite(data, change_tensors=change))


def test_networks_that_read_or_decide_differently_are_refused(general, data):
    """Sound each for itself: one decides between fewer orders, or reads fewer features."""

    def narrower(tensors):
        tensors["1.1.weight"] = tensors["1.1.weight"][:-1].contiguous()
        tensors["1.1.bias"] = tensors["1.1.bias"][:-1].contiguous()

    def smaller(manifest):
        manifest["network"]["networks"][1]["sizes"][-1] -= 1

    with pytest.raises(BundleError, match="same features and orders"):
        load(rewrite(data, smaller, narrower))
    with pytest.raises(BundleError, match="same features and orders"):
        load(rewrite(data, told(1, head="gated")))


def test_experts_within_experts_are_refused(data):
    def nested(manifest):
        manifest["network"]["networks"][0] = copy.deepcopy(manifest["network"])

    with pytest.raises(BundleError):
        load(rewrite(data, nested))


# --- Three networks, one decides ------------------------------------------------------------------


def constant(value: float) -> Mlp:
    """Return a network that says the same whatever it reads."""
    return Mlp((torch.zeros(2, 3),), (torch.tensor([value, -value]),), "silu", "free")


THREE = (constant(1.0), constant(2.0), constant(3.0))


def test_the_first_feature_above_its_threshold_tells_who_decides():
    """The last one where none is; one that lies at the threshold is not above it."""
    experts = Experts((Route(1, 0.5), Route(2, 0.0)), THREE)
    features = torch.tensor(
        [[9.0, 0.6, 9.0], [9.0, 0.6, -9.0], [9.0, 0.5, 0.1], [9.0, 0.4, 0.0], [0.0, 0.0, -1.0]]
    )
    assert experts.act(features)[:, 0].tolist() == [1.0, 1.0, 2.0, 3.0, 3.0]
    assert experts.scores(features)[:, 1].tolist() == [-1.0, -1.0, -2.0, -3.0, -3.0]


def test_its_head_is_that_of_all():
    experts = Experts((Route(0, 0.0),), tuple(replace(x, head="tanh") for x in THREE[:2]))
    found = experts.act(torch.tensor([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
    assert found[:, 0].tolist() == pytest.approx([math.tanh(2.0), math.tanh(1.0)])
    assert (experts.head in HEADS, experts.n_inputs, experts.n_outputs) == (True, 3, 2)


def test_its_weights_have_names_of_their_own():
    tensors = Experts((Route(1, 0.5),), THREE[:2]).tensors()
    assert set(tensors) == {"0.0.weight", "0.0.bias", "1.0.weight", "1.0.bias"}
    assert tensors["1.0.bias"].tolist() == [2.0, -2.0]
