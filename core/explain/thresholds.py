"""What would change the order: exact thresholds, each said only where it holds when run again."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.explain.arithmetic import Levels
from core.explain.changes import Change, find_changes, least_change
from core.explain.checks import Check
from core.explain.claims import Claim, Witnesses, execute
from core.explain.figures import units
from core.explain.levers import LEVERS, Lever, Scale
from core.explain.probe import Probe
from core.explain.remade import has_fixed_numbers, is_moved_by_theory
from core.explain.unmoved import Range

_ANEW = "with new levels "
# Measured: docs/benchmarks.md, thresholds. A new search moves levels otherwise than theory does.
_ABOUT = "about "


@dataclass(frozen=True, slots=True)
class Threshold:
    """One value at which the order of today would be another one.

    Args:
        key: Of LEVERS; empty where it concerns several.
        quantity: What is moved, in planners' words.
        unit: How it is counted; empty for money.
        today: Its value today; nan where it concerns several.
        at: Where the order changes; nan where nothing within range changes it.
        order: Units ordered there; today's where nothing changes it.
        text: A sentence that was true when run on the policy.
    """

    key: str
    quantity: str
    unit: str
    today: float
    at: float
    order: float
    text: str

    @property
    def is_change(self) -> bool:
        """Whether there is such a value."""
        return not math.isnan(self.at)


def thresholds(probe: Probe) -> tuple[tuple[Threshold, ...], Check]:
    """Find what would change the order, and run each finding on the policy once more.

    Returns:
        The thresholds that held, quantity by quantity, and the check over all that were found.
    """
    pairs = [pair for lever in LEVERS.values() for pair in _of_lever(probe, lever)]
    pairs += _never(probe)
    witnesses = Witnesses(probe)
    kept = tuple(found for found, claim in pairs if execute(claim, witnesses).passed)
    detail = f"{len(kept)} of {len(pairs)} hold at the value and just beside it"
    return kept, Check("thresholds re-run on the policy", len(kept) == len(pairs), detail)


Found = tuple[Threshold, Claim]


def _of_lever(probe: Probe, lever: Lever) -> list[Found]:
    scale = lever.scale(probe)
    if scale is None:
        return []
    changes = find_changes(probe, lever, scale)
    if not changes:
        return [_nothing(probe, lever, scale)]
    return [_changing(probe, lever, scale, change) for change in changes]


def _changing(probe: Probe, lever: Lever, scale: Scale, change: Change) -> Found:
    text = _sentence(
        probe, lever, f"it would order {_what(probe, change)} {_when(probe, lever, scale, change)}"
    )
    is_lasting = change.event == "stops" and change.stays
    values = {
        "at": change.at,
        "beside": change.beside,
        "order": change.order,
        "end": change.end if is_lasting else change.at,
    }
    found = _threshold(probe, lever, scale, (change.at, change.order, text))
    return found, Claim(f"{lever.key}_changes", text, values)


def _nothing(probe: Probe, lever: Lever, scale: Scale) -> Found:
    low, high = (scale.today + k * scale.step for k in (scale.first, scale.last))
    span = f"between {_written(lever, '', low)} and {_counted(probe, lever, high)}"
    why = "".join(claim.text for claim in _proven(probe, _why(probe, lever, scale)))
    text = _sentence(probe, lever, f"no {lever.label} {span} would {_change_words(probe)}{why}")
    found = _threshold(probe, lever, scale, (math.nan, probe.order, text))
    return found, Claim(f"{lever.key}_stays", text, {"order": probe.order})


def _proven(probe: Probe, claims: list[Claim]) -> list[Claim]:
    """Return the reasons that hold when run: one that does not is not said."""
    return [claim for claim in claims if execute(claim, Witnesses(probe)).passed]


def _why(probe: Probe, lever: Lever, scale: Scale) -> list[Claim]:
    """Say why a whole range of values leaves the order as it is; nothing where stock is moved."""
    if lever.is_stock:
        return []
    found = Range(probe, lever, scale.values(scale.coarse))
    if probe.order:
        return _why_something(probe, lever, found)
    return _why_nothing(probe, lever, found, scale.today)


def _why_nothing(probe: Probe, lever: Lever, found: Range, today: float) -> list[Claim]:
    """Say how low stock would have to be for an order, at the value that orders earliest."""
    positions, now = found.positions, probe.situation.inventory_position
    if np.isnan(positions).all():
        return []
    position = float(np.nanmax(positions))
    # Of several that order as early, the one that is farthest from today's.
    farthest = np.where(positions == position, np.abs(found.values - today), -1.0)
    at = float(found.values[farthest.argmax()])
    is_same = bool((positions == position).all())
    where = "whatever it is" if is_same else f"even at {_counted(probe, lever, at)}"
    about = _ABOUT if is_moved_by_theory(probe.policy) and not is_same else ""
    text = (
        f", since {where} the stock position, now {units(now)}, would first have to fall to "
        f"{about}{units(position)}"
    )
    values = {"at": at, "position": position, "now": now, "is_same": float(is_same)}
    return [Claim(f"{lever.key}_position", text, values)]


def _why_something(probe: Probe, lever: Lever, found: Range) -> list[Claim]:
    """Say how little what is needed would move, and which rules make the same order of it."""
    low, high = float(found.raw.min()), float(found.raw.max())
    text = f", since what is needed stays {units(low)}"
    text += "" if units(low) == units(high) else f" to {units(high)}"
    values = {"low": low, "high": high}
    names = list(dict.fromkeys(n for raw in (low, high) for n in probe.binding_rules(raw)))
    if names and (found.orders_at(probe.situation.inventory_position) == probe.order).all():
        text += f", made {units(probe.order)} by {' and '.join(names)}"
        values["order"] = probe.order
    return [Claim(f"{lever.key}_need", text, values)]


def _threshold(
    probe: Probe, lever: Lever, scale: Scale, found: tuple[float, float, str]
) -> Threshold:
    at, order, text = found
    return Threshold(lever.key, lever.label, _unit(probe, lever), scale.today, at, order, text)


def _never(probe: Probe) -> list[Found]:
    """Say of a rule that never orders what cannot be told without another search."""
    if not Levels.of(probe.policy.parameters_of(0)).is_never(probe.situation.problem):
        return []
    quantity = "demand, lead time and costs"
    text = (
        "It never orders this item, since an order costs more than it saves; whether another "
        "demand, lead time or cost would change that, only finding the rule anew can tell."
    )
    found = Threshold("", quantity, "", math.nan, math.nan, probe.order, text)
    return [(found, Claim("never", text))]


def _sentence(probe: Probe, lever: Lever, text: str) -> str:
    """Say of a rule that keeps its numbers that it is the newly found one that would do so."""
    is_anew = has_fixed_numbers(probe.policy) and not lever.is_stock
    whole = f"{_ANEW}{text}." if is_anew else f"{text}."
    return whole[0].upper() + whole[1:]


def _what(probe: Probe, change: Change) -> str:
    """Say what would be ordered."""
    now, pack = probe.order, probe.situation.problem.rules.pack_size
    if change.event == "stops":
        return "nothing"
    if change.event == "starts":
        return units(change.order)
    packs = abs(change.order - now) / pack
    if pack <= 1 or abs(packs - round(packs)) > 1e-3:
        return f"{units(change.order)} instead of {units(now)}"
    more = "more" if change.order > now else "less"
    return f"{units(change.order)}, {units(packs)} pack{'' if round(packs) == 1 else 's'} {more},"


def _when(probe: Probe, lever: Lever, scale: Scale, change: Change) -> str:
    is_more = change.at > scale.today
    template = lever.when[0 if is_more else 1]
    share = abs(change.at / scale.today - 1) if scale.today else math.nan
    is_rough = not lever.is_stock and is_moved_by_theory(probe.policy)
    value = _written(lever, _unit(probe, lever), change.at, 3 if is_rough else 4)
    about = _ABOUT if is_rough else ""
    text = template.format(value=about + value, share=f"{about}{100 * share:.0f} %")
    if change.event == "stops" and change.stays and "{value}" in template:
        text += " or more" if is_more else " or less"
    return text


def _change_words(probe: Probe) -> str:
    if probe.order == 0:
        return "make it order anything"
    is_pack = least_change(probe) == probe.situation.problem.rules.pack_size
    return "change the order" if is_pack else "change the order by a tenth or more"


def value_words(found: Threshold, value: float) -> str:
    """Write one value of what is moved: stock to a unit, demand to three digits, money to four."""
    return _written(LEVERS[found.key], found.unit, value) if found.key else ""


def _unit(probe: Probe, lever: Lever) -> str:
    period = probe.situation.period.value
    return lever.unit.format(period=period)


def _counted(probe: Probe, lever: Lever, value: float) -> str:
    return _written(lever, _unit(probe, lever), value)


def _written(lever: Lever, unit: str, value: float, n_digits: int = 4) -> str:
    if lever.is_stock:
        return units(value)
    if lever.key == "lead_time":
        number = units(value)
        return f"{number} {unit[:-1] if number == '1' else unit}".strip()
    n_digits = 3 if lever.key == "demand" else n_digits
    number = f"{value:.{n_digits}g}" if abs(value) < 10 ** (n_digits - 1) else f"{value:,.0f}"
    return f"{number} {unit}".strip()
