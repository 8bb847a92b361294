"""The manager's report as a download, on the pages that it reports on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from core.domain import PlannerError
from core.services.assortment import Assortment
from core.services.briefs import every_brief
from core.services.currency import currency
from core.services.decision_log import LogLine
from core.services.decisions_report import decisions_report, decisions_report_file
from core.services.item_case import ItemCase
from core.services.order_lines import OrderLine
from core.services.ordering import Ordering
from core.services.plan_reporting import plan_report, plan_report_file
from core.services.report_files import REPORT_FORMATS, pdf_problem
from core.services.reporting import item_report_file
from core.services.workspace import PlanData
from core.ui import downloads, state, words
from core.ui.plan_item_tabs import Case


def of_item(case: Case) -> None:
    """Offer the report on one item's order."""
    whole = ItemCase(case.assortment, case.ordering, case.line, case.explanation)
    name = f"order-{_safe(case.line.key.label)}-{case.assortment.data.as_of.isoformat()}"
    with st.popover("Report for my manager", icon=":material/description:", key="_item.report"):
        st.caption("One page in words with two charts: the numbers of this page.")
        _downloads(partial(item_report_file, whole, currency=_currency()), name, "_item.report")


def of_plan(assortment: Assortment, ordering: Ordering, lines: Sequence[OrderLine]) -> None:
    """Offer the report on the whole plan, every order in it on wish."""
    name = f"plan-{assortment.data.as_of.isoformat()}"
    with st.popover("Report for my manager", icon=":material/description:", key="_orders.report"):
        st.caption("The whole plan on one page: orders, risk, and who decides.")
        is_whole = st.checkbox(
            "Every order with its sentence",
            key="keep.orders.report.whole",
            help="On further pages; where there are very many, it takes up to a minute.",
        )
        write = partial(_plan_file, assortment, ordering, tuple(lines), is_whole)
        _downloads(write, name, "_orders.report")


def of_decisions(shown: Sequence[LogLine], data: PlanData) -> None:
    """Offer the report on the decisions shown."""
    with st.popover(
        "Report for my manager", icon=":material/description:", key="_decisions.report"
    ):
        st.caption("One page on the decisions shown: what was changed, why, and what it moves.")
        name = f"decisions-{data.as_of.isoformat()}"
        _downloads(partial(_decisions_file, tuple(shown), data), name, "_decisions.report")


def _decisions_file(shown: Sequence[LogLine], data: PlanData, kind: str) -> bytes:
    return decisions_report_file(decisions_report(shown, data), kind, _currency())


def _plan_file(
    assortment: Assortment,
    ordering: Ordering,
    lines: Sequence[OrderLine],
    is_whole: bool,
    kind: str,
) -> bytes:
    told = every_brief(assortment, ordering, lines) if is_whole else None
    report = plan_report(assortment, ordering, lines, told=told)
    return plan_report_file(report, kind, _currency())


def _currency() -> str:
    return currency(state.store())


def _downloads(write: Callable[[str], bytes], name: str, key: str) -> None:
    """Draw a button for each kind of file; it is written when it is asked for."""
    problem = _pdf_problem()
    blocked = {"pdf"} if problem is not None else set()
    for kind, form in REPORT_FORMATS.items():
        downloads.button(
            f"Report as {form.label}",
            partial(write, kind),
            name + form.suffix,
            mime=form.mime,
            disabled=kind in blocked,
            key=f"{key}.{kind}",
            width="stretch",
        )
    if problem is not None:
        st.caption(words.escaped(problem.message))


def _safe(label: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in label)


@st.cache_resource(show_spinner=False)
def _pdf_problem() -> PlannerError | None:
    """Look once per process: finding out takes a second."""
    return pdf_problem()
