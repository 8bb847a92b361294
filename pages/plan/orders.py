"""Placeholder until the page is written."""

from core.ui import frame

with frame.page("plan/orders", ""):
    pass
