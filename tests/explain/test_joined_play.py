"""Games of several items that go by as one: each comes to what it comes to alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from core.agents.shipped import shipped_generalist
from core.domain import CostRates, LeadTime, OrderRules
from core.explain import Question, explain_all_briefly, explain_briefly
from core.explain import brief as brief_module
from core.explain.ahead_words import RUNS_OUT_BEFORE
from core.explain.game import Game, NoOrders, kin_of_play
from core.explain.paired_play import play, play_by_kin
from core.explain.window import Window
from core.policies import quick_s_s
from core.policies.protocol import joined_of, kin_of
from core.simulator import draw_scenario
from tests.explain.explain_parts import LevelPolicy, Season, problem_of, today

FREE = CostRates(holding_cost=0.1, stockout_cost=4.0, unit_cost=2.0)
WEEKLY = Season(weekday=(1.4, 1, 1, 1, 1, 1, 0.6))
DEAR = CostRates(holding_cost=0.2, stockout_cost=30.0, fixed_cost=8.0, unit_cost=2.0)


class Kindred(LevelPolicy):
    """Rules that decide as one."""

    kin = "rules of the test"

    @classmethod
    def joined(cls, parts):
        """Rule for the items of several."""
        return cls(*(levels for part in parts for levels in part.levels))


def game(policy, situation, quantities, n_futures, ahead=1.0, seed=3000):
    """Return a game that looks this many times as far as the orders last."""
    window = Window.around(situation, quantities)
    window = replace(
        window,
        n_periods=round(ahead * window.n_periods),
        end_of_risk=round(ahead * window.end_of_risk),
    )
    scenario = draw_scenario([situation.problem], n_futures, window.n_periods, seed)
    return Game(situation, policy, scenario, torch.tensor(quantities), window, window.n_periods)


def games_of(rule, lead_time, lost_share=1.0):
    """Return games of items that differ in all that items of a kin may differ in."""
    problems = [
        problem_of(name="plain", lead_time=lead_time, lost_share=lost_share),
        replace(
            problem_of(name="packs", mean=4.0, lead_time=lead_time, lost_share=lost_share),
            costs=FREE,
            rules=OrderRules(min_order=20, pack_size=6),
        ),
        replace(
            problem_of(name="dear", mean=25.0, lead_time=lead_time, lost_share=lost_share),
            costs=DEAR,
            rules=OrderRules(max_order=150),
        ),
        problem_of(name="season", lead_time=lead_time, lost_share=lost_share, season=WEEKLY),
        replace(problem_of(name="free", lead_time=lead_time, lost_share=lost_share), costs=FREE),
    ]
    dues = ((0.0, 12.0), (5.0,), (0.0, 0.0, 3.0), (12.0,), (6.0, 6.0))
    stocks = (30.0, 8.0, 130.0, 65.0, 20.0)
    quantities = ((0.0, 60.0, 90.0), (24.0, 0.0), (150.0,), (40.0, 0.0, 41.0), (60.0, 0.0))
    sizes, ahead = (120, 77, 40, 60, 90), (1.0, 1.3, 0.6, 1.0, 1.1)
    rows = zip(problems, stocks, dues, quantities, sizes, ahead, strict=True)
    return [
        game(rule(problem), today(stock, due if lead_time.mean else (), problem), asked, n, far)
        for problem, stock, due, asked, n, far in rows
    ]


def assert_as_alone(games, together):
    for each, (cost, ran_out) in zip(games, together, strict=True):
        (alone,) = play([each])
        assert torch.equal(ran_out, alone.ran_out)
        # What all quantities cost alike may be left out or not.
        assert torch.equal(cost - cost[:1], alone.cost - alone.cost[:1])


@pytest.mark.parametrize("lost_share", [1.0, 0.0, 0.5])
@pytest.mark.parametrize("lead_time", [LeadTime(0), LeadTime(5), LeadTime(6, 2)])
def test_games_of_rules_come_to_what_each_comes_to_alone(lead_time, lost_share):
    games = games_of(lambda problem: Kindred((50, 90)), lead_time, lost_share)
    assert len({each.kin for each in games}) == 1
    assert_as_alone(games, play(games))


@pytest.mark.parametrize("lead_time", [LeadTime(4), LeadTime(6, 2)])
@pytest.mark.parametrize("lost_share", [1.0, 0.0])
def test_games_of_an_agent_come_to_what_each_comes_to_alone(lead_time, lost_share):
    agent = shipped_generalist()
    games = games_of(
        lambda problem: agent.policy([problem], quick_s_s([problem])), lead_time, lost_share
    )
    assert 1 < len({each.kin for each in games}) < len(games)
    assert_as_alone(games, play_by_kin(games))


def test_items_whose_time_goes_by_in_other_steps_are_of_another_kin():
    rule = LevelPolicy((50, 90))
    plain = problem_of()
    others = [
        replace(plain, lead_time=LeadTime(8.0)),
        replace(plain, lead_time=LeadTime(7.0, 1.0)),
        replace(plain, rules=OrderRules(review_period=2)),
        replace(plain, lost_share=0.0),
        replace(plain, lost_share=0.3),
    ]
    kin = [kin_of_play(today(70, (), each), rule) for each in (plain, *others)]
    assert len(set(kin)) == len(kin)
    assert kin_of_play(today(70, (5.0,), plain), rule) != kin[0]
    assert kin_of_play(today(7, (), replace(plain, costs=DEAR, name="b")), rule) == kin[0]


def test_a_rule_stands_alone_and_agents_of_one_brain_do_not():
    assert kin_of(LevelPolicy((1, 2))) != kin_of(LevelPolicy((1, 2)))
    problems = [problem_of(name="a"), problem_of(name="b", mean=3.0)]
    agent, other = shipped_generalist(), shipped_generalist()
    whole = agent.policy(problems, quick_s_s(problems))
    parts = [whole.select([row]) for row in (0, 1)]
    assert kin_of(parts[0]) == kin_of(parts[1])
    assert joined_of(parts).items == whole.items and joined_of(parts[:1]) is parts[0]
    stranger = other.policy(problems[:1], quick_s_s(problems[:1]))
    assert (kin_of(stranger) == kin_of(parts[0])) == (stranger.brain is whole.brain)
    assert joined_of([NoOrders(), NoOrders()]).n_items == 1


def questions():
    """Return orders of rules and agents, which run out before, wait, agree and differ."""
    agent = shipped_generalist()
    lead_times = (LeadTime(7.0), LeadTime(7.0), LeadTime(6, 2), LeadTime(0), LeadTime(6, 2))
    stocks = (5.0, 95.0, 20.0, 30.0, 160.0)
    found = []
    for row, (lead_time, stock) in enumerate(zip(lead_times, stocks, strict=True)):
        rules = OrderRules(min_order=400 if row == 1 else 0)
        problem = problem_of(name=f"item {row}", lead_time=lead_time, rules=rules)
        if row != 1:
            problem = replace(problem, costs=FREE)
        situation = today(stock, (0.0, 10.0) if row % 2 else (), problem)
        rule = quick_s_s([problem])
        policy = agent.policy([problem], rule)
        found += [Question(situation, rule, policy, uses) for uses in (True, False)]
        found.append(Question(situation, rule))
    return found


def test_many_orders_are_explained_as_each_is_alone(monkeypatch):
    asked = questions()
    alone = [explain_briefly(question) for question in asked]
    for at_once in (1, 4, 40):
        monkeypatch.setattr(brief_module, "_AT_ONCE", at_once)
        found = dict(explain_all_briefly(asked))
        assert [found[place] for place in range(len(asked))] == alone
    assert any(brief.outcome is not None for brief in alone)
    assert any(RUNS_OUT_BEFORE in brief.sentence for brief in alone)


def test_no_orders_are_explained():
    assert list(explain_all_briefly([])) == []
