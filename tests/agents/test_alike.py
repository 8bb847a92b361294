"""Environments that stand alike are decided once, and none is mistaken for another."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from core.agents.alike import Alike, kinds_of, numbered
from core.agents.shipped import shipped_generalist
from core.demand import poisson
from core.domain import CostRates, LeadTime
from core.policies import SSPolicy, quick_s_s
from core.simulator import Problem, SingleItemSystem, draw_scenario

N_PATHS = 400


def rows_of(n_kinds: int, n_envs: int, n_rows: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    rng = torch.Generator().manual_seed(3)
    kinds = torch.randn(n_rows, n_kinds, generator=rng)
    which = torch.randint(n_kinds, (n_envs,), generator=rng)
    return kinds[:, which], which


def test_one_of_each_kind_stands_for_all():
    rows, which = rows_of(30, 1000)
    alike = Alike.of(rows)
    assert alike is not None
    assert alike.picked.shape[0] == which.unique().shape[0]
    assert torch.equal(rows[:, alike.picked][:, alike.kind], rows)


@pytest.mark.parametrize(("n_kinds", "n_envs"), [(5, 100), (1000, 1000)])
def test_few_or_unlike_environments_are_left_alone(n_kinds, n_envs):
    assert Alike.of(rows_of(n_kinds, n_envs)[0]) is None


def test_kinds_that_are_mixed_up_are_never_merged(monkeypatch):
    """Should two kinds get the same mixed number, every environment is decided by itself."""
    monkeypatch.setattr("core.agents.alike._mixed", lambda rows: (rows[0] > 0).to(torch.int64))
    assert Alike.of(rows_of(30, 1000)[0]) is None


def test_parameters_and_items_are_told_apart(item):
    problems = [item, replace(item, name="dear", costs=CostRates(1.0, 90.0)), item]
    kinds = kinds_of(SingleItemSystem(problems, 200).parameters, torch.arange(3))
    assert kinds is not None
    first, second, third = kinds.reshape(3, 200).unbind()
    assert all(len(kind.unique()) == 1 for kind in (first, second, third))
    assert len(kinds.unique()) == 3
    assert kinds_of(SingleItemSystem(problems, 10).parameters, torch.arange(3)) is None


def test_items_are_numbered_by_what_they_are():
    """The same ones by what they are, whether listed again or made anew."""
    first, other = ("a", 1), ("b", 2)
    again = tuple(["a", 1])
    apart, number = numbered([first, other, first, again, other])
    assert set(apart) == {first, other}
    assert [apart[k] for k in number] == [first, other, first, first, other]
    assert numbered([other])[1].tolist() == [0]


def test_the_agent_orders_the_same_as_when_it_decides_for_each_alone(item, monkeypatch):
    """Over a whole play, with two items side by side; to the last unit."""
    problems = [item, replace(item, name="slow", demand=poisson(0.7))]
    policy = shipped_generalist().policy(problems, quick_s_s(problems))
    together = orders(policy, problems)
    monkeypatch.setattr(Alike, "of", classmethod(lambda cls, rows: None))
    assert torch.equal(orders(policy, problems), together)
    assert len(together.unique()) > 5


def test_most_environments_are_merged(item, monkeypatch):
    """Else nothing is gained."""
    found = []
    usual = Alike.of.__func__
    monkeypatch.setattr(
        Alike, "of", classmethod(lambda cls, rows: found.append(usual(cls, rows)) or found[-1])
    )
    orders(
        shipped_generalist().policy(
            [item], SSPolicy.of([item], reorder_point=[20.0], order_up_to_level=[30.0])
        ),
        [item],
    )
    assert sum(alike is not None for alike in found) > 0.8 * len(found)


def orders(policy, problems) -> torch.Tensor:
    system = SingleItemSystem(problems, N_PATHS)
    scenario = draw_scenario(problems, N_PATHS, 40, 5)
    stocks, found = system.start(), []
    for _ in range(scenario.horizon):
        order = policy.act(system.observe(stocks, scenario))
        stocks, flows = system.step(stocks, order, scenario)
        found.append(flows.order)
    return torch.stack(found)


@pytest.fixture
def item() -> Problem:
    return Problem("steady", poisson(5.0), CostRates(1.0, 9.0), LeadTime(3))
