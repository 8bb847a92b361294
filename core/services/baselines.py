"""The (s, S) line and the other classical rules, found once and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from core.policies import (
    POLICIES,
    ItemFacts,
    ItemPolicy,
    Policy,
    SearchSettings,
    fit_policy,
    quick_s_s,
)
from core.services.assortment import Assortment
from core.services.quick_rules import find_quick_rules
from core.simulator import Problem
from core.store import Store

BASELINE = "s_S"

# Raised when a rule's search changes, so that kept numbers are found anew.
_VERSION = 4
# Items whose (s, S) is searched on the simulator; a tenth of a second or two each.
_MOST_SEARCHED = 1_000


def fitted_baseline(
    assortment: Assortment,
    name: str = BASELINE,
    store: Store | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Policy:
    """Return a classical rule for all planned items; from the store where it was found before.

    Where there are very many items, (s, S) is searched quickly: minutes become seconds.

    Args:
        assortment: The items.
        name: Key of POLICIES.
        store: Where found numbers are kept; None finds them anew.
        on_progress: Told the number of items done, where there are very many.

    Raises:
        UnknownNameError: where there is no such rule.
        PolicyParameterError: where the rule cannot serve an item.
    """
    inputs = {"rule": name, "problems": assortment.fingerprint, "version": _VERSION}
    kept = None if store is None else store.runs.latest("rule", inputs)
    if kept is not None and kept.result is not None:
        return rule_from_json(name, kept.result)
    policy = _found(name, assortment.problems, on_progress)
    if store is not None:
        store.runs.add("rule", inputs, rule_to_json(policy))
    return policy


def _found(name: str, problems: Sequence[Problem], on_progress: Callable[[int], None]) -> Policy:
    if name == BASELINE and len(problems) > _MOST_SEARCHED:
        find_quick_rules(problems, on_progress)
        return quick_s_s(problems)
    return fit_policy(name, problems, SearchSettings())


def rule_to_json(policy: Policy) -> dict[str, Any]:
    """Write a classical rule's numbers as plain JSON values."""
    assert isinstance(policy, ItemPolicy)
    numbers = {key: getattr(policy, key).tolist() for key in policy.number_names()}
    return {"items": [asdict(item) for item in policy.items], "numbers": numbers}


def rule_from_json(name: str, data: dict[str, Any]) -> Policy:
    """Read back what rule_to_json wrote."""
    family = POLICIES[name]
    assert issubclass(family, ItemPolicy)
    items = tuple(ItemFacts(**item) for item in data["items"])
    policy: Policy = family(items, **data["numbers"])
    return policy
