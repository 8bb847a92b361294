"""The verdict of a paired comparison: better, worse, or cannot tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from core.domain.intervals import mean_half_width, share_difference_interval


class Outcome(StrEnum):
    """What a comparison may conclude."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Cost difference to the reference on the same scenarios, with its 95 % interval.

    Args:
        difference: Mean cost difference, money per period; below 0 is cheaper.
        half_width: Half of the 95 % interval; infinite where there are too few pairs.
        reference_cost: Mean cost of the reference, money per period.
        n_pairs: Independent paired observations.
        shift: How far the middle of the interval lies above the difference; 0 for money, so that
            it may be told as the difference plus or minus half of the interval.
    """

    difference: float
    half_width: float
    reference_cost: float
    n_pairs: int
    shift: float = 0.0

    @classmethod
    def from_pairs(
        cls, cost: npt.NDArray[np.float64], reference: npt.NDArray[np.float64]
    ) -> Verdict:
        """Compare paired costs, shapes [n_pairs], by the mean of their differences."""
        assert cost.shape == reference.shape and cost.ndim == 1
        pairs = cost - reference
        half = float(mean_half_width(pairs))
        return cls(float(pairs.mean()), half, float(reference.mean()), pairs.shape[0])

    @classmethod
    def from_shares(
        cls, is_so: npt.NDArray[np.float64], reference: npt.NDArray[np.float64]
    ) -> Verdict:
        """Compare how often something happens, paired: 0 or 1 each, shapes [n_pairs].

        The interval reaches further on one side of the difference than on the other.
        """
        assert is_so.shape == reference.shape and is_so.ndim == 1
        n = is_so.shape[0]
        more, fewer = (is_so > reference).sum(), (is_so < reference).sum()
        low, high = map(float, share_difference_interval(more, fewer, n))
        difference = float(more - fewer) / n
        shift = (low + high) / 2 - difference
        return cls(difference, (high - low) / 2, float(reference.mean()), n, shift)

    @classmethod
    def of_sum(cls, verdicts: Sequence[Verdict]) -> Verdict:
        """Add up verdicts on items whose futures are independent of each other, 1 or more."""
        return cls(
            sum(verdict.difference for verdict in verdicts),
            math.sqrt(sum(verdict.half_width**2 for verdict in verdicts)),
            sum(verdict.reference_cost for verdict in verdicts),
            min(verdict.n_pairs for verdict in verdicts),
        )

    def reversed(self) -> Verdict:
        """Return the reference's cost against the other one's."""
        cost = self.reference_cost + self.difference
        turned, shift = 0.0 - self.difference, 0.0 - self.shift
        return Verdict(turned, self.half_width, cost, self.n_pairs, shift)

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.difference + self.shift - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self.difference + self.shift + self.half_width

    @property
    def outcome(self) -> Outcome:
        """Better or worse only where the interval is clear of 0."""
        if self.high < 0:
            return Outcome.BETTER
        return Outcome.WORSE if self.low > 0 else Outcome.CANNOT_TELL

    @property
    def is_negligible(self) -> bool:
        """Whether it is surely less than 0.1 % of the reference cost, whatever its sign."""
        return max(abs(self.low), abs(self.high)) < 0.001 * abs(self.reference_cost)

    @property
    def percent(self) -> float:
        """Difference as a percentage of the reference cost; nan where that is 0."""
        return 100 * self.difference / self.reference_cost if self.reference_cost else math.nan
