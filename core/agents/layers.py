"""The layers of a network that is being learned, as plain tensors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from core.agents.networks import Mlp


class Layers:
    """Weights and biases in turn; calling it runs features through them.

    Args:
        weights: Weight [n_out, n_in] and bias [n_out] of each layer, in turn.
    """

    def __init__(self, weights: Sequence[Tensor]):
        self.weights = list(weights)

    @classmethod
    def drawn(cls, sizes: Sequence[int], noise: torch.Generator) -> Layers:
        """Draw the hidden layers; the last layer starts at 0, so that all outputs do."""
        weights: list[Tensor] = []
        for n_in, n_out in pairwise(sizes):
            bound = 1.0 / math.sqrt(n_in)
            weights.append((2 * torch.rand(n_out, n_in, generator=noise) - 1) * bound)
            weights.append((2 * torch.rand(n_out, generator=noise) - 1) * bound)
        weights[-2:] = [torch.zeros_like(value) for value in weights[-2:]]
        return cls([value.requires_grad_() for value in weights])

    @classmethod
    def copied(cls, network: Mlp) -> Layers:
        """Go on with the weights of a network."""
        pairs = zip(network.weights, network.biases, strict=True)
        weights = [value.detach().clone() for layer in pairs for value in layer]
        return cls([value.requires_grad_() for value in weights])

    def __call__(self, features: Tensor) -> Tensor:
        """Return the last layer, shape [..., n_out]."""
        out, last = features, len(self.weights) - 2
        for i in range(0, len(self.weights), 2):
            out = torch.nn.functional.linear(out, self.weights[i], self.weights[i + 1])
            out = torch.nn.functional.silu(out) if i < last else out
        return out

    def frozen(self) -> Layers:
        """Return the same layers as constants."""
        return Layers([value.detach() for value in self.weights])

    def network(self, activation: str, head: str) -> Mlp:
        """Copy them into a network that stays as it is."""
        names = [f"{i // 2}.{'bias' if i % 2 else 'weight'}" for i in range(len(self.weights))]
        return Mlp.of(dict(zip(names, self.weights, strict=True)), activation, head)


class RunningMean:
    """The mean of a network over its latest steps; often the better one.

    Args:
        layers: What is learned.
        weight: Of the past, per step; less at the beginning.
    """

    def __init__(self, layers: Layers, weight: float):
        self._now, self._weight, self._n_steps = layers, weight, 0
        self.layers = Layers([value.detach().clone() for value in layers.weights])

    def follow(self) -> None:
        """Move towards the layers as they are now."""
        self._n_steps += 1
        share = 1.0 - min(self._weight, self._n_steps / (self._n_steps + 10.0))
        with torch.no_grad():
            for mean, now in zip(self.layers.weights, self._now.weights, strict=True):
                mean.lerp_(now, share)
