"""Networks and tables: what the last layer means."""

from __future__ import annotations

import pytest
import torch

from core.agents.networks import HEADS, Mlp, Table, copy_of


def test_an_mlp_is_what_torch_makes_of_the_same_layers():
    layers = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 2))
    tensors = {
        f"{i}.{part}": getattr(layers[2 * i], part) for i in (0, 1) for part in ("weight", "bias")
    }
    network, features = Mlp.of(tensors, "tanh", "argmax"), torch.randn(20, 3)
    assert torch.allclose(network.scores(features), layers(features))
    assert network.sizes == (3, 5, 2)
    assert not any(value.requires_grad for value in network.tensors().values())


def test_the_gate_orders_where_all_orders_together_are_likelier_than_none():
    """The likeliest single choice is 0 in the first row, and yet an order is likelier."""
    chances = torch.tensor([[0.4, 0.3, 0.2, 0.1], [0.6, 0.0001, 0.3, 0.0999]])
    assert HEADS["argmax"](chances.log()).tolist() == [0, 0]
    assert HEADS["gated"](chances.log()).tolist() == [1, 0]


def test_a_table_finds_the_cell_of_each_row():
    values = torch.arange(6.0).reshape(6, 1)
    table = Table(values, (1, 0), ((0.0, 1.0), (5.0,)), 2)
    rows = torch.tensor([[4.0, -1.0], [6.0, -1.0], [4.0, 0.5], [6.0, 2.0]])
    assert table.scores(rows)[:, 0].tolist() == [0.0, 1.0, 2.0, 5.0]


def test_a_copy_does_not_learn_on():
    network = Mlp((torch.zeros(1, 1),), (torch.zeros(1),), "tanh", "tanh")
    copied = copy_of(network)
    network.weights[0].fill_(1.0)
    assert float(copied.tensors()["0.weight"]) == 0.0


@pytest.mark.parametrize("n", [1, 3, 15])
def test_few_rows_are_multiplied_as_more_are(n):
    """To the last digit: else an order could hang on how many are decided with it."""
    torch.manual_seed(4)
    layers = [torch.nn.Linear(42, 64), torch.nn.Linear(64, 64), torch.nn.Linear(64, 2)]
    tensors = {f"{i}.{k}": x for i, layer in enumerate(layers) for k, x in layer.named_parameters()}
    network = Mlp.of(tensors, "silu", "free")
    rows = torch.randn(16, 42)
    few = network.scores(rows[:n])
    assert few.shape == (n, 2) and torch.equal(few, network.scores(rows)[:n])
