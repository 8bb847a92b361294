"""All commands: importing them registers them."""

from core.cli import (
    benchmark,
    compare,
    explain,
    forecast,
    generalist,
    importing,
    lead_times,
    plan,
    prepare,
    report,
    sample,
    train,
)
from core.cli.app import app

__all__ = [
    "app",
    "benchmark",
    "compare",
    "explain",
    "forecast",
    "generalist",
    "importing",
    "lead_times",
    "plan",
    "prepare",
    "report",
    "sample",
    "train",
]
