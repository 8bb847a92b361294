"""The manager's report on a whole plan: what is ordered, at what risk, and who decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.domain import ItemKey
from core.domain import wording as words
from core.explain import Brief, Explanation
from core.planning import WorkLine, money_word
from core.services import colours
from core.services import report_charts as charts
from core.services.assortment import Assortment
from core.services.explaining import explain_order
from core.services.fit_words import say_overall
from core.services.order_lines import OrderLine, stock_cover, stock_value, supplier_totals
from core.services.ordering import Ordering, policy_label, who_decides
from core.services.report_files import written
from core.services.report_words import plan_evidence
from core.services.reporting import ReportChart

_MOST_AT_RISK, _MOST_SUPPLIERS = 10, 8
_LIMITS = (
    "At risk is the stock-out cost to be expected before help can come if nothing is ordered "
    "today. Orders are as decided, else as proposed, at unit cost. Proofs are paired comparisons "
    "on futures drawn from the demand models: they know of nothing that is not in the sales.",
)
Explain = Callable[[ItemKey], Explanation]


@dataclass(frozen=True, slots=True)
class PlanReport:
    """A plan on one page, everything in words; with every order, further pages.

    Args:
        title, kind, dated: For the browser's tab and the head of the page.
        headline: What is ordered, in a sentence.
        figures: Name and figure.
        who: Who decides, and what the proof says: sentences.
        suppliers: Name, lines, value, not decided yet.
        statuses: Status, items, money and what it is.
        at_risk: Item, order, money at risk, sentence; most money first.
        charts: Two pictures in words.
        orders: Item, order, value, what is said of it: every order; empty where not asked for.
        orders_head: What the list says in all.
        evidence: Name and text of all that it rests on.
        limits: How to read the figures.
    """

    title: str
    kind: str
    dated: str
    headline: str
    figures: tuple[tuple[str, str], ...]
    who: tuple[str, ...]
    suppliers: tuple[tuple[str, ...], ...]
    statuses: tuple[tuple[str, ...], ...]
    at_risk: tuple[tuple[str, ...], ...]
    charts: tuple[ReportChart, ...]
    orders: tuple[tuple[str, ...], ...]
    orders_head: str
    evidence: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]


def plan_report(
    assortment: Assortment,
    ordering: Ordering,
    lines: Sequence[OrderLine],
    explain: Explain | None = None,
    told: Mapping[ItemKey, Brief] | None = None,
) -> PlanReport:
    """Put a plan into words, tables and two charts.

    Args:
        assortment: Today's problems.
        ordering: Today's orders.
        lines: Them with the decisions that stand.
        explain: Explains one item; None works it out.
        told: Brief explanations: their orders are listed, each with its sentence.
    """
    day = words.day(assortment.data.as_of)
    explain = explain or (lambda key: explain_order(assortment, ordering, key))
    risky = [line for line in ordering.work.lines[:_MOST_AT_RISK] if line.at_risk > 0]
    by_key = {line.key: line for line in lines}
    return PlanReport(
        title=f"Orders of {day}",
        kind="report on the plan",
        dated=f"Sales and stock to {day}",
        headline=_headline(ordering, lines),
        figures=_figures(assortment, ordering, lines),
        who=_who(ordering, assortment),
        suppliers=_suppliers(lines),
        statuses=tuple(
            (
                tile.status.value,
                f"{tile.count:,}",
                f"{words.whole_money(tile.money)} {money_word(tile.status)}",
            )
            for tile in ordering.work.tiles
            if tile.count
        ),
        at_risk=tuple(_at_risk(line, by_key[line.proposal.key], explain) for line in risky),
        charts=_charts(lines, risky),
        orders=() if told is None else tuple(_order(by_key[key], told[key]) for key in told),
        orders_head="" if told is None else _orders_head(told),
        evidence=tuple(plan_evidence(assortment, ordering).items()),
        limits=_LIMITS if not told else (*_LIMITS, _checks_made(told)),
    )


def plan_report_file(report: PlanReport, kind: str, currency: str = "") -> bytes:
    """Write the report on a plan.

    Args:
        report: What it shows.
        kind: Key of REPORT_FORMATS.
        currency: What amounts are in; empty where nobody named it.

    Raises:
        PlannerError: where PDF needs a system library that is not there.
    """
    return written("plan.html", report, kind, currency=currency, is_one_page=not report.orders)


def _headline(ordering: Ordering, lines: Sequence[OrderLine]) -> str:
    ordered = [line for line in lines if line.quantity > 0]
    if not ordered:
        return "Nothing is to be ordered today."
    n_suppliers = len({line.supplier for line in ordered})
    value = words.money(sum(line.value for line in ordered))
    return (
        f"Order {words.plural(len(ordered), 'item')} from "
        f"{words.plural(n_suppliers, 'supplier')} for {value}; if nothing were ordered, "
        f"{words.whole_money(ordering.work.at_risk)} of stock-out cost is to be expected."
    )


def _figures(
    assortment: Assortment, ordering: Ordering, lines: Sequence[OrderLine]
) -> tuple[tuple[str, str], ...]:
    ordered = [line for line in lines if line.quantity > 0]
    cover = stock_cover(assortment, ordering)
    return (
        ("Orders", f"{len(ordered):,}"),
        ("Units", words.units(sum(line.quantity for line in ordered))),
        ("Value", words.money(sum(line.value for line in ordered))),
        ("Not decided yet", f"{sum(line.is_open for line in ordered):,}"),
        ("At risk", words.whole_money(ordering.work.at_risk)),
        ("Stock value", words.whole_money(stock_value(assortment))),
        ("Stock lasts", words.periods(cover, assortment.data.period)),
    )


def _who(ordering: Ordering, assortment: Assortment) -> tuple[str, ...]:
    """Say who decides, and what is proved of the agent over all items."""
    proof, decides = ordering.proof, who_decides(ordering)
    if ordering.at_work is None:
        return (decides,)
    if proof is None or proof.agent is None:
        return (decides, "The agent was not compared with (s, S) on these items and costs yet.")
    found = proof.comparison
    name, counts = proof.names[proof.agent], found.counts(proof.agent)
    # As on the Policies page: what the agent does not fit, it does not order.
    unfit = {assortment.row(key) for key in ordering.at_work.doubts}
    told = say_overall(proof, proof.agent, unfit)
    by_item = (
        f"Item by item {name} is cheaper on {counts.wins}, cannot be told apart on {counts.ties} "
        f"and is dearer on {counts.losses}; it decides only where it is proved cheaper, unless "
        "you chose it for all."
    )
    return (decides, f"{told.headline} {told.detail}", by_item)


def _suppliers(lines: Sequence[OrderLine]) -> tuple[tuple[str, ...], ...]:
    totals = [total for total in supplier_totals(lines) if total.n_lines]
    rows = [(t.supplier, t.n_lines, t.value, t.n_open) for t in totals[:_MOST_SUPPLIERS]]
    rest = totals[_MOST_SUPPLIERS:]
    if rest:
        n_lines, n_open = sum(t.n_lines for t in rest), sum(t.n_open for t in rest)
        rows.append((f"{len(rest)} more", n_lines, sum(t.value for t in rest), n_open))
    return tuple((name, f"{n:,}", words.whole_money(value), f"{m:,}") for name, n, value, m in rows)


def _at_risk(work: WorkLine, line: OrderLine, explain: Explain) -> tuple[str, ...]:
    said = explain(line.key).sentence if line.is_plannable else " ".join(line.proposal.notes)
    said = f"{_changed(line)}{said}"
    name = f"{line.key.label} {line.item.name}".strip()
    return (name, words.units(line.quantity), words.whole_money(work.at_risk), said)


def _changed(line: OrderLine) -> str:
    """Say who ordered otherwise than proposed, and why; the sentence is about the proposal."""
    proposed = line.proposal.order_quantity
    if line.record is None or line.quantity == proposed:
        return ""
    made = line.record.decision
    reason = f", {made.reason}" if made.reason else ""
    units = f"{words.units(line.quantity)} instead of {words.units(proposed)}"
    return f"Changed by {made.planner}: {units}{reason}. The proposal: "


def _charts(lines: Sequence[OrderLine], risky: Sequence[WorkLine]) -> tuple[ReportChart, ...]:
    totals = [total for total in supplier_totals(lines) if total.value > 0][:_MOST_SUPPLIERS]
    value = [(total.supplier, total.value) for total in totals]
    risk = [(line.proposal.key.label, line.at_risk) for line in risky]
    return tuple(
        ReportChart(title, charts.bars_svg(rows, axis, colour, title), _bar_words(rows, axis))
        for title, rows, axis, colour in (
            ("Order value by supplier", value, "value", colours.AGENT),
            ("Money at risk by item", risk, "at risk", colours.BAD),
        )
        if rows
    )


def _bar_words(rows: Sequence[tuple[str, float]], what: str) -> str:
    (first, most), total = rows[0], sum(amount for _, amount in rows)
    return (
        f"{first} comes first with {words.whole_money(most)}, {words.percent(most / total, 0)} of "
        f"the {words.whole_money(total)} {what} shown."
    )


def _order(line: OrderLine, brief: Brief) -> tuple[str, ...]:
    failed = f" Not checked out: {'; '.join(brief.failed)}." if brief.failed else ""
    said = f"{_changed(line)}{brief.sentence} {brief.why_not}".strip() + failed
    policy = policy_label(line.proposal.policy)
    return (line.key.label, words.units(line.quantity), words.whole_money(line.value), policy, said)


def _orders_head(told: Mapping[ItemKey, Brief]) -> str:
    sound = sum(not brief.failed for brief in told.values())
    outcomes = [brief.outcome for brief in told.values() if brief.outcome is not None]
    compared = ""
    if outcomes:
        counts = ", ".join(f"{value.value}: {outcomes.count(value)}" for value in type(outcomes[0]))
        compared = f" Where the agent orders otherwise than the rule, its order is {counts}."
    return (
        f"{words.plural(len(told), 'order')} explained; for {sound} of them every claim of the "
        f"sentence and every sum was run and held.{compared}"
    )


def _checks_made(told: Mapping[ItemKey, Brief]) -> str:
    """Say which checks stand behind the list of orders, and which do not."""
    made = [brief.n_checks for brief in told.values()]
    low, high = min(made), max(made)
    each = f"{low}" if low == high else f"{low} to {high}"
    return (
        f"The list of every order: {each} checks an order, {sum(made):,} in all, of the claims in "
        "its sentence, its sums and the agent's range; a winner is named only where the interval "
        "is clear of 0. "
        "Drivers, thresholds, the small tree and the typical days are not shown there and not "
        "checked; an item's own report makes all of its checks and names those that fail."
    )
