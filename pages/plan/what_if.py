"""Placeholder until the page is written."""

from core.ui import frame

with frame.page("plan/what_if", ""):
    pass
