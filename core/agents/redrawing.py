"""Networks of the same shape that have learned nothing: what explains one must not fit these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from core.agents.networks import Experts, Mlp, Network, Table


def redrawn(network: Network, noise: torch.Generator) -> Network:
    """Return a network with its weights drawn anew, as they are before any learning.

    Args:
        network: Its shape is kept, and which items each expert decides for.
        noise: To draw from.
    """
    return _REDRAWN[network.kind](network, noise)


def _mlp(network: Mlp, noise: torch.Generator) -> Mlp:
    drawn = {key: _drawn(weights, noise) for key, weights in network.tensors().items()}
    return Mlp.of(drawn, network.activation, network.head)


def _table(table: Table, noise: torch.Generator) -> Table:
    return replace(table, values=_drawn(table.values, noise))


def _experts(experts: Experts, noise: torch.Generator) -> Experts:
    return replace(experts, networks=tuple(_mlp(each, noise) for each in experts.networks))


_REDRAWN: dict[str, Callable[[Any, torch.Generator], Network]] = {
    Mlp.kind: _mlp,
    Table.kind: _table,
    Experts.kind: _experts,
}


def _drawn(weights: Tensor, noise: torch.Generator) -> Tensor:
    """Draw small numbers where many are added up."""
    drawn = torch.randn(weights.shape, generator=noise, dtype=weights.dtype)
    return drawn / float(weights.shape[-1] ** 0.5)
