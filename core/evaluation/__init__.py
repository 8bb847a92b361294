"""Is it better, and how sure? Paired comparison, real held-out sales, the gate, the literature."""

from core.domain import share_interval
from core.evaluation.backtest import BacktestSettings, backtest
from core.evaluation.clairvoyant import ClairvoyantBound, clairvoyant_bound
from core.evaluation.compare import compare
from core.evaluation.comparison import Comparison, WinTieLose
from core.evaluation.frontier import Fit, Frontier, FrontierPoint, dearer, frontier
from core.evaluation.gate import GateDecision, GateRule, gate, n_by_agent
from core.evaluation.instances import (
    FAMILIES,
    Instance,
    InstanceFamily,
    instance_family,
    read_instances,
)
from core.evaluation.intervals import block_length, block_verdict, clustered_verdict
from core.evaluation.kpi_words import KPI_WORDS, KpiWord
from core.evaluation.literature import BenchmarkRow, Solution, Solver, benchmark
from core.evaluation.long_run import LongRunCost, LongRunSettings, long_run_cost_of
from core.evaluation.settings import Contract, EvaluationSettings, StartingStock, initial_stock
from core.evaluation.stock_chart import (
    StockChart,
    StockPath,
    chart_of_paths,
    stock_chart,
    stock_path,
)
from core.evaluation.tail_result import Backtest
from core.evaluation.textbook import (
    SOURCES,
    TEXTBOOK_PROBLEMS,
    TextbookProblem,
    textbook_problem,
)

__all__ = [
    "FAMILIES",
    "KPI_WORDS",
    "SOURCES",
    "TEXTBOOK_PROBLEMS",
    "Backtest",
    "BacktestSettings",
    "BenchmarkRow",
    "ClairvoyantBound",
    "Comparison",
    "Contract",
    "EvaluationSettings",
    "Fit",
    "Frontier",
    "FrontierPoint",
    "GateDecision",
    "GateRule",
    "Instance",
    "InstanceFamily",
    "KpiWord",
    "LongRunCost",
    "LongRunSettings",
    "Solution",
    "Solver",
    "StartingStock",
    "StockChart",
    "StockPath",
    "TextbookProblem",
    "WinTieLose",
    "backtest",
    "benchmark",
    "block_length",
    "block_verdict",
    "chart_of_paths",
    "clairvoyant_bound",
    "clustered_verdict",
    "compare",
    "dearer",
    "frontier",
    "gate",
    "initial_stock",
    "instance_family",
    "long_run_cost_of",
    "n_by_agent",
    "read_instances",
    "share_interval",
    "stock_chart",
    "stock_path",
    "textbook_problem",
]
