"""Reports for a manager: one page on one item's order, the very numbers of the Item page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain import wording as words
from core.services import report_charts as charts
from core.services.explaining import OUTLOOK_SEED, demand_outlook, stock_outlook
from core.services.item_case import ItemCase, alternatives
from core.services.ordering import policy_label
from core.services.outlook_words import (
    LOOK_AHEAD,
    LOOK_BACK,
    before_words,
    demand_words,
    stock_words,
)
from core.services.report_files import written
from core.services.report_words import (
    ChoiceRow,
    check_line,
    choice_row,
    driver_head,
    driver_lines,
    evidence,
    threshold_lines,
)

_LIMITS = (
    "Costs are expected values over the stated time for orders of today; the policy in use orders "
    "from the next chance on. ± is a 95 % interval of the paired difference on the same futures; "
    "where it covers 0 the report says that nobody can tell. Futures are drawn from the demand "
    "model above: they know of nothing that is not in the sales.",
)


@dataclass(frozen=True, slots=True)
class ReportChart:
    """A picture with its words.

    Args:
        title: What it shows.
        svg: The picture, drawn here, so that it may stand in the page as it is.
        words: The same in a sentence, for those who cannot see it.
    """

    title: str
    svg: str
    words: str


@dataclass(frozen=True, slots=True)
class ItemReport:
    """One item's order on one page, everything in words.

    Args:
        title, kind, dated: For the browser's tab and the head of the page.
        item, about: Code and name; supplier.
        sentence: What to order, and why.
        marks: Where it stands, who decides, checks: words, and whether good or weak.
        before: Running out before an order of today can come: no choice changes it.
        choices: Risk and return of each quantity, the proposal marked.
        why_not: The comparison in a sentence; empty without an agent.
        who: Why this policy decides.
        notes: What to know.
        driver_head, drivers: What moves the order away from a typical day's.
        thresholds: What would change it.
        cannot_see: What a planner may know and no policy does.
        charts: Projected stock, and demand.
        evidence: Name and text of all that it rests on.
        limits: How to read the figures.
    """

    title: str
    kind: str
    dated: str
    item: str
    about: str
    sentence: str
    marks: tuple[tuple[str, str], ...]
    before: str
    choices: tuple[ChoiceRow, ...]
    why_not: str
    who: str
    notes: tuple[str, ...]
    driver_head: str
    drivers: tuple[str, ...]
    thresholds: tuple[str, ...]
    cannot_see: tuple[str, ...]
    charts: tuple[ReportChart, ...]
    evidence: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]


def item_report(case: ItemCase) -> ItemReport:
    """Put one item's order into words, choices and two charts."""
    line, explanation = case.line, case.explanation
    data = case.assortment.data
    item = line.item
    policy = policy_label(explanation.policy)
    return ItemReport(
        title=f"Order of {case.key.label}, {words.day(data.as_of)}",
        kind="report on one order",
        dated=f"Sales and stock to {words.day(data.as_of)}",
        item=f"{case.key.label} {item.name}".strip(),
        about=f"supplier {line.supplier}" if item.supplier else "",
        sentence=explanation.sentence,
        marks=_marks(case),
        before=before_words(explanation.ahead.before, data),
        choices=tuple(choice_row(row, case) for row in alternatives(case)),
        why_not=explanation.why_not_sentence,
        who=f"Why {policy} decides: {line.proposal.reason}",
        notes=line.proposal.notes,
        driver_head=driver_head(explanation, data.period),
        drivers=driver_lines(explanation, data.period),
        thresholds=threshold_lines(explanation),
        cannot_see=explanation.cannot_see,
        charts=_charts(case),
        evidence=(*evidence(case).items(), ("charts", f"futures from seed {OUTLOOK_SEED}")),
        limits=_LIMITS,
    )


def item_report_file(case: ItemCase, kind: str, currency: str = "") -> bytes:
    """Write the report on one item's order.

    Args:
        case: The item.
        kind: Key of REPORT_FORMATS.
        currency: What amounts are in; empty where nobody named it.

    Raises:
        PlannerError: where PDF needs a system library that is not there.
    """
    return written("item.html", item_report(case), kind, currency=currency)


def _marks(case: ItemCase) -> tuple[tuple[str, str], ...]:
    line, explanation = case.line, case.explanation
    decided = "not decided yet"
    if line.record is not None:
        planner = line.record.decision.planner
        decided = f"{line.decision} {words.units(line.quantity)} by {planner}"
    return (
        (line.proposal.status.value, ""),
        (f"in use: {policy_label(explanation.policy)}", ""),
        (check_line(explanation), "good" if explanation.is_sound else "weak"),
        (decided, ""),
    )


def _charts(case: ItemCase) -> tuple[ReportChart, ...]:
    key, period = case.key, case.assortment.data.period
    quantities = _quantities(case)
    shown = next(name for name, units in quantities.items() if units == case.line.quantity)
    stock = stock_outlook(case.assortment, case.ordering, key, quantities)
    demand = demand_outlook(case.assortment, key, LOOK_BACK[period], LOOK_AHEAD[period])
    return (
        ReportChart("Where stock goes", charts.stock_svg(stock, shown), stock_words(stock, shown)),
        ReportChart(
            "What was sold, and what is expected",
            charts.demand_svg(demand),
            demand_words(demand, period),
        ),
    )


def _quantities(case: ItemCase) -> Mapping[str, float]:
    """Return the quantities worth drawing by label, each once, the decided one first."""
    proposal, explanation = case.line.proposal, case.explanation
    wanted: Sequence[tuple[str, float | None]] = (
        ("As proposed", proposal.order_quantity),
        ("As decided", case.line.quantity),
        ("Agent", None if explanation.agent is None else explanation.agent.order_quantity),
        (case.rule, explanation.baseline.order_quantity),
        ("No order", 0.0),
    )
    found: dict[str, float] = {}
    for label, units in wanted:
        if units is not None and units not in found.values():
            found[label] = units
    return found
