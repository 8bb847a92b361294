"""Imitating (s, S) before learning, so that even a short training is never a disaster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from core.agents.references import References
from core.agents.task import Assignment, sample_states

_ENVS = 1024
_BATCH = 1024
_MAX_STEPS = 3000
_GOOD_ENOUGH = {False: 0.02, True: 5e-4}

Loss = Callable[[Tensor, Tensor], Tensor]


def examples(assignment: Assignment, seed: int) -> tuple[Tensor, Tensor]:
    """Return features, shape [n, n_features], and the actions nearest to (s, S), shape [n, ...]."""
    a, n_paths = assignment, max(2, _ENVS // len(assignment.problems))
    references = References.of(a.items, n_paths)
    features, actions = [], []
    for state in sample_states(a.problems, a.baseline, a.items, n_paths, seed):
        seen = state.observation
        features.append(a.encoder.encode(seen, references))
        actions.append(a.code.encode(state.quantity, seen.inventory_position, references))
    return torch.cat(features), torch.cat(actions)


def imitate(
    forward: Callable[[Tensor], Tensor],
    parameters: Iterable[torch.nn.Parameter],
    data: tuple[Tensor, Tensor],
    seconds: float,
    go_on: Callable[[], bool] = lambda: True,
) -> None:
    """Fit a network to (s, S): cross entropy for choices, squared error for controls.

    Args:
        forward: Scores of choices or controls from features.
        parameters: What to fit.
        data: From ``examples``.
        seconds: Time to spend at most.
        go_on: Asked now and then; False stops.
    """
    features, actions = data
    is_continuous = actions.is_floating_point()
    loss_of: Loss = torch.nn.functional.mse_loss if is_continuous else _cross_entropy
    optimiser = torch.optim.Adam(list(parameters), lr=3e-3)
    end, noise, running = time.monotonic() + seconds, torch.Generator().manual_seed(0), 1.0
    for step in range(_MAX_STEPS):
        rows = torch.randint(features.shape[0], (_BATCH,), generator=noise)
        loss = loss_of(forward(features[rows]), actions[rows])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        running = 0.98 * running + 0.02 * float(loss.detach())
        is_late = time.monotonic() > end
        if is_late or running < _GOOD_ENOUGH[is_continuous] or (step % 64 == 63 and not go_on()):
            return


def _cross_entropy(scores: Tensor, actions: Tensor) -> Tensor:
    # Smoothed, so that the first policy still tries what (s, S) would not do.
    return torch.nn.functional.cross_entropy(scores, actions, label_smoothing=0.05)
