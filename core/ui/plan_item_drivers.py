"""What drives an order, and the rule in small: two tabs of the Item page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.explain import Drivers, Explanation
from core.ui import charts, components, plan_item_charts, words
from core.ui.words import escaped


def drivers(explanation: Explanation, rule: str) -> None:
    """Draw what moves the order away from a typical day's, beside (s, S).

    Args:
        explanation: Of one order.
        rule: The rule's name on screen.
    """
    found, other = explanation.drivers, explanation.baseline_drivers
    names = (components.policy_label(explanation.policy), rule)
    weak = explanation.warnings("drivers")
    if weak:
        st.warning(
            f"These drivers are weak and drawn grey: {escaped('; '.join(weak))}.",
            icon=":material/warning:",
        )
    if explanation.learned is not None and explanation.learned.adds_nothing:
        st.markdown(escaped(explanation.learned_sentence))
    chart = plan_item_charts.driver_bars(found, other, names, is_weak=bool(weak))
    charts.show(chart, "item.drivers", f"What moves the order of {names[0]}, in units")
    st.markdown(_additivity(found, names[0]))
    if other is not None:
        st.markdown(_additivity(other, names[1]))
    background = found.background.replace(explanation.policy, names[0])
    st.caption(
        f"Compared with {escaped(background)}. Exact Shapley values over six groups, on what the "
        "policy asks for before pack and minimum. A hollow bar's sign is not sure: its 95 % "
        "interval covers 0, or it turns on one of five other samples of days. Costs, lead time and "
        "rules are the same every day, so their bars are 0 unless the typical days differ in them."
    )
    with st.expander("As a table"):
        _driver_table(found, other, names)


def _additivity(drivers: Drivers, name: str) -> str:
    moved = sum(bar.amount for bar in drivers.bars)
    sign = "+" if moved >= 0 else "−"
    gap = words.units(round(drivers.additivity_gap, 1))
    missing = "" if gap == "0" else f", of which {gap} units are not explained"
    return (
        f"{escaped(name)}: {amount(drivers.base_value)} on a typical day {sign} "
        f"{amount(abs(moved))} from the bars = {amount(drivers.output)} asked for today"
        f"{missing}."
    )


def _driver_table(drivers: Drivers, other: Drivers | None, names: tuple[str, str]) -> None:
    beside = {bar.group: bar.amount for bar in other.bars} if other is not None else {}
    rows = []
    for bar in drivers.bars:
        row = {
            "What": bar.group,
            f"{names[0]}, units": f"{bar.amount:+,.1f} ± {bar.half_width:,.1f}",
            "Same sign on other days": words.percent(bar.agreement, 0),
            "Today": words.units(bar.today),
            "Typical": words.units(bar.typical),
            "Measured in": bar.unit,
        }
        if other is not None:
            row[f"{names[1]}, units "] = f"{beside[bar.group]:+,.1f}"
        rows.append(row)
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, width="stretch", alt="Drivers of the order, in units"
    )


def rule_in_small(explanation: Explanation) -> None:
    """Say the rule in at most four questions, with how often it agrees.

    Args:
        explanation: Of one order.
    """
    tree = explanation.tree
    if tree is None:
        return
    policy = escaped(components.policy_label(explanation.policy))
    weak = explanation.warnings("tree")
    if weak:
        st.warning(f"Careful: {escaped('; '.join(weak))}.", icon=":material/warning:")
    if tree.is_shown:
        asked = words.plural(tree.n_questions, "question") if tree.n_questions else "one line"
        st.markdown(f"How {policy} decides on this item, in {asked}:")
        st.markdown("\n".join(_bullet(line) for line in tree.lines))
    st.markdown(tree.words)
    if tree.is_shown:
        st.caption(
            "A summary, not the policy itself. The stock position is what is on hand and on order, "
            "less what is owed. Pack, minimum and limits come after it."
        )


def _bullet(line: str) -> str:
    text = line.lstrip()
    return f"{line[: len(line) - len(text)]}- {escaped(text)}"


def amount(value: float) -> str:
    """Write units of a sum; below 0 with a minus sign."""
    return words.units(round(value, 1)).replace("-", "−")
