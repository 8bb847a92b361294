"""The verdict of a paired comparison: better, worse, or cannot tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import special


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
    """

    difference: float
    half_width: float
    reference_cost: float
    n_pairs: int

    @classmethod
    def from_pairs(
        cls, cost: npt.NDArray[np.float64], reference: npt.NDArray[np.float64]
    ) -> Verdict:
        """Compare paired costs, shapes [n_pairs], by Student's t on their differences."""
        assert cost.shape == reference.shape and cost.ndim == 1
        pairs = cost - reference
        n = pairs.shape[0]
        half = math.inf
        if n > 1:
            half = float(special.stdtrit(n - 1, 0.975) * pairs.std(ddof=1) / math.sqrt(n))
        return cls(float(pairs.mean()), half, float(reference.mean()), n)

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.difference - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self.difference + self.half_width

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
