"""What planners type, read as numbers."""

from __future__ import annotations

import math
import re

from core.domain import ParameterError

_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")


def typed_quantity(text: str) -> float:
    """Read what a planner typed as a quantity: "60", "1,200", "2 500", "7.5".

    Raises:
        ParameterError: where it is no number; says what stands there.
    """
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    if not bare:
        raise ParameterError("No quantity is given", remedy="Type units, such as 60.")
    try:
        value = float(bare.replace(",", "") if _GROUPED.fullmatch(bare) else bare)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        said = text.strip()[:40]
        raise ParameterError(f"{said!r} is no number of units", remedy="Type one such as 60.")
    return value
