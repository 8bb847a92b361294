"""Time left in a training run."""

from __future__ import annotations

import time


class Clock:
    """Counts from its making to a limit.

    Args:
        limit_s: Seconds.
    """

    def __init__(self, limit_s: float):
        self.limit_s = limit_s
        self._begin = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._begin

    @property
    def remaining_s(self) -> float:
        """Seconds left, 0 or more."""
        return max(0.0, self.limit_s - self.elapsed_s)

    @property
    def fraction(self) -> float:
        """Share of the time that is over, 0..1."""
        return min(1.0, self.elapsed_s / self.limit_s)

    def left_share(self, floor: float = 0.02) -> float:
        """Return the share of the time that is left, at least ``floor``: for rates that fall."""
        return max(floor, 1.0 - self.fraction)
