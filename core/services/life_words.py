"""Why an item is called new, dying, silent, gone or seasonal, in words."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Callable, Mapping
from datetime import date

from core.demand import Buckets, LifeState, Lives, Profiles, SeasonTable
from core.domain import Period, SalesHistory

_LATELY = {"week": "3 weeks", "four weeks": "12 weeks", "month": "3 months"}


def life_words(
    history: SalesHistory, lives: Lives, profiles: Profiles, buckets: Buckets
) -> tuple[str, ...]:
    """Say of each item why it stands where it does; nothing of one that simply runs."""
    days = [day.item() for day in history.starts]
    lately = _LATELY[buckets.label]
    period = history.period

    def first(row: int) -> str:
        n = int(lives.first_sold[row])
        return f"First sold {_day(days[n])}; no sale in the {_length(n, period)} before."

    def silent(row: int) -> str:
        last = _day(days[int(lives.last_sold[row])])
        return (
            f"No sale since {last}: {_length(int(lives.n_silent[row]), period)} in stock, "
            f"and it used to sell about {_often(float(profiles.adi[row]), period)}."
        )

    def maybe_out(row: int) -> str:
        return f"{silent(row)} Out of stock, perhaps, or no longer on sale."

    def falling(row: int) -> str:
        return (
            f"Over the last {lately} it sold {lives.fell_to[row]:.0%} of what it sold before; "
            "chance alone does that to 1 item in 200 at most."
        )

    told: Mapping[LifeState, Callable[[int], str]] = {
        LifeState.NEW: first,
        LifeState.GONE: silent,
        LifeState.SILENT: maybe_out,
        LifeState.DYING: falling,
        LifeState.NEVER_SOLD: lambda row: "The file holds no sale of it in stock.",
        LifeState.RUNNING: lambda row: "",
    }
    return tuple(told[state](row) for row, state in enumerate(lives.state))


def season_words(season: SeasonTable) -> tuple[str, ...]:
    """Say of each item when its year is busy and when quiet; nothing without a season."""
    busy, quiet = season.month.argmax(axis=1) + 1, season.month.argmin(axis=1) + 1
    high, low = season.month.max(axis=1), season.month.min(axis=1)
    return tuple(
        f"Busiest in {month_name[busy[row]]} ({high[row]:.0%} of an average month), "
        f"quietest in {month_name[quiet[row]]} ({low[row]:.0%})."
        if is_yearly
        else ""
        for row, is_yearly in enumerate(season.is_yearly)
    )


def _often(adi: float, period: Period) -> str:
    """Write how often an item sells: "every day", "once in 12 days"."""
    n = round(adi)
    return f"every {period.value}" if n <= 1 else f"once in {n:,} {period.value}s"


def _length(n: int, period: Period) -> str:
    return f"{n:,} {period.value}{'' if n == 1 else 's'}"


def _day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"
