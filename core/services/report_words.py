"""What reports say of one item, from the same values and in the same figures as the Item page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import core
from core.domain import Outcome, Period
from core.domain import wording as words
from core.explain import Bar, Explanation, WhyNot
from core.services.assortment import Assortment
from core.services.exporting import contract
from core.services.item_case import Alternative, ItemCase
from core.services.ordering import Ordering, policy_label

_MOST_DRIVERS, _MOST_THRESHOLDS = 3, 4
# Units below which a driver is not worth a line.
_SMALL = 0.05


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One line of the table of choices, as written."""

    label: str
    units: str
    raw: str
    value: str
    cost: str
    risk: str
    is_proposed: bool


def choice_row(row: Alternative, case: ItemCase) -> ChoiceRow:
    """Write one quantity with its money and its risk."""
    is_there = row.quantity is not None
    return ChoiceRow(
        label=row.label if is_there else f"{row.label}: {_unheard(case)}",
        units=words.units(row.quantity),
        raw=words.units(row.raw),
        value=words.money(row.value) if is_there else words.NOTHING,
        cost=cost_words(row, case.assortment.data.period),
        risk=words.percent(row.risk),
        is_proposed=row.is_proposed,
    )


def _unheard(case: ItemCase) -> str:
    return "not trained for this item as it stands today" if case.agent else "none is in use"


def cost_words(row: Alternative, period: Period) -> str:
    """Say what a quantity costs against the proposal, or that nobody can tell."""
    if row.quantity is None:
        return words.NOTHING
    if row.is_proposed:
        return "the proposal"
    if row.cost is None:
        return "the same order"
    money = f"{words.money(abs(row.cost.difference))} ± {words.money(row.cost.half_width)}"
    span = f"over {words.periods(row.n_periods, period)}"
    signed = words.money(row.cost.difference, signed=True)
    return {
        Outcome.BETTER: f"saves {money} {span}",
        Outcome.WORSE: f"costs {money} more {span}",
        Outcome.CANNOT_TELL: (
            f"cannot tell ({signed} ± {words.money(row.cost.half_width)} {span})"
        ),
    }[row.cost.outcome]


def driver_lines(explanation: Explanation, period: Period) -> tuple[str, ...]:
    """Say what moves the order most, in units, largest first, and the rest in one.

    The lines add up, as written, to the difference that `driver_head` states.
    """
    drivers = explanation.drivers
    bars = [bar for bar in drivers.bars if abs(bar.amount) >= _SMALL][:_MOST_DRIVERS]
    total = round(drivers.output, 1) - round(drivers.base_value, 1)
    rest = round(total - sum(round(bar.amount, 1) for bar in bars), 1)
    others = (f"all others together: {_more(rest)}",) if abs(rest) >= _SMALL else ()
    return (*(_driver_line(bar, period) for bar in bars), *others)


def _more(amount: float) -> str:
    return f"{abs(amount):,.1f} units {'more' if amount > 0 else 'less'}"


def driver_head(explanation: Explanation, period: Period) -> str:
    """Say what a typical day asks for, and today."""
    drivers = explanation.drivers
    return (
        f"On a typical {period.value} of this item {words.units(round(drivers.base_value, 1))} "
        f"would be asked for, today {words.units(round(drivers.output, 1))} "
        "(before pack and minimum). What makes the difference:"
    )


def _driver_line(bar: Bar, period: Period) -> str:
    sure = "" if bar.is_stable else ", though its direction is not sure"
    seen = ""
    if bar.today == bar.today:
        unit = f"{period.value}s" if bar.unit == "periods" else bar.unit
        today, typical = (words.units(float(f"{each:.3g}")) for each in (bar.today, bar.typical))
        seen = f" (today {today}, typically {typical} {unit})"
    return f"{bar.group}{seen}: {_more(bar.amount)} (± {bar.half_width:,.1f}){sure}"


def threshold_lines(explanation: Explanation) -> tuple[str, ...]:
    """Say what would change the order, where thresholds were found."""
    found = getattr(explanation, "thresholds", ())
    return tuple(each.text for each in found)[:_MOST_THRESHOLDS]


def check_line(explanation: Explanation) -> str:
    """Say how many checks of the explanation passed, and which did not."""
    failed = [check.name for check in explanation.checks if not check.passed]
    return f"explanation {explanation.badge}" + (f" (not: {'; '.join(failed)})" if failed else "")


def evidence(case: ItemCase) -> Mapping[str, str]:
    """List what an item's report rests on, so that its numbers can be had again."""
    explanation, found = case.explanation, case.explanation.why_not
    planned = case.assortment.planned[case.assortment.row(case.key)]
    label = policy_label(explanation.policy)
    typical = explanation.drivers.background.replace(explanation.policy, label)
    return {
        **plan_evidence(case.assortment, case.ordering),
        "demand model": f"{planned.demand_label}; {planned.demand_reason.rstrip('.')}",
        "compared with": f"{typical}, version {explanation.drivers.version}",
        **({} if found is None else {"futures": futures_words(found, case.assortment.data.period)}),
    }


def futures_words(found: WhyNot, period: Period) -> str:
    """Say on how many futures, from which seed, and when running out counts."""
    return (
        f"{found.cost.n_pairs:,}, the same for every quantity (seed {found.seed}); running out "
        f"counts from {period.value} {found.first_risk_period} from today, when an order of today "
        f"can be there, to {period.value} {found.end_of_risk}"
    )


def plan_evidence(assortment: Assortment, ordering: Ordering) -> Mapping[str, str]:
    """List what a plan rests on, hashes shortened, and the program's versions."""
    told = contract(assortment, ordering)
    hashes = ("data", "problems", "agent file")
    kept = {name: text[:12] if name in hashes else text for name, text in told.items() if text}
    return {**kept, "rule": policy_label(ordering.baseline.name), "program": versions()}


def versions() -> str:
    """Name the versions that numbers depend on."""
    named = ", ".join(f"{name} {version(name)}" for name in ("torch", "numpy", "shap"))
    return f"Quartermaster {core.__version__}, {named}"


def explained(case: ItemCase, choices: Sequence[Alternative]) -> Mapping[str, Any]:
    """Lay out all that is known of one order as plain values: what programs read.

    Args:
        case: The item.
        choices: Quantities side by side, as `alternatives` finds them.
    """
    return {
        "item": case.key.label,
        "as_of": case.assortment.data.as_of,
        "period": case.assortment.data.period,
        "proposal": case.line.proposal,
        "decision": case.line.decision,
        "quantity": case.line.quantity,
        "choices": [_plain_choice(row) for row in choices],
        "explanation": case.explanation.to_json(),
        "evidence": dict(evidence(case)),
    }


def _plain_choice(row: Alternative) -> dict[str, Any]:
    cost = row.cost
    return {
        "choice": row.label,
        "is_proposed": row.is_proposed,
        "quantity": row.quantity,
        "raw_quantity": row.raw,
        "value": row.value,
        "cost_difference": None if cost is None else cost.difference,
        "half_width": None if cost is None else cost.half_width,
        "outcome": row.outcome,
        "n_periods": row.n_periods,
        "risk": row.risk,
    }
