"""Placeholder until the page is written."""

from core.ui import frame

with frame.page("proof/decisions", ""):
    pass
