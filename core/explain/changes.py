"""Where an order changes as one quantity moves: found on the policy itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.explain.levers import Lever, Scale
from core.explain.probe import Probe
from core.explain.states import Floats

Flags = npt.NDArray[np.bool_]

# Values tried at once between two neighbours, one of which changes the order and one does not.
_BETWEEN = 15
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Event:
    """A way for an order to change.

    Args:
        key: Name in code.
        holds: Whether orders have changed so: of orders, today's order and the least change.
    """

    key: str
    holds: Callable[[Floats, float, float], Flags]


EVENTS: dict[str, Event] = {
    event.key: event
    for event in (
        Event("stops", lambda order, now, step: (order <= _NOTHING) & (now > _NOTHING)),
        Event("starts", lambda order, now, step: (order > _NOTHING) & (now <= _NOTHING)),
        Event(
            "changes",
            lambda order, now, step: (
                (order > _NOTHING) & (now > _NOTHING) & (np.abs(order - now) >= step - _NOTHING)
            ),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Change:
    """One place where the order changes.

    Args:
        event: Key of EVENTS.
        at: Nearest value to today's at which it has changed.
        beside: The value just before, on the side of today's, at which it has not.
        order: Units ordered at ``at``.
        end: Last value tried on that side.
        stays: Whether it has changed so at every value tried from there to the end.
    """

    event: str
    at: float
    beside: float
    order: float
    end: float
    stays: bool


def least_change(probe: Probe) -> float:
    """Return what counts as another order: a pack, or a tenth where packs are single units."""
    pack = probe.situation.problem.rules.pack_size
    return pack if pack > 1 else max(math.ceil(probe.order / 10 - 1e-9), pack)


def find_changes(probe: Probe, lever: Lever, scale: Scale) -> tuple[Change, ...]:
    """Look from today's value outwards, both ways, first roughly and then in between.

    Args:
        probe: The policy today.
        lever: What moves.
        scale: Its values.

    Returns:
        By value; each event at most once on either side of today's.
    """
    hunt = _Hunt(probe, lever, scale)
    hunt.ask(scale.coarse)
    while open_gaps := [gap for gap in hunt.gaps().values() if abs(gap[1] - gap[0]) > 1]:
        hunt.ask(np.concatenate([_between(*gap) for gap in open_gaps]))
    found = [hunt.change(event, gap) for (event, _), gap in hunt.gaps().items()]
    return tuple(sorted(found, key=lambda change: change.at))


class _Hunt:
    """Orders known so far, by k of the scale."""

    def __init__(self, probe: Probe, lever: Lever, scale: Scale):
        self._probe, self._lever, self._scale = probe, lever, scale
        self._known: dict[int, float] = {}
        self._step = least_change(probe)

    def ask(self, k: Floats) -> None:
        """Run the policy at more values, all at once."""
        new = np.array(sorted({int(each) for each in k} - self._known.keys()), dtype=float)
        orders = self._lever.orders(self._probe, self._scale.values(new))
        self._known |= {int(each): float(order) for each, order in zip(new, orders, strict=True)}

    def gaps(self) -> Mapping[tuple[str, int], tuple[int, int]]:
        """Return, by event and direction, the last value without and the first with it."""
        found = {}
        for direction in (-1, 1):
            k = self._outwards(direction)
            for event in EVENTS:
                holds = self._holds(event, k)
                if holds.any():
                    first = int(np.argmax(holds))
                    found[event, direction] = (k[first - 1] if first else 0, k[first])
        return found

    def change(self, event: str, gap: tuple[int, int]) -> Change:
        """Describe a change once its place is known exactly."""
        beside, at = gap
        k = [each for each in self._outwards(1 if at > 0 else -1) if abs(each) >= abs(at)]
        value_at, value_beside, end = self._scale.values(np.array([at, beside, k[-1]], dtype=float))
        stays = bool(self._holds(event, k).all())
        return Change(event, value_at, value_beside, self._known[at], end, stays)

    def _outwards(self, direction: int) -> list[int]:
        return sorted((k for k in self._known if k * direction > 0), key=abs)

    def _holds(self, event: str, k: list[int]) -> Flags:
        orders = np.array([self._known[each] for each in k])
        return EVENTS[event].holds(orders, self._probe.order, self._step)


def _between(start: int, end: int) -> Floats:
    inner = np.linspace(start, end, min(abs(end - start) - 1, _BETWEEN) + 2)[1:-1]
    return np.asarray(inner.round())
