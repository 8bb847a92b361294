"""An uploaded table -> a checked history, item master, stock, open orders, events, deliveries.

The way is one: a file is read as text (``reading``), its columns are named (``columns``),
converted column by column (``convert``), every problem is collected (``checks``, ``findings``),
and only then domain objects are made (``history``, ``items``, ``stock``, ``open_orders``).
Nothing is repaired silently, nothing is stored, and each guess is shown and can be overruled.
"""

from core.ingest.calendar import read_calendar
from core.ingest.columns import ColumnGuess, guess_columns
from core.ingest.defaults import complete_items, default_items
from core.ingest.deliveries import read_deliveries
from core.ingest.findings import Finding, raise_errors
from core.ingest.history import read_history
from core.ingest.items import read_items
from core.ingest.open_orders import read_open_orders
from core.ingest.promotions import read_promotions
from core.ingest.questions import Asked, Question
from core.ingest.reading import read_table
from core.ingest.result import Counts, Result
from core.ingest.source import Guess, ReadOptions, Source
from core.ingest.stock import join_stock, read_stock
from core.ingest.stockout_days import read_stockout_days
from core.ingest.templates import items_csv, items_table, template_csv
from core.ingest.text_table import TextTable

__all__ = [
    "Asked",
    "ColumnGuess",
    "Counts",
    "Finding",
    "Guess",
    "Question",
    "ReadOptions",
    "Result",
    "Source",
    "TextTable",
    "complete_items",
    "default_items",
    "guess_columns",
    "items_csv",
    "items_table",
    "join_stock",
    "raise_errors",
    "read_calendar",
    "read_deliveries",
    "read_history",
    "read_items",
    "read_open_orders",
    "read_promotions",
    "read_stock",
    "read_stockout_days",
    "read_table",
    "template_csv",
]
