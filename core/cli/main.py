"""All commands: importing them registers them."""

from core.cli import (
    benchmark,
    compare,
    generalist,
    importing,
    lead_times,
    plan,
    prepare,
    sample,
    train,
)
from core.cli.app import app

__all__ = [
    "app",
    "benchmark",
    "compare",
    "generalist",
    "importing",
    "lead_times",
    "plan",
    "prepare",
    "sample",
    "train",
]
