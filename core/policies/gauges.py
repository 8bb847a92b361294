"""Gauges: rules for small textbook problems that show what is possible there.

They are measured against, and not offered to planners. A new gauge: one file and one line here.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.domain import UnknownNameError
from core.policies.myopic import Myopic2Policy, MyopicPolicy
from core.policies.protocol import SearchSettings
from core.policies.state_table import TablePolicy
from core.policies.value_iteration import OptimumPolicy
from core.simulator import Problem

GAUGES: dict[str, type[TablePolicy]] = {
    OptimumPolicy.name: OptimumPolicy,
    MyopicPolicy.name: MyopicPolicy,
    Myopic2Policy.name: Myopic2Policy,
}


def fit_gauge(name: str, problems: Sequence[Problem]) -> TablePolicy:
    """Work a gauge out for every problem.

    Args:
        name: Of the gauge, e.g. "optimum".
        problems: One per item, at least one.

    Raises:
        UnknownNameError: where there is no such gauge.
        PolicyParameterError: where an item is no small textbook problem; names it.
    """
    if name not in GAUGES:
        raise UnknownNameError("gauge", name, GAUGES)
    return GAUGES[name].fit(problems, SearchSettings())
