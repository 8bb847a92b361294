"""An item master -> Items: costs, lead times and rules, each checked, each default marked."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.domain import (
    CostRates,
    Item,
    ItemKey,
    LeadTime,
    OrderRules,
    ParameterError,
    Period,
    attribute,
    attributes,
)
from core.ingest.checks import Checks
from core.ingest.defaults import HOLDING_SHARE_PER_YEAR, SERVICE, with_assumed
from core.ingest.keys import matches, row_keys, tell_unknown
from core.ingest.names import plain
from core.ingest.number_text import decimal_sign, to_number
from core.ingest.result import Result
from core.ingest.source import AUTOMATIC, ReadOptions, Source
from core.ingest.text_table import Codes
from core.ingest.units import lead_times_in

ASSUMED_COLUMN = "assumed"
_COSTS = ("holding_cost", "stockout_cost", "fixed_cost", "unit_cost")
ABOVE_ZERO = ("holding_cost", "stockout_cost")

_LOST = {plain(w): 1.0 for w in ("lost", "lost sales", "lost sale", "verloren", "perdu", "perdido")}
_BACKORDER = {
    plain(w): 0.0
    for w in ("backorder", "backorders", "backlog", "rückstand", "nachlieferung", "nalevering")
}
_SHORTAGE = _LOST | _BACKORDER


@dataclass(frozen=True, eq=False)
class _Rows:
    """The columns of an item master, one entry per row."""

    keys: tuple[ItemKey, ...]
    key_of_row: Codes
    numbers: Mapping[str, npt.NDArray[np.float64]]
    texts: Mapping[str, tuple[str, ...]]
    lost_share: npt.NDArray[np.float64]


def read_items(
    source: Source,
    *,
    known: Collection[ItemKey] | None = None,
    period: Period = Period.DAY,
    options: ReadOptions = AUTOMATIC,
    reject_bad_rows: bool = False,
) -> Result[tuple[Item, ...]]:
    """Read an item master, one row per item (and location).

    Lead time, holding and stock-out cost are assumed where the file leaves them out.

    Args:
        source: The file, with the columns of the items template.
        known: Items of the sales history. An item given without a location then stands for the
            item at every location, and items without sales are left out with a warning.
        period: Of the sales: what costs and lead times are assumed for.
        options: What the planner says about the file.
        reject_bad_rows: Leave out rows with a fault and go on, instead of refusing the file.

    Raises:
        InputFileError: where the file cannot be used; its findings tell everything.
    """
    checks = Checks(source, "items", options)
    rows = _convert(checks, period)
    _check_repeats(checks, rows)
    _tell_assumed(checks, rows)
    built = _build(checks, rows, period)
    found = matches(rows.keys, known)
    tell_unknown(checks, rows.keys, rows.key_of_row, known, found)
    checks.stop(reject_bad_rows)
    items = _place(rows, built, found)
    return checks.result(items, len(built))


def _convert(checks: Checks, period: Period) -> _Rows:
    codes, locations = checks.texts("item"), checks.texts("location")
    assert codes is not None
    keys, key_of_row = row_keys(codes, locations)
    numbers = _numbers(checks)
    numbers["lead_time"] = lead_times_in(checks, numbers["lead_time"], period)
    names = [name for name in ("name", "supplier") if name in checks.columns]
    texts = {name: _row_texts(checks, checks.columns[name].column) for name in names}
    used = {guess.column for guess in checks.columns.values()}
    for column in checks.table.columns:
        if column not in used:
            texts[f"extra:{column}"] = _row_texts(checks, column)
    return _Rows(keys, key_of_row, numbers, texts, _shortage(checks))


def _numbers(checks: Checks) -> dict[str, npt.NDArray[np.float64]]:
    """Convert every column of numbers; a column that is not there is all nan."""
    found = {a.name: checks.numbers(a.name) for a in attributes("items") if a.kind == "number"}
    nothing = np.full(checks.table.n_rows, np.nan)
    numbers = {name: nothing if values is None else values for name, values in found.items()}
    for name in ABOVE_ZERO:
        checks.reject(
            numbers[name] == 0,
            name,
            "cost_not_above_zero",
            f"{attribute('items', name).label} must be above 0",
            "Put in what it costs, or leave the item out to have a cost assumed.",
        )
    checks.reject(
        np.nan_to_num(numbers["review_period"] % 1) > 0,
        "review_period",
        "not_whole",
        "Review period must be a whole number of periods",
        "Round it.",
    )
    return numbers


def _row_texts(checks: Checks, column: str) -> tuple[str, ...]:
    found = checks.table.column(column)
    return tuple(found.texts[code] for code in found.codes)


def _shortage(checks: Checks) -> npt.NDArray[np.float64]:
    """Share of unmet demand that is lost, nan where the cell is empty, shape [n_rows]."""
    column = checks.texts("shortage")
    if column is None:
        return np.full(checks.table.n_rows, np.nan)
    sign = decimal_sign(column.texts).sign
    read = {text: _share(text, sign) for text in column.texts}
    checks.reject(
        column.where(lambda text: bool(text) and read[text] is None),
        "shortage",
        "bad_choice",
        "When out of stock must be lost, backorder, or a share of sales lost from 0 to 1",
        "Write lost where the customer buys elsewhere, backorder where she waits.",
    )
    shares: npt.NDArray[np.float64] = column.spread(
        [math.nan if read[text] is None else read[text] for text in column.texts], np.float64
    )
    return shares


def _share(text: str, sign: str) -> float | None:
    word = plain(text)
    if word in _SHORTAGE:
        return _SHORTAGE[word]
    number = to_number(text, sign)
    return number if number is not None and 0 <= number <= 1 else None


def _check_repeats(checks: Checks, rows: _Rows) -> None:
    """One item may stand in one row only; the same row again does no harm."""
    good = checks.good
    _, first = np.unique(rows.key_of_row[good], return_index=True)
    again = good.copy()
    again[np.flatnonzero(good)[first]] = False
    same = checks.table.frame.duplicated().to_numpy(dtype=np.bool_) & again
    if same.any():
        checks.tell(
            "warning",
            "duplicate_row",
            "A row repeats an earlier one in every column; one is kept",
            rows=same,
            name="item",
            remedy="Remove the repeated rows.",
        )
    checks.reject(
        again & ~same,
        "item",
        "duplicate_item",
        "An item stands in several rows that differ",
        "Keep one row per item and location.",
    )


def _tell_assumed(checks: Checks, rows: _Rows) -> None:
    """Say which of lead time and costs are assumed, and for how many items."""
    for name, words in _ASSUMED.items():
        missing = np.isnan(rows.numbers[name]) & checks.good
        if missing.any():
            label, n = attribute("items", name).label, int(missing.sum())
            items = "1 item" if n == 1 else f"{n:,} items"
            checks.tell(
                "warning",
                "assumed",
                f"{label} of {items} is not in the file; {words} is assumed",
                name=name,
                remedy="Right it on the Costs & rules page, or add a column with your own.",
            )


def _build(checks: Checks, rows: _Rows, period: Period) -> dict[int, Item]:
    """Make the items of all good rows, by number of the key; what cannot be is told."""
    built: dict[int, Item] = {}
    for row in np.flatnonzero(checks.good):
        key = int(rows.key_of_row[row])
        if key in built:
            continue
        missing = {name for name in _ASSUMED if math.isnan(rows.numbers[name][row])}
        try:
            built[key] = with_assumed(_item(rows, int(row)), period, missing).check()
        except ParameterError as error:
            mask = np.arange(len(rows.key_of_row)) == row
            name = _attribute_in(error.what)
            code = f"contradiction:{name}:{error.what}"
            checks.reject(mask, name, code, error.what, error.remedy)
    return built


def _attribute_in(what: str) -> str:
    """Name the attribute that a message is about."""
    known = {a.name for a in attributes("items")}
    return next((word for word in re.findall(r"\w+", what) if word in known), "item")


def _item(rows: _Rows, row: int) -> Item:
    given = {name: float(values[row]) for name, values in rows.numbers.items()}
    given["shortage"] = float(rows.lost_share[row])
    may_be = {*_DEFAULTS, *_ASSUMED}
    assumed = {name for name, value in given.items() if math.isnan(value) and name in may_be}
    # What is assumed stands at 1 until the period of the sales is known.
    value = {
        name: _DEFAULTS.get(name, 1.0 if name in _ASSUMED else math.inf)
        if math.isnan(number)
        else number
        for name, number in given.items()
    }
    extra = {
        name.removeprefix("extra:"): texts[row]
        for name, texts in rows.texts.items()
        if name.startswith("extra:")
    }
    assumed |= set(extra.pop(ASSUMED_COLUMN, "").split())
    return Item(
        rows.keys[rows.key_of_row[row]],
        CostRates(**{name: value[name] for name in _COSTS}),
        LeadTime(value["lead_time"], value["lead_time_sd"]),
        OrderRules(
            value["min_order"],
            value["pack_size"],
            value["max_order"],
            value["max_stock"],
            int(value["review_period"]),
        ),
        value["shortage"],
        name=rows.texts["name"][row] if "name" in rows.texts else "",
        supplier=rows.texts["supplier"][row] if "supplier" in rows.texts else "",
        price=None if math.isnan(given["price"]) else given["price"],
        assumed=frozenset(assumed),
        extra=extra,
    )


_ASSUMED: Mapping[str, str] = {
    "lead_time": "a usual one",
    "holding_cost": f"{HOLDING_SHARE_PER_YEAR:.0%} of the unit cost a year",
    "stockout_cost": f"{SERVICE / (1 - SERVICE):.0f} times the holding cost",
}

_DEFAULTS: Mapping[str, float] = {
    a.name: _SHORTAGE[a.default] if a.name == "shortage" else float(a.default)
    for a in attributes("items")
    if a.default is not None
}


def _place(
    rows: _Rows, built: Mapping[int, Item], found: Mapping[ItemKey, tuple[ItemKey, ...]]
) -> tuple[Item, ...]:
    """Give each known item its row; a row with the item's own location goes before one without."""
    placed: dict[ItemKey, Item] = {}
    for number in sorted(built, key=lambda number: rows.keys[number].location):
        item = built[number]
        for key in found[rows.keys[number]]:
            placed[key] = replace(item, key=key)
    return tuple(placed[key] for key in sorted(placed))
