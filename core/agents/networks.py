"""The small networks that agents consist of, and the tables of tabular learners."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "silu": torch.nn.functional.silu,
}

# Fewer rows are multiplied in another order, and would differ in the last digit from the same rows
# among many.
_FEWEST = 16


def gated(scores: Tensor) -> Tensor:
    """Choose 0 where it is likelier than all others together, else the likeliest other.

    A policy that has learned to order spreads its chances over neighbouring orders; the single
    likeliest choice could then still be not to order at all.
    """
    others = torch.logsumexp(scores[:, 1:], 1)
    return (scores[:, 1:].argmax(1) + 1) * (others >= scores[:, 0])


CHOICE_HEADS = frozenset({"argmax", "gated"})
# What the last layer means: a choice's number, or controls within -1..1.
HEADS: dict[str, Callable[[Tensor], Tensor]] = {
    "argmax": lambda out: out.argmax(-1),
    "gated": gated,
    "tanh": torch.tanh,
    "free": lambda out: out,
    "clip": lambda out: out.clamp(-1.0, 1.0),
}


class Network(Protocol):
    """Anything that turns features into actions."""

    kind: ClassVar[str]

    @property
    def n_inputs(self) -> int:
        """Features it reads."""
        ...

    @property
    def n_outputs(self) -> int:
        """Choices or controls it decides between."""
        ...

    @property
    def head(self) -> str:
        """Key of HEADS."""
        ...

    def scores(self, features: Tensor) -> Tensor:
        """Return the last layer, shape [n, n_outputs]."""
        ...

    def act(self, features: Tensor) -> Tensor:
        """Return greedy actions, shape [n] (choices) or [n, n_outputs] (controls)."""
        ...

    def tensors(self) -> dict[str, Tensor]:
        """Return the weights by name."""
        ...

    def shape_json(self) -> dict[str, Any]:
        """Write everything but the weights."""
        ...


@dataclass(frozen=True, eq=False)
class Mlp:
    """A multi-layer perceptron.

    Args:
        weights: One per layer, shape [n_out, n_in].
        biases: One per layer, shape [n_out].
        activation: Key of ACTIVATIONS, between layers.
        head: Key of HEADS.
    """

    kind: ClassVar[str] = "mlp"
    weights: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]
    activation: str
    head: str

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, hidden units, outputs."""
        return (self.n_inputs, *(int(bias.shape[0]) for bias in self.biases))

    @property
    def n_inputs(self) -> int:
        """Features it reads."""
        return int(self.weights[0].shape[1])

    @property
    def n_outputs(self) -> int:
        """Choices or controls."""
        return int(self.biases[-1].shape[0])

    def scores(self, features: Tensor) -> Tensor:
        """Return the last layer, shape [n, n_outputs]."""
        activate, n = ACTIVATIONS[self.activation], features.shape[0]
        missing = max(0, _FEWEST - n)
        out = torch.nn.functional.pad(features, (0, 0, 0, missing)) if missing else features
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            out = activate(torch.nn.functional.linear(out, weight, bias))
        out = torch.nn.functional.linear(out, self.weights[-1], self.biases[-1])
        return out[:n] if missing else out

    def act(self, features: Tensor) -> Tensor:
        """Return greedy actions."""
        return HEADS[self.head](self.scores(features))

    def times(self, factor: float) -> Mlp:
        """Return a network whose outputs are this many times as large."""
        *weights, last_weight = self.weights
        *biases, last_bias = self.biases
        weights, biases = [*weights, factor * last_weight], [*biases, factor * last_bias]
        return replace(self, weights=tuple(weights), biases=tuple(biases))

    def tensors(self) -> dict[str, Tensor]:
        """Return the weights as "0.weight", "0.bias", "1.weight", ..."""
        layers = enumerate(zip(self.weights, self.biases, strict=True))
        return {
            f"{i}.{name}": value
            for i, layer in layers
            for name, value in zip(("weight", "bias"), layer, strict=True)
        }

    def shape_json(self) -> dict[str, Any]:
        """Write sizes, activation and head."""
        return {
            "kind": self.kind,
            "sizes": list(self.sizes),
            "activation": self.activation,
            "head": self.head,
        }

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor], activation: str, head: str) -> Mlp:
        """Build one from ``tensors()``; the tensors are copied and need no gradient."""
        n_layers = len(tensors) // 2
        weights = tuple(tensors[f"{i}.weight"].detach().clone() for i in range(n_layers))
        biases = tuple(tensors[f"{i}.bias"].detach().clone() for i in range(n_layers))
        return cls(weights, biases, activation, head)


@dataclass(frozen=True, eq=False)
class Table:
    """A table of values, one row per cell of a grid over two features.

    Args:
        values: Value of each choice in each cell, shape [n_cells, n_choices].
        columns: Which features span the grid.
        edges: Cell borders along each, ascending; n edges make n + 1 cells.
        n_inputs: Features handed in.
    """

    kind: ClassVar[str] = "table"
    values: Tensor
    columns: tuple[int, ...]
    edges: tuple[tuple[float, ...], ...]
    n_inputs: int
    head: ClassVar[str] = "argmax"

    @property
    def n_outputs(self) -> int:
        """Choices."""
        return int(self.values.shape[1])

    def cells(self, features: Tensor) -> Tensor:
        """Return the number of the cell that each row lies in, shape [n]."""
        cell = torch.zeros(features.shape[0], dtype=torch.long)
        for column, edges in zip(self.columns, self.edges, strict=True):
            borders = torch.tensor(edges, dtype=features.dtype)
            inside = torch.bucketize(features[:, column].contiguous(), borders)
            cell = cell * (len(edges) + 1) + inside
        return cell

    def scores(self, features: Tensor) -> Tensor:
        """Return the row of each cell, shape [n, n_choices]."""
        return self.values[self.cells(features)]

    def act(self, features: Tensor) -> Tensor:
        """Return the best choice of each cell."""
        return self.scores(features).argmax(-1)

    def tensors(self) -> dict[str, Tensor]:
        """Return the table."""
        return {"values": self.values}

    def shape_json(self) -> dict[str, Any]:
        """Write the grid."""
        return {
            "kind": self.kind,
            "columns": list(self.columns),
            "edges": [list(edges) for edges in self.edges],
            "n_inputs": self.n_inputs,
            "n_choices": self.n_outputs,
        }


@dataclass(frozen=True, slots=True)
class Route:
    """A feature that sends items to their own network.

    Args:
        column: The feature.
        threshold: Above it the answer is yes.
    """

    column: int
    threshold: float


@dataclass(frozen=True, eq=False)
class Experts:
    """Perceptrons that each decide for items of their own.

    Args:
        routes: One for every network but the last; the first that says yes counts.
        networks: As the routes; the last decides where none says yes.
    """

    kind: ClassVar[str] = "experts"
    routes: tuple[Route, ...]
    networks: tuple[Mlp, ...]

    def __post_init__(self) -> None:
        assert len(self.routes) == len(self.networks) - 1 > 0

    @property
    def n_inputs(self) -> int:
        """Features they read."""
        return self.networks[0].n_inputs

    @property
    def n_outputs(self) -> int:
        """Choices or controls."""
        return self.networks[0].n_outputs

    @property
    def head(self) -> str:
        """Key of HEADS; the same for all."""
        return self.networks[0].head

    def scores(self, features: Tensor) -> Tensor:
        """Return the last layer of those that decide, shape [n, n_outputs]."""
        last, others = self.networks[-1], []
        for route, network in zip(self.routes, self.networks, strict=False):
            is_mine = features[:, route.column, None] > route.threshold
            if bool(is_mine.all()):
                last = network
                break
            if bool(is_mine.any()):
                others.append((is_mine, network))
        found = last.scores(features)
        for is_mine, network in reversed(others):
            found = torch.where(is_mine, network.scores(features), found)
        return found

    def act(self, features: Tensor) -> Tensor:
        """Return greedy actions."""
        return HEADS[self.head](self.scores(features))

    def tensors(self) -> dict[str, Tensor]:
        """Return the weights as "0.0.weight", ..., by the number of the network first."""
        parts = enumerate(self.networks)
        return {f"{row}.{key}": x for row, mlp in parts for key, x in mlp.tensors().items()}

    def shape_json(self) -> dict[str, Any]:
        """Write everything but the weights."""
        return {
            "kind": self.kind,
            "routes": [asdict(route) for route in self.routes],
            "networks": [network.shape_json() for network in self.networks],
        }


def copy_of(network: Network) -> Network:
    """Return a network that later learning does not change."""
    return copy.deepcopy(network)
