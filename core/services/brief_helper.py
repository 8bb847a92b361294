"""What a helper does that explains orders briefly: it reads questions and prints answers.

It imports little, so that it is at work soon.
"""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import torch

from core.domain import Outcome
from core.explain import Brief, Question, explain_all_briefly

HELPER = f"from {__name__} import answer_all; answer_all()"


class _Written(list[bytes]):
    """What was packed, piece by piece: all of a file that packing needs."""

    def write(self, piece: bytes) -> None:
        """Keep a piece."""
        self.append(piece)


class _Packer(pickle.Pickler):
    """Packs the very many small tensors of questions as arrays: a fifth of the time."""

    def reducer_override(self, value: Any) -> Any:
        """Say how a value is packed."""
        if isinstance(value, torch.Tensor):
            return torch.from_numpy, (value.numpy(),)
        return NotImplemented


def packed(questions: Iterable[Question]) -> bytes:
    """Pack questions for a helper; nobody else is ever read from (unpacking can run code)."""
    written = _Written()
    _Packer(written).dump(list(questions))
    return b"".join(written)


def answer_all() -> None:
    """Answer the questions of standard input, each by its number, one a line."""
    for place, answer in explain_all_briefly(pickle.load(sys.stdin.buffer)):
        print(json.dumps([place, asdict(answer)]), flush=True)


def unpacked(row: dict[str, Any]) -> Brief:
    """Read an answer."""
    outcome = row["outcome"]
    told = {"outcome": outcome and Outcome(outcome), "failed": tuple(row["failed"])}
    return Brief(**{**row, **told})
