"""The manager's report on decisions: what was ordered otherwise than proposed, by whom and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.domain import wording as words
from core.services import colours
from core.services import report_charts as charts
from core.services.decision_log import OVER, STANDS, LogLine
from core.services.report_files import written
from core.services.report_words import versions
from core.services.reporting import ReportChart
from core.services.workspace import PlanData

_MOST_ROWS, _MOST_CHANGES = 8, 12
_HELD = (STANDS, OVER)
_LIMITS = (
    "Counted are the decisions shown on the page that held: those taken back or replaced by a "
    "later one are left out. Money is units at today's unit cost; an item that is no longer in "
    "the data counts as 0. A change says what was decided, not that it was right or wrong.",
)


@dataclass(frozen=True, slots=True)
class DecisionsReport:
    """Decisions on one page, everything in words.

    Args:
        title, kind, dated: For the browser's tab and the head of the page.
        headline: What was decided, in a sentence.
        figures: Name and figure.
        charts: Reasons, and the changes that moved most money, with their words.
        reasons: Reason, decisions, units more or less than proposed, money likewise.
        people: Planner, decisions, changed ones, money more or less.
        changes: Day, planner, item, proposed, final, money, reason and note; most money first.
        n_changes: How many there are in all.
        evidence: Name and text of all that it rests on.
        limits: How to read the figures.
    """

    title: str
    kind: str
    dated: str
    headline: str
    figures: tuple[tuple[str, str], ...]
    charts: tuple[ReportChart, ...]
    reasons: tuple[tuple[str, ...], ...]
    people: tuple[tuple[str, ...], ...]
    changes: tuple[tuple[str, ...], ...]
    n_changes: int
    evidence: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    """A decision with the units and the money by which it differs from the proposal."""

    line: LogLine
    units: float
    money: float

    @property
    def is_change(self) -> bool:
        """Whether something else is ordered than was proposed."""
        return self.units != 0


def decisions_report(lines: Sequence[LogLine], data: PlanData) -> DecisionsReport:
    """Put the decisions shown into words, tables and two charts.

    Args:
        lines: Lines of the log, newest first.
        data: Today's data, for unit costs and its mark.
    """
    cost = {item.key: item.costs.unit_cost for item in data.items}
    held = [
        _Change(line, units, units * cost.get(line.key, 0.0))
        for line in lines
        if line.status in _HELD
        for units in [line.decision.quantity - line.decision.proposed_quantity]
    ]
    changed = [each for each in held if each.is_change]
    largest = sorted(changed, key=lambda each: -abs(each.money))[:_MOST_CHANGES]
    days = sorted(line.decision.decided_at.date() for line in lines)
    span = " to ".join(words.day(day) for day in sorted({*days[:1], *days[-1:]}))
    return DecisionsReport(
        title=f"Decisions, {span}" if span else "Decisions",
        kind="report on decisions",
        dated=span or words.day(data.as_of),
        headline=_headline(held, changed),
        figures=_figures(lines, held, changed),
        charts=_charts(changed, largest),
        reasons=_grouped(changed, lambda each: each.line.decision.reason or "no reason", _reason),
        people=_grouped(held, lambda each: each.line.decision.planner, _person),
        changes=tuple(_row(each) for each in largest),
        n_changes=len(changed),
        evidence=_evidence(lines, data),
        limits=_LIMITS,
    )


def decisions_report_file(report: DecisionsReport, kind: str, currency: str = "") -> bytes:
    """Write the report on decisions.

    Args:
        report: What it shows.
        kind: Key of REPORT_FORMATS.
        currency: What amounts are in; empty where nobody named it.

    Raises:
        PlannerError: where PDF needs a system library that is not there.
    """
    return written("decisions.html", report, kind, currency=currency)


def _headline(held: Sequence[_Change], changed: Sequence[_Change]) -> str:
    if not held:
        return "None of these decisions held."
    told = f"{words.plural(len(held), 'decision')} held"
    if not changed:
        return f"{told}, every one as proposed."
    net = sum(each.money for each in changed)
    side = "more" if net >= 0 else "less"
    return (
        f"{told}: {len(held) - len(changed):,} as proposed, {len(changed):,} changed, which orders "
        f"for {words.whole_money(abs(net))} {side} than was proposed."
    )


def _figures(
    lines: Sequence[LogLine], held: Sequence[_Change], changed: Sequence[_Change]
) -> tuple[tuple[str, str], ...]:
    more = sum(each.money for each in changed if each.money > 0)
    less = sum(each.money for each in changed if each.money < 0)
    return (
        ("Decisions", f"{len(held):,}"),
        ("As proposed", f"{len(held) - len(changed):,}"),
        ("Changed", f"{len(changed):,}"),
        ("Value ordered more", words.whole_money(more, signed=True)),
        ("Value ordered less", words.whole_money(less, signed=True)),
        ("Taken back or replaced", f"{len(lines) - len(held):,}"),
    )


def _grouped(
    rows: Sequence[_Change],
    name: Callable[[_Change], str],
    cells: Callable[[Sequence[_Change]], tuple[str, ...]],
) -> tuple[tuple[str, ...], ...]:
    """Return a line per name, the most decisions first; the smallest together in the last."""
    counts = Counter(map(name, rows))
    names = [each for each, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    own = {each: [row for row in rows if name(row) == each] for each in names[:_MOST_ROWS]}
    rest = [row for row in rows if name(row) not in own]
    named = [(each, *cells(group)) for each, group in own.items()]
    return (*named, *([(f"{len(names) - len(own)} more", *cells(rest))] if rest else []))


def _reason(rows: Sequence[_Change]) -> tuple[str, ...]:
    units = words.units(round(sum(row.units for row in rows), 6))
    return f"{len(rows):,}", units, words.whole_money(sum(row.money for row in rows), signed=True)


def _person(rows: Sequence[_Change]) -> tuple[str, ...]:
    changed = [row for row in rows if row.is_change]
    money = sum(row.money for row in changed)
    counts = (len(rows), len(changed))
    return (*(f"{n:,}" for n in counts), words.whole_money(money, signed=True))


def _row(change: _Change) -> tuple[str, ...]:
    decision = change.line.decision
    return (
        words.day(decision.decided_at.date()),
        decision.planner,
        change.line.key.label,
        words.units(decision.proposed_quantity),
        words.units(decision.quantity),
        words.whole_money(change.money, signed=True),
        ": ".join(filter(None, (decision.reason, decision.note))),
    )


def _charts(changed: Sequence[_Change], largest: Sequence[_Change]) -> tuple[ReportChart, ...]:
    reasons = Counter(each.line.decision.reason or "no reason" for each in changed)
    by_reason = [(name, float(n)) for name, n in reasons.most_common(_MOST_ROWS)]
    by_money = [
        (f"{each.line.key.label} {'more' if each.money > 0 else 'less'}", abs(each.money))
        for each in largest[:_MOST_ROWS]
        if each.money
    ]
    pictures = (
        ("Why orders were changed", by_reason, "decisions", colours.YOU, _reason_words),
        ("Changes that moved most money", by_money, "money", colours.AGENT, _money_words),
    )
    return tuple(
        ReportChart(title, charts.bars_svg(rows, axis, colour, title), say(rows))
        for title, rows, axis, colour, say in pictures
        if rows
    )


def _reason_words(rows: Sequence[tuple[str, float]]) -> str:
    name, n = rows[0]
    return f'The reason given most often is "{name}": {words.plural(n, "decision")}.'


def _money_words(rows: Sequence[tuple[str, float]]) -> str:
    name, money = rows[0]
    return f"The largest change is {name}: {words.whole_money(money)} against the proposal."


def _evidence(lines: Sequence[LogLine], data: PlanData) -> tuple[tuple[str, str], ...]:
    plans = sorted({line.decision.run_id for line in lines})
    numbers = [line.record.number for line in lines]
    told: Mapping[str, str] = {
        "decisions": f"numbers {min(numbers)} to {max(numbers)} of the log" if numbers else "none",
        "plans": words.plural(len(plans), "plan"),
        "data today": data.fingerprint[:12],
        "sales to": words.day(data.as_of),
        "program": versions(),
    }
    return tuple(told.items())
