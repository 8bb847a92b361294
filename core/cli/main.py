"""All commands: importing them registers them."""

from core.cli import (
    benchmark,
    compare,
    forecast,
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
    "forecast",
    "generalist",
    "importing",
    "lead_times",
    "plan",
    "prepare",
    "sample",
    "train",
]
