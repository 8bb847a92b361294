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
# How far the first policy strays from the (s, S) order: in choices, and at random.
_NEAR, _ANY = 2.0, 0.1
# Where orders cost a fixed amount, an order at random does far more harm.
_ANY_WITH_GATE = 0.02
_GOOD_ENOUGH = 5e-4


def examples(assignment: Assignment, seed: int) -> tuple[Tensor, Tensor]:
    """Return features, shape [n, n_features], and what to imitate in each.

    That is the controls nearest to the (s, S) order, or a chance for every choice that is highest
    at the nearest and falls off around it: a learner that starts certain of one choice would never
    find out about the others.
    """
    a, n_paths = assignment, max(2, _ENVS // len(assignment.problems))
    references = References.of(a.items, n_paths)
    features, actions = [], []
    for state in sample_states(a.problems, a.baseline, a.items, n_paths, a.source, seed):
        seen = state.observation
        features.append(a.encoder.encode(seen, references))
        now = references.at(seen)
        actions.append(a.code.encode(state.quantity, seen.inventory_position, now))
    if not a.code.n_choices:
        return torch.cat(features), torch.cat(actions)
    chances = soft_choices(a.code.n_choices, a.code.n_apart)
    return torch.cat(features), chances[torch.cat(actions)]


def soft_choices(n_choices: int, n_apart: int) -> Tensor:
    """Return the chances to imitate around each choice, shape [n_choices, n_choices].

    Args:
        n_choices: Ascending orders.
        n_apart: Choices at the beginning that are near to no other.
    """
    number = torch.arange(n_choices, dtype=torch.float32)
    near = torch.exp(-0.5 * ((number[:, None] - number) / _NEAR) ** 2)
    near[:n_apart], near[:, :n_apart] = 0.0, 0.0
    near[range(n_apart), range(n_apart)] = 1.0
    near = near / near.sum(1, keepdim=True)
    anything = _ANY_WITH_GATE if n_apart else _ANY
    return (1 - anything) * near + anything / n_choices


def imitate(
    forward: Callable[[Tensor], Tensor],
    parameters: Iterable[torch.nn.Parameter],
    data: tuple[Tensor, Tensor],
    seconds: float,
    go_on: Callable[[], bool] = lambda: True,
) -> None:
    """Fit a network to (s, S).

    Args:
        forward: Logits of choices, or controls, from features.
        parameters: What to fit.
        data: From ``examples``.
        seconds: Time to spend at most.
        go_on: Asked now and then; False stops.
    """
    features, wanted = data
    optimiser = torch.optim.Adam(list(parameters), lr=3e-3)
    end, noise, running = time.monotonic() + seconds, torch.Generator().manual_seed(0), 1.0
    for step in range(_MAX_STEPS):
        rows = torch.randint(features.shape[0], (_BATCH,), generator=noise)
        loss = _distance(forward(features[rows]), wanted[rows])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        running = 0.98 * running + 0.02 * float(loss.detach())
        is_done = running < _GOOD_ENOUGH or time.monotonic() > end
        if is_done or (step % 64 == 63 and not go_on()):
            return


def _distance(output: Tensor, wanted: Tensor) -> Tensor:
    """Divergence of chances where there is more than a gate and a level, else squared error."""
    if output.shape[1] <= 2:
        return torch.nn.functional.mse_loss(output, wanted)
    chances = torch.nn.functional.log_softmax(output, 1)
    return torch.nn.functional.kl_div(chances, wanted, reduction="batchmean")
