"""Environments that stand alike are decided once: stock comes in few amounts, futures in many."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from core.simulator import Observation, Parameters, Stocks
from core.simulator.pipeline import AtOnce

# Fewer environments are decided as fast as they are told apart, and so are many unlike ones.
_LEAST, _MOST_SHARE = 200, 0.6

_Item = TypeVar("_Item", bound=Hashable)


@dataclass(frozen=True, eq=False)
class Alike:
    """Environments sorted by kind: those of a kind are equal in all that counts.

    Args:
        picked: One environment of each kind, shape [n_kinds].
        kind: Place of every environment's kind among them, shape [n_envs].
        rows: All that counts of those picked, shape [n_rows, n_kinds].
    """

    picked: Tensor
    kind: Tensor
    rows: Tensor

    @classmethod
    def of(cls, rows: Tensor) -> Alike | None:
        """Tell environments apart; None where it is not worth while.

        Args:
            rows: All that counts, shape [n_rows, n_envs].
        """
        if rows.shape[1] < _LEAST:
            return None
        mixed = _mixed(rows)
        # numpy sorts whole numbers up to four times as fast as torch.
        order = torch.from_numpy(np.argsort(mixed.numpy()))
        ordered = mixed[order]
        is_new = torch.ones_like(ordered, dtype=torch.bool)
        torch.ne(ordered[1:], ordered[:-1], out=is_new[1:])
        picked = order[is_new]
        if picked.shape[0] > _MOST_SHARE * rows.shape[1]:
            return None
        kind = torch.empty_like(order)
        kind[order] = is_new.cumsum(0) - 1
        # Two kinds whose mixed numbers happen to agree: very rare, and then nothing is merged.
        seen = rows.index_select(1, picked)
        return cls(picked, kind, seen) if torch.equal(seen.index_select(1, kind), rows) else None


def seen_rows(observation: Observation, due: Tensor, kinds: Tensor) -> Tensor:
    """Return all that a policy without memory is told, shape [n_rows, n_envs].

    Args:
        observation: What may be known now.
        due: Orders under way, in the rows that it looks at, shape [n_due, n_envs].
        kinds: As ``kinds_of`` tells; stands for costs, lead times, rules and items.
    """
    o = observation
    told = (o.inventory_level, o.inventory_position, o.next_mean, o.protection_mean)
    return torch.cat([torch.stack([kinds, *told, o.protection_sd]), due])


def told_by(rows: Tensor, parameters: Parameters, t: int) -> tuple[Observation, Tensor]:
    """Return what ``seen_rows`` holds: an observation, and beside it the orders under way.

    Args:
        rows: Of some environments, shape [n_rows, n].
        parameters: Theirs.
        t: Periods since the start.
    """
    _, level, position, *means = rows[:6].unbind()
    return Observation(Stocks(level, position, AtOnce(), None, t), parameters, *means), rows[6:]


def kinds_of(parameters: Parameters, items: Tensor) -> Tensor | None:
    """Number the environments by item and parameters, shape [n_envs].

    None where few or hardly any two are alike.

    Args:
        parameters: Laid out item by item.
        items: Numbers that differ where items do in anything else that counts, shape [n_items].
    """
    if parameters.n_envs < _LEAST:
        return None
    table = parameters.table
    item = items.to(table.dtype).repeat_interleave(table.shape[1] // items.shape[0])
    alike = Alike.of(torch.cat([table, item[None]]))
    return None if alike is None else alike.kind.to(table.dtype)


def numbered(items: Sequence[_Item]) -> tuple[list[_Item], Tensor]:
    """Return the items that differ, and the place of each item among them, shape [n_items].

    Where every environment is an item of its own, the same ones are listed thousands of times.
    """
    if len(items) == 1:
        return list(items), torch.zeros(1, dtype=torch.long)
    same = np.fromiter(map(id, items), np.int64, len(items))
    _, first, own = np.unique(same, return_index=True, return_inverse=True)
    places: dict[_Item, int] = {}
    place = [places.setdefault(items[row], len(places)) for row in first]
    return list(places), torch.from_numpy(np.array(place)[own])


def _mixed(rows: Tensor) -> Tensor:
    """Return one whole number for each column that hardly two different columns share."""
    bits = rows.contiguous().view(torch.int32 if rows.dtype == torch.float32 else torch.int64)
    return (bits.to(torch.int64) * _multipliers(rows.shape[0])).sum(0)


@lru_cache(maxsize=64)
def _multipliers(n: int) -> Tensor:
    """Return odd numbers, the same in every run."""
    drawn = torch.randint(2**62, (n, 1), generator=torch.Generator().manual_seed(n))
    return 2 * drawn + 1
