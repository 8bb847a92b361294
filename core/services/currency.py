"""What amounts are in: the planner names it once, and screens say it."""

from __future__ import annotations

import re

from core.domain import ParameterError
from core.store import Store

_SETTING = "currency"
_LONGEST = 8
UNNAMED = "money"
"""What sentences call amounts while nobody has named a currency."""


def currency(store: Store) -> str:
    """Return the currency as the planner named it, "EUR" or "€"; empty where she did not."""
    return str(store.settings.get(_SETTING, "") or "")


def money_unit(store: Store) -> str:
    """Return what sentences call amounts: the currency, else "money"."""
    return currency(store) or UNNAMED


def set_currency(store: Store, name: str) -> str:
    """Keep the currency; nothing is converted, since all amounts are in it already.

    Args:
        store: Where it is kept.
        name: Code or sign; empty forgets it.

    Raises:
        ParameterError: where it is too long, or holds what no currency does.
    """
    wish = name.strip()
    if len(wish) > _LONGEST or not re.fullmatch(r"[^\s\d_<>&`*\[\]\\|#~,.]*", wish):
        raise ParameterError(
            f"A currency is a code such as EUR or a sign such as €, at most {_LONGEST} characters",
            value=name[:40],
            remedy="Write the one that your costs are in.",
        )
    store.settings.set(_SETTING, wish)
    return wish
