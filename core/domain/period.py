"""The planning period: the bucket of the sales history (day, week, month)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Dates = npt.NDArray[np.datetime64]

_EPOCH_MONDAY = np.datetime64("1970-01-05", "D")


class Period(StrEnum):
    """Day, week (starting Monday) or month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def per_year(self) -> float:
        """Periods in a year."""
        return {"day": 365.25, "week": 365.25 / 7, "month": 12.0}[self.value]

    @property
    def days(self) -> float:
        """Mean length in days."""
        return 365.25 / self.per_year

    def number(self, dates: Dates | date | np.datetime64) -> npt.NDArray[np.int64]:
        """Number the periods: consecutive periods have consecutive whole numbers.

        Args:
            dates: Any day inside the period, any shape.
        """
        days = np.asarray(dates, dtype="datetime64[D]")
        if self is Period.MONTH:
            return days.astype("datetime64[M]").astype(np.int64)
        if self is Period.WEEK:
            return (days - _EPOCH_MONDAY).astype(np.int64) // 7
        return days.astype(np.int64)

    def start(self, index: npt.ArrayLike) -> Dates:
        """Return the first day of each numbered period."""
        number = np.asarray(index, dtype=np.int64)
        if self is Period.MONTH:
            return number.astype("datetime64[M]").astype("datetime64[D]")
        if self is Period.WEEK:
            return _EPOCH_MONDAY + (number * 7).astype("timedelta64[D]")
        return number.astype("datetime64[D]")

    def first_day(self, index: int) -> date:
        """Return the first day of one numbered period."""
        day: date = self.start([index])[0].item()
        return day
