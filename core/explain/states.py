"""States as a table of named quantities: what a policy is told, and what may be changed in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.simulator import Memory, Observation, Parameters, Stocks
from core.simulator.parameters import COLUMNS
from core.simulator.pipeline import crossing_pipeline

Floats = npt.NDArray[np.float64]

_LEAD_TIME = ("lead_time_mean", "lead_time_sd", "max_lead_time")
_RULES = tuple(name for name in COLUMNS if name not in _LEAD_TIME)


@dataclass(frozen=True, slots=True)
class Group:
    """Quantities that belong together and are only ever exchanged together.

    Args:
        label: In planners' words.
        columns: Of the table; "due" stands for every row of orders under way.
        shown: Column whose value the screen shows; "due" is added up; empty shows none.
        unit: Of the shown value.
    """

    label: str
    columns: tuple[str, ...]
    shown: str = ""
    unit: str = "units"


GROUPS: tuple[Group, ...] = (
    Group("stock on hand", ("inventory_level",), "inventory_level"),
    Group("open orders", ("due",), "due"),
    Group(
        "expected demand",
        ("next_mean", "protection_mean"),
        "protection_mean",
        "units over lead time and review",
    ),
    Group("demand variability", ("variability",), "variability", "of the expected demand"),
    Group("lead time", _LEAD_TIME, "lead_time_mean", "periods"),
    Group("costs and rules", _RULES),
)


@dataclass(frozen=True, eq=False)
class StateTable:
    """States of one item, one per row.

    ``variability`` is the standard deviation over lead time and review as a share of the expected
    demand, so that level and variability can be exchanged apart.

    Args:
        names: Columns: inventory_level, due_1.., next_mean, protection_mean, variability, and
            the fields of Parameters.
        values: Shape [n_states, n_columns].
        dtype: Number format of the observations that are rebuilt.
        memory: Recent sales, one environment: the same in all states, as today; None for none.
    """

    names: tuple[str, ...]
    values: Floats
    dtype: torch.dtype = torch.float32
    memory: Memory | None = None

    @classmethod
    def of(cls, observation: Observation, n_due: int) -> StateTable:
        """Read the table off an observation.

        Args:
            observation: Of n states.
            n_due: Rows of orders under way to keep, 1 or more.
        """
        mean, sd = observation.protection_mean, observation.protection_sd
        rows = {
            "inventory_level": observation.inventory_level,
            **{f"due_{k + 1}": row for k, row in enumerate(observation.outstanding(n_due))},
            "next_mean": observation.next_mean,
            "protection_mean": mean,
            "variability": _double(sd) / _double(mean).clamp(min=1e-12),
            **{name: getattr(observation.parameters, name) for name in COLUMNS},
        }
        table = torch.stack([_double(row) for row in rows.values()], dim=1).numpy()
        memory = observation.memory if table.shape[0] == 1 else None
        return cls(tuple(rows), table, observation.inventory_level.dtype, memory)

    def __len__(self) -> int:
        return int(self.values.shape[0])

    @property
    def version(self) -> str:
        """Short fingerprint of every number in the table."""
        return sha256(np.ascontiguousarray(self.values).tobytes()).hexdigest()[:12]

    def columns_of(self, group: Group) -> list[int]:
        """Return where a group's columns stand."""
        return [
            i
            for i, name in enumerate(self.names)
            if name in group.columns or (name.startswith("due_") and "due" in group.columns)
        ]

    def column(self, name: str) -> Floats:
        """Return one quantity of every state; "due" is everything on order."""
        if name == "due":
            due = [i for i, other in enumerate(self.names) if other.startswith("due_")]
            return np.asarray(self.values[:, due].sum(axis=1))
        return self.values[:, self.names.index(name)]

    def with_values(self, values: Floats) -> StateTable:
        """Return a table of the same columns."""
        assert values.ndim == 2 and values.shape[1] == len(self.names)
        return replace(self, values=values)

    def changed(self, name: str, value: Floats | float) -> StateTable:
        """Return the states with one quantity set to a value, shape [n_states] or a number.

        A table of one state grows to as many states as there are values.
        """
        wanted = np.atleast_1d(np.asarray(value, dtype=np.float64))
        n = max(len(self), wanted.shape[0])
        values = np.broadcast_to(self.values, (n, len(self.names))).copy()
        values[:, self.names.index(name)] = wanted
        return self.with_values(values)

    def observation(self) -> Observation:
        """Rebuild what a policy is told, one environment per state."""
        table = torch.as_tensor(self.values.T, dtype=self.dtype)
        # Rows of their own: where a row starts in memory would show in the last digit of a sum.
        given = {name: row.clone() for name, row in zip(self.names, table, strict=True)}
        spread = self.column("variability") * self.column("protection_mean")
        sd = torch.as_tensor(spread, dtype=self.dtype)
        parameters = Parameters(
            n_items=1, n_paths=len(self), **{name: given[name] for name in COLUMNS}
        )
        due = torch.stack([given[name] for name in self.names if name.startswith("due_")])
        stocks = Stocks(
            inventory_level=given["inventory_level"],
            inventory_position=given["inventory_level"] + due.sum(0),
            pipeline=crossing_pipeline(due, parameters.max_lead_time),
            received=None,
            t=0,
            memory=None if self.memory is None else self.memory.repeated(len(self)),
        )
        return Observation(stocks, parameters, given["next_mean"], given["protection_mean"], sd)


def _double(values: Tensor) -> Tensor:
    return values.detach().to(torch.float64)
