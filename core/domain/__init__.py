"""Planners' words as frozen values: what everything else is made of."""

from core.domain.attributes import Attribute, attribute, attributes
from core.domain.errors import (
    BundleError,
    BundleMismatchError,
    HistoryError,
    InputFileError,
    JobError,
    ParameterError,
    PlannerError,
    PolicyParameterError,
    StorageError,
    UnknownNameError,
)
from core.domain.events import NOT_OVER, Deliveries, Events, no_events
from core.domain.history import ItemHistory, SalesHistory
from core.domain.intervals import (
    mean_half_width,
    share_difference_interval,
    share_interval,
)
from core.domain.items import CostRates, Item, ItemKey, LeadTime, OrderRules, whole_periods
from core.domain.orders import Choice, Decision, OrderProposal, Status
from core.domain.period import Period
from core.domain.stock import OpenOrder, StockPosition
from core.domain.verdict import Outcome, Verdict
from core.domain.wording import difference, signed

__all__ = [
    "NOT_OVER",
    "Attribute",
    "BundleError",
    "BundleMismatchError",
    "Choice",
    "CostRates",
    "Decision",
    "Deliveries",
    "Events",
    "HistoryError",
    "InputFileError",
    "Item",
    "ItemHistory",
    "ItemKey",
    "JobError",
    "LeadTime",
    "OpenOrder",
    "OrderProposal",
    "OrderRules",
    "Outcome",
    "ParameterError",
    "Period",
    "PlannerError",
    "PolicyParameterError",
    "SalesHistory",
    "Status",
    "StockPosition",
    "StorageError",
    "UnknownNameError",
    "Verdict",
    "attribute",
    "attributes",
    "difference",
    "mean_half_width",
    "no_events",
    "share_difference_interval",
    "share_interval",
    "signed",
    "whole_periods",
]
