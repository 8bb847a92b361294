"""Which files count now, and whether they are good enough to plan on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.domain import ItemKey, SalesHistory
from core.services.assortment import Assortment
from core.services.health import Age, Coverage, FileHealth, ages, coverage
from core.services.lead_times import differences
from core.services.workspace import PlanData, last_day
from core.ui import words

# One hue from nearly clear to full: it reads on a white ground and on a dark one.
_SHADES = [[0.0, "rgba(56, 132, 190, 0.07)"], [1.0, "rgba(56, 132, 190, 1)"]]


def health_table(files: Sequence[FileHealth]) -> None:
    """One row per kind of table: the file, its rows, when it was brought in."""
    st.dataframe(
        pd.DataFrame([_row(file) for file in files]),
        hide_index=True,
        width="stretch",
        height="content",
        column_config={"File": st.column_config.TextColumn(width="medium")},
        alt="Which file counts now for each kind of table",
    )


def _row(file: FileHealth) -> dict[str, str]:
    name = file.source_name + (" (sample)" if file.is_sample else "")
    return {
        "Table": file.label,
        "File": name if file.is_there else "none yet",
        "Rows read": _count(file.rows_read),
        "Used": _count(file.rows_used),
        "Left out": _count(file.rows_rejected),
        "To check": _count(file.n_warnings) if file.is_there else words.NOTHING,
        "Covers": _covers(dict(file.facts)),
        "Brought in": words.moment(file.imported_at) if file.imported_at else words.NOTHING,
    }


def _covers(facts: dict[str, str]) -> str:
    """Write what a file holds: "40 items, 2024-09-14 to 2026-09-13"."""
    if "First day" in facts:
        days = f"{facts['First day']} to {facts['Last day']}"
        n = facts.get("Items")
        return f"{n} item{'' if n == '1' else 's'}, {days}" if n else days
    return ", ".join(f"{value} {label.lower()}" for label, value in facts.items())


def _count(n: int | None) -> str:
    return words.NOTHING if n is None else f"{n:,}"


def plannable(assortment: Assortment) -> None:
    """Say how many items can be planned, and why the others cannot."""
    n, left = len(assortment.planned), assortment.unplannable
    of = f"{n:,} of {n + len(left):,} items can be planned."
    if not left:
        st.success(of, icon=":material/check_circle:")
        return
    st.warning(f"{of} The others, and why:", icon=":material/warning:")
    st.dataframe(
        pd.DataFrame({"Item": [key.label for key in left], "Why not": list(left.values())}),
        hide_index=True,
        width="stretch",
        height="content" if len(left) <= 8 else 300,
        alt="Items that cannot be planned, with the reason",
    )
    st.download_button(
        "Download this list",
        _unplannable_csv(left),
        file_name="cannot_be_planned.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
        key="_data.unplannable",
    )


def _unplannable_csv(left: Mapping[ItemKey, str]) -> bytes:
    """Write items and reasons for a spreadsheet."""
    rows = [(key.item, key.location, why) for key, why in left.items()]
    return (
        pd.DataFrame(rows, columns=["item", "location", "why"])
        .to_csv(index=False)
        .encode("utf-8-sig")
    )


def freshness(data: PlanData, today: date | None = None) -> None:
    """Say how old the newest sales are, and whether that is too old to order by."""
    n = ((today or date.today()) - last_day(data.history)).days
    told = f"Sales up to {words.day(last_day(data.history))}: {_ago(n)}."
    # A period that has just ended is not late; nor is one more, since exports take their time.
    if n > 2 * data.period.days + 7 and not data.is_sample:
        st.warning(
            f"{told} What sold since then is not known. Bring in a newer file before you order.",
            icon=":material/event_busy:",
        )
    else:
        st.caption(told)


def file_ages(data: PlanData, files: Sequence[FileHealth], today: date | None = None) -> None:
    """Say how old stock, open orders and items are, and warn of what is too old to order by."""
    found = ages(files, 2 * data.period.days + 7, today)
    old = [_age(age) for age in found if age.is_old]
    told = [_age(age) for age in found if not age.is_old]
    if old:
        st.warning(
            f"{' '.join(old)} What came in or went out since then is not known. Bring in newer "
            "files before you order.",
            icon=":material/event_busy:",
        )
    if told:
        st.caption(" ".join(told))


def _age(age: Age) -> str:
    """Write how old a table is: "Stock counted on 15 Sep 2026: 70 days ago."."""
    how = "counted on" if age.is_known else "brought in on"
    ago = _ago(age.n_days) if age.n_days else "today"
    return f"{age.label} {how} {words.day(age.since)}: {ago}."


def _ago(n: int) -> str:
    """Write an age in days, months or years, as one would say it."""
    if n <= 0:
        return "up to date"
    for length, noun in ((730, "year"), (90, "month")):
        if n >= length:
            return f"about {round(n / {'year': 365.25, 'month': 30.44}[noun])} {noun}s ago"
    return f"{words.plural(n, 'day')} ago"


def assumptions(assortment: Assortment, *, stock_known: bool) -> None:
    """Say what stands at a default and therefore at a guess."""
    n = sum(bool({"holding_cost", "stockout_cost"} & item.assumed) for item in assortment.items)
    if n:
        st.info(
            f"The costs of {words.plural(n, 'item')} are assumed, not given. Orders are only as "
            "right as they are: look at Costs & rules.",
            icon=":material/payments:",
        )
    if not stock_known:
        st.info(
            "There is no stock file yet: every item counts as empty, and its order as "
            "provisional. Bring one in under Stock.",
            icon=":material/inventory:",
        )


def marks(data: PlanData) -> None:
    """Say what deliveries, stock-outs, closed days and promotions change, where there are some."""
    lines = [_measured(data), _marked(data), _promoted(data)]
    told = [line for line in lines if line]
    if told:
        st.info("  \n".join(told), icon=":material/event:")


def _measured(data: PlanData) -> str:
    if data.deliveries is None:
        return ""
    n = len(differences(data.items, data.measured, data.period))
    given = f" {words.plural(n, 'given lead time')} and the deliveries differ:" if n else ""
    used = words.plural(len(data.measured_used), "lead time")
    return f"{used} measured from deliveries.{given}" + (" look at Costs & rules." if n else "")


def _marked(data: PlanData) -> str:
    if not {"stockout_days", "calendar"} & set(data.events):
        return ""
    out = ~data.history.in_stock
    return (
        f"{words.plural(int(out.sum()), data.period.value)} of "
        f"{words.plural(int(out.any(axis=1).sum()), 'item')} marked as out of stock or closed: "
        "their sales say little about demand."
    )


def _promoted(data: PlanData) -> str:
    n = len(data.promotions)
    return f"{words.plural(n, 'promotion')} marked; no sale is taken away." if n else ""


ITEMS_A_PAGE = 40


def coverage_pages(history: SalesHistory) -> None:
    """Draw how full the sales are, item by month: all items, page by page, or those looked for."""
    search = st.text_input(
        "Find items",
        key="_data.coverage.search",
        placeholder="part of a code or location",
        max_chars=80,
        width=300,
    )
    cover = coverage(history, ITEMS_A_PAGE, search=search)
    if not cover.n_found:
        st.info("No item is called like that.", icon=":material/search_off:")
        return
    n_pages = -(-cover.n_found // ITEMS_A_PAGE)
    if n_pages > 1:
        st.caption(
            f"{words.plural(cover.n_found, 'item')}, {ITEMS_A_PAGE} on a page; those with the "
            "fewest periods that sold come first."
        )
        page = st.pagination(n_pages, key="_data.coverage.page")
        cover = coverage(history, ITEMS_A_PAGE, page, search)
    st.plotly_chart(
        coverage_chart(cover, history.period.value),
        width="stretch",
        key="data.coverage",
        config={"displayModeBar": False},
        alt="Heat map: share of periods with a sale, by item and month",
    )


def coverage_chart(cover: Coverage, period: str) -> go.Figure:
    """Draw the share of periods with a sale, item by month; gaps were before the first sale."""
    figure = go.Figure(
        go.Heatmap(
            z=cover.selling,
            x=list(cover.months),
            y=list(cover.labels),
            zmin=0,
            zmax=1,
            colorscale=_SHADES,
            colorbar={"title": "", "tickformat": ".0%", "thickness": 12},
            hovertemplate="%{y}, %{x|%b %Y}: sold in %{z:.0%} of " + period + "s<extra></extra>",
            hoverongaps=False,
            xgap=1,
            ygap=1,
        )
    )
    figure.update_layout(
        height=90 + 16 * len(cover.labels),
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        yaxis={"type": "category", "autorange": "reversed", "automargin": True},
    )
    return figure
