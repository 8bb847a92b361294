"""Quartermaster: how much to order, proved item by item."""

__version__ = "0.1.0"
