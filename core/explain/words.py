"""One sentence in plain words, made of clauses that are run on the policy before they are said."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.explain.ahead import Ahead
from core.explain.ahead_words import (
    Piece,
    before_pieces,
    far_more_pieces,
    later_pieces,
)
from core.explain.arithmetic import Levels
from core.explain.checks import Check
from core.explain.claims import MOST_PERIODS, Claim, Witnesses, cover_periods, execute
from core.explain.cover import cover_words, shown_cover
from core.explain.figures import count, policy_words, units
from core.explain.probe import Probe

_WEAK = "the policy does not follow the usual logic here, so read it with care"


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of the sentence with all it claims; left out where a claim fails.

    Args:
        text: The words.
        claims: What they state.
        is_reason: Whether the sentence must warn where a claim fails.
        joined_by: What stands before it.
        proven: Checks of the last claims, where they were executed to choose the words.
    """

    text: str
    claims: tuple[Claim, ...]
    is_reason: bool = False
    joined_by: str = "; "
    proven: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said, and the proof of each claim in it."""

    text: str
    checks: tuple[Check, ...]
    claims: tuple[Claim, ...] = ()


def sentence_of(probe: Probe, other: Probe | None, ahead: Ahead | None = None) -> Sentence:
    """Say what to order and why, and leave out what does not hold.

    Args:
        probe: The policy in use.
        other: The one set against it, if any.
        ahead: What common futures say of the order; None says nothing of them.
    """
    fresh = () if ahead is None else (ahead.fresh_waiting, ahead.fresh_before)
    witnesses = Witnesses(probe, other, *fresh)
    kept: list[Clause] = []
    checks: list[Check] = []
    is_weak = False
    for clause in _clauses(probe, other, ahead):
        open_claims = clause.claims[: len(clause.claims) - len(clause.proven)]
        results = [*(execute(claim, witnesses) for claim in open_claims), *clause.proven]
        checks += results
        holds = all(check.passed for check in results)
        is_weak |= not holds and clause.is_reason
        if holds:
            kept.append(clause)
    warning = [Clause(_WEAK, ())] if is_weak else []
    said = tuple(claim for clause in kept for claim in clause.claims)
    return Sentence(_join([*kept, *warning]), tuple(checks), said)


def _clauses(probe: Probe, other: Probe | None, ahead: Ahead | None) -> list[Clause]:
    is_late = ahead is not None and ahead.before.is_likely
    late = before_pieces(probe, ahead.before) if ahead is not None and is_late else []
    waiting = None if ahead is None else ahead.waiting
    later = (
        []
        if waiting is None
        else later_pieces(waiting, probe.situation.period, probe.situation.currency)
    )
    return [
        _head(probe),
        _stock_clause(probe, with_cover=not is_late),
        *_plain(late),
        *(_order_clauses(probe, is_late) if probe.order > 0 else _nothing_clauses(probe)),
        *_rule_clause(probe),
        *_plain(later),
        *([_other_clause(other)] if other is not None else []),
    ]


def _plain(pieces: list[Piece]) -> list[Clause]:
    return [Clause(text, claims) for text, claims in pieces]


def _head(probe: Probe) -> Clause:
    order, pack = probe.order, probe.situation.problem.rules.pack_size
    text = f"Order {units(order)}" if order > 0 else "Order nothing today"
    values = {"quantity": order}
    if order > 0 and pack != 1:
        packs = values["packs"] = order / pack
        text += f" ({units(packs)} pack{'' if round(packs, 3) == 1 else 's'})"
    return Clause(text, (Claim("quantity", text, values),))


def _stock_clause(probe: Probe, *, with_cover: bool) -> Clause:
    """Say what is there and, unless it comes too late, how long it covers."""
    situation = probe.situation
    stock, (cover, text) = _stock_words(probe), _cover_words(probe)
    claims = [
        Claim(
            "stock",
            stock,
            {
                "on_hand": situation.on_hand,
                "on_order": situation.on_order,
                "backorders": situation.backorders,
            },
        )
    ]
    if not with_cover:
        return Clause(stock, tuple(claims))
    stated = shown_cover(min(cover, MOST_PERIODS)) if cover >= 1 else 0.0
    told = f"{stock} {text}".strip()
    claims.append(Claim("cover", told, {"periods": stated}))
    return Clause(told, tuple(claims))


def _stock_words(probe: Probe) -> str:
    situation = probe.situation
    if _has_nothing(probe):
        return "nothing is in stock or on order"
    owed = f", {units(situation.backorders)} owed to customers" if situation.backorders else ""
    on_order = units(situation.on_order) if situation.on_order else "none"
    on_hand = units(situation.on_hand) if situation.on_hand else "none"
    return f"{on_hand} on hand{owed} and {on_order} on order"


def _has_nothing(probe: Probe) -> bool:
    situation = probe.situation
    return not (situation.on_hand or situation.on_order or situation.backorders)


def _cover_words(probe: Probe) -> tuple[float, str]:
    """Return how long stock and orders last, and the words; none where nothing is there."""
    cover = cover_periods(probe, probe.situation.inventory_position)
    period = probe.situation.period.value
    if math.isinf(cover):
        return cover, f"last {MOST_PERIODS} {period}s or more"
    if cover == 0:
        return cover, "" if _has_nothing(probe) else "leave nothing for new demand"
    if cover < 1:
        return cover, f"cover less than one {period}"
    return cover, f"cover {cover_words(cover, period)}"


def _order_clauses(probe: Probe, is_late: bool) -> list[Clause]:
    """Why anything at all: the supplier needs longer, the position is low; and how far it fills."""
    situation = probe.situation
    pack = max(situation.problem.rules.pack_size, 1.0)
    low = Claim("low_stock", "more stock would not raise the order", {"pack": pack})
    filled = situation.inventory_position + probe.raw
    fill = f"it fills the stock position up to {units(filled)}"
    return [
        # Where the order comes too late, when it comes is said already.
        *([] if is_late else _wait_clause(probe)),
        Clause(fill, (low, Claim("fill", fill, {"position": filled})), is_reason=True),
        *_limit_clause(probe),
    ]


def _wait_clause(probe: Probe) -> list[Clause]:
    """Compare cover with the arrival of an order placed now, then of one at the next chance."""
    situation = probe.situation
    parameters, period = situation.system.parameters, situation.period.value
    wait, review = float(parameters.lead_time_mean[0]), float(parameters.review_period[0])
    cover = cover_periods(probe, situation.inventory_position)
    supplier = f"the supplier needs {count(wait, period)}"
    later = f"an order placed at the next chance only comes in {count(wait + review, period)}"
    joint = "but" if cover else "and"
    if cover < wait:
        text, values = f"{joint} {supplier}", {"lead_time": wait, "longer_than": wait}
    elif cover < wait + review:
        text = f"{joint} {later}"
        values = {"lead_time": wait, "review": review, "longer_than": wait + review}
    elif wait >= 1:
        text, values = supplier, {"lead_time": wait}
    else:
        return []
    joined_by = ", " if "longer_than" in values else "; "
    return [Clause(text, (Claim("wait", text, values),), joined_by=joined_by)]


def _limit_clause(probe: Probe) -> list[Clause]:
    """Above which stock position it would order nothing."""
    threshold = probe.highest_ordering_position()
    if threshold is None:
        return []
    text = f"above a stock position of {units(threshold)} it would order nothing"
    on_hand = units(threshold - probe.situation.on_order)
    other_text = f"with more than {on_hand} on hand it would order nothing"
    return [_threshold_clause(probe, (text, other_text), {"position": threshold})]


def _threshold_clause(
    probe: Probe, texts: tuple[str, str], values: dict[str, float], *, is_reason: bool = False
) -> Clause:
    """State a threshold in the stock position where stock and open orders count alike there.

    As they do for a rule; else, in the other words, in what is on hand.
    """
    position = values["position"]
    by_position = Claim("position", texts[0], {"position": position})
    check = execute(by_position, Witnesses(probe))
    text = texts[0] if check.passed else texts[1]
    claim = Claim("threshold", text, {**values, "on_hand": position - probe.situation.on_order})
    if check.passed:
        return Clause(text, (claim, by_position), is_reason, proven=(check,))
    return Clause(text, (claim,), is_reason)


def _nothing_clauses(probe: Probe) -> list[Clause]:
    """When the next order is to be expected, as found on the policy itself."""
    threshold = probe.ordering_position()
    situation = probe.situation
    if threshold is None:
        return []
    position, low = units(situation.inventory_position), units(threshold - situation.on_order)
    still = f" with {units(situation.on_order)} still on order" if situation.on_order else ""
    texts = (
        f"position, now {position}, falls to {units(threshold)}",
        f"on hand falls to {low}{still}",
    )
    values = {"position": threshold, "now": situation.inventory_position}
    when = ""
    wait = cover_periods(probe, values["now"] - threshold)
    if wait > 0 and math.isfinite(wait):
        values["wait"] = math.ceil(wait - 1e-9)
        when = f", in about {count(values['wait'], situation.period.value)}"
    first, second = (f"the next order comes when the stock {text}{when}" for text in texts)
    return [_threshold_clause(probe, (first, second), values, is_reason=True)]


def _rule_clause(probe: Probe) -> list[Clause]:
    if abs(probe.raw - probe.order) < 0.05:
        return []
    names = probe.binding_rules(probe.raw)
    change = "raised" if probe.order > probe.raw else "cut"
    text = f"{units(probe.raw)} needed is {change} to {units(probe.order)} by {' and '.join(names)}"
    values = {"raw": probe.raw, "quantity": probe.order}
    far = [Clause(*piece, joined_by=": ") for piece in far_more_pieces(probe)]
    return [Clause(text, (Claim("rule", text, values),)), *far]


def _other_clause(other: Probe) -> Clause:
    levels = Levels.of(other.policy.parameters_of(0))
    name = policy_words(other.policy.name)
    what = f"order {units(other.order)}" if other.order > 0 else "order nothing"
    text, values = f"{name} would {what}", {"quantity": other.order}
    if levels.is_never(other.situation.problem):
        text += ", now or ever: an order costs more than it saves"
    elif levels.is_known and name == "(s, S)":
        reorder, up_to = units(levels.reorder_point), units(levels.order_up_to_level)
        text += f" (at or below {reorder}, up to {up_to})"
        values |= {"reorder_point": levels.reorder_point, "up_to": levels.order_up_to_level}
    return Clause(text, (Claim("other", text, values),))


def _join(parts: list[Clause]) -> str:
    text = "".join(
        part.text if i == 0 else (": " if i == 1 else part.joined_by) + part.text
        for i, part in enumerate(parts)
    )
    return f"{text}."
