"""Every order in a sentence: very many at a time, on every core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from zlib import crc32

from core.domain import ItemKey
from core.explain import Brief, explain_all_briefly
from core.services.assortment import Assortment
from core.services.brief_helper import HELPER, packed, unpacked
from core.services.explaining import question_of
from core.services.helpers import n_helpers, side_by_side
from core.services.order_lines import OrderLine
from core.services.ordering import Ordering

# A helper needs a few seconds to start, in which this many are explained.
_WORTH_A_HELPER = 40


def briefs(
    assortment: Assortment,
    ordering: Ordering,
    keys: Sequence[ItemKey],
    on_progress: Callable[[int], None] = lambda _: None,
) -> Mapping[ItemKey, Brief]:
    """Explain many orders briefly, in the words of their whole explanations.

    Args:
        assortment: Today's problems.
        ordering: Today's orders.
        keys: Items that can be planned.
        on_progress: Told the number of items done; may raise to stop the work.

    Raises:
        HistoryError: where an item cannot be planned; says why.
    """
    ask = partial(question_of, assortment, ordering, briefly=True)
    found: dict[ItemKey, Brief] = {}
    n = n_helpers(len(keys), _WORTH_A_HELPER)
    if n >= 2:
        # Shuffled, so that each helper has its share of hard ones whatever order they stand in.
        mixed = sorted(keys, key=lambda key: crc32(key.label.encode()))
        dealt = [mixed[k::n] for k in range(n)]
        with side_by_side(HELPER, dealt, lambda part: packed(map(ask, part))) as answers:
            for number, (place, row) in answers:
                found[dealt[number][place]] = unpacked(row)
                on_progress(len(found))
    # A helper that died leaves some: they are explained here.
    missing = [key for key in keys if key not in found]
    for place, answer in explain_all_briefly([ask(key) for key in missing]):
        found[missing[place]] = answer
        on_progress(len(found))
    return {key: found[key] for key in keys}


def every_brief(
    assortment: Assortment,
    ordering: Ordering,
    lines: Sequence[OrderLine],
    on_progress: Callable[[int], None] = lambda _: None,
) -> Mapping[ItemKey, Brief]:
    """Explain every line with an order briefly, in the lines' order."""
    keys = [line.key for line in lines if line.is_plannable and line.quantity > 0]
    return briefs(assortment, ordering, keys, on_progress)
