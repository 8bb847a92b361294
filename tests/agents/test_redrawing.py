"""A copy that has learned nothing: the same shape, other decisions, the same ones every time."""

from __future__ import annotations

import pytest
import torch

from core.agents.networks import Experts, Mlp, Route, Table
from core.agents.redrawing import redrawn


def mlp(last: float = 0.3) -> Mlp:
    weights = (torch.full((8, 3), 0.2), torch.full((2, 8), last))
    return Mlp(weights, (torch.zeros(8), torch.zeros(2)), "tanh", "free")


NETWORKS = [
    mlp(),
    mlp(0.0),
    Experts((Route(0, 0.5),), (mlp(), mlp(0.1))),
    Table(torch.eye(6), (0,), ((-1.0, -0.5, 0.0, 0.5, 1.0),), 3),
]


@pytest.mark.parametrize("network", NETWORKS)
def test_the_copy_has_the_same_shape_and_decides_otherwise(network):
    features = torch.linspace(-2, 2, 60).reshape(20, 3)
    copy = redrawn(network, torch.Generator().manual_seed(1))
    again = redrawn(network, torch.Generator().manual_seed(1))
    assert copy.shape_json() == network.shape_json()
    assert not torch.equal(copy.act(features), network.act(features))
    assert torch.equal(copy.act(features), again.act(features))
