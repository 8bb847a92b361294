"""Today's orders: proposals beside (s, S), statuses, the worklist, and the files they leave in."""

from core.planning.export import (
    COLUMNS,
    Column,
    CsvStyle,
    guarded,
    orders_csv,
    orders_csv_bytes,
    orders_excel,
)
from core.planning.outlook import Projection
from core.planning.proposals import Plan, plan_orders, propose, unplannable_proposal
from core.planning.request import PlanRequest, PolicyUse
from core.planning.risk import money_at_risk
from core.planning.statuses import Standing, status_of
from core.planning.today import Today, situation_of, split_position, todays_stocks
from core.planning.worklist import Tile, WorkLine, Worklist, money_word, worklist

__all__ = [
    "COLUMNS",
    "Column",
    "CsvStyle",
    "Plan",
    "PlanRequest",
    "PolicyUse",
    "Projection",
    "Standing",
    "Tile",
    "Today",
    "WorkLine",
    "Worklist",
    "guarded",
    "money_at_risk",
    "money_word",
    "orders_csv",
    "orders_csv_bytes",
    "orders_excel",
    "plan_orders",
    "propose",
    "situation_of",
    "split_position",
    "status_of",
    "todays_stocks",
    "unplannable_proposal",
    "worklist",
]
