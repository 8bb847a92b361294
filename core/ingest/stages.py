"""What a reading is busy with: told to whoever listens, so that a large file shows progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[float, str], None]

# Shares of the time that a sales file of seven million rows takes.
_STAGES = {
    "text": (0.02, "Reading the text"),
    "columns": (0.45, "Looking at the columns"),
    "rows": (0.55, "Comparing the rows"),
    "adding": (0.75, "Adding up items and periods"),
    "stock_outs": (0.85, "Looking for stock-outs"),
}
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell a listener the share that is done and the stage, while a file is read here.

    Args:
        listener: Gets the share, 0 to 1, and what is being done.
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def stage(name: str) -> None:
    """Say that a stage begins.

    Args:
        name: One of the stages above.
    """
    listener = _listener.get()
    if listener is not None:
        listener(*_STAGES[name])
