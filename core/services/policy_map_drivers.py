"""What drives the orders of one item over many situations, and where agent and rule differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.domain import ItemKey, Verdict
from core.explain import (
    Background,
    Differences,
    DriverSummary,
    Probe,
    StateTable,
    find_differences,
    summarise,
    switching_costs,
    visited_states,
)
from core.policies import Policy
from core.services.assortment import Assortment
from core.services.explaining import ItemPolicies, policies_of
from core.services.ordering import Ordering, ordering_fingerprint
from core.services.policy_map import AGENT
from core.store import Store

WORTH = "policy_map_worth"
_VERSION = 2


@dataclass(frozen=True, eq=False)
class Visits:
    """An item with its policies and the situations that it comes to.

    Args:
        own: The item.
        rule: Name of the rule.
        background: Its situations under the policy in use, each as often as it comes to it.
    """

    own: ItemPolicies
    rule: str
    background: Background

    @property
    def policies(self) -> dict[str, Policy]:
        """Return agent, where it is heard, and rule, by name."""
        agent = {} if self.own.agent is None else {AGENT: self.own.agent}
        return agent | {self.rule: self.own.baseline}

    @property
    def states(self) -> StateTable:
        """The situations, with the sales of today where somebody looks at them."""
        today = Probe(self.own.situation, self.own.baseline).today
        return today.with_values(self.background.states.values)

    @property
    def in_use(self) -> tuple[str, str]:
        """Names of the policy that decides and of the other one."""
        return (AGENT, self.rule) if self.own.in_use is self.own.agent else (self.rule, AGENT)


@dataclass(frozen=True, slots=True)
class Worth:
    """What it costs to order as the other policy does, money per period.

    Args:
        together: In all places where the two differ most.
        apart: In each of them alone.
    """

    together: Verdict
    apart: tuple[Verdict, ...]


def visits_of(assortment: Assortment, ordering: Ordering, key: ItemKey) -> Visits:
    """Play an item's policy in use over a year, and keep what it comes to.

    Raises:
        HistoryError: where the item cannot be planned; says why.
    """
    own = policies_of(assortment, ordering, key)
    return Visits(own, ordering.baseline.name, visited_states(own.situation, own.in_use))


def drivers_of(visits: Visits) -> Mapping[str, DriverSummary]:
    """Take the orders of an item apart in all situations it comes to, by name of the policy."""
    states, situation = visits.states, visits.own.situation
    return {
        name: summarise(Probe(situation, policy).raw_orders, policy.name, states, visits.background)
        for name, policy in visits.policies.items()
    }


def differences_of(visits: Visits) -> Differences | None:
    """Find where the policy in use and the other differ most; None where the rule stands alone."""
    if visits.own.agent is None:
        return None
    probes = [Probe(visits.own.situation, visits.policies[name]) for name in visits.in_use]
    return find_differences(probes[0], probes[1], visits.states)


def worth_of(
    store: Store, assortment: Assortment, ordering: Ordering, key: ItemKey
) -> Worth | None:
    """Measure what the differences are worth on common futures, and keep it.

    Returns:
        None where the two never differ, or the rule stands alone.
    """
    visits = visits_of(assortment, ordering, key)
    found = differences_of(visits)
    if found is None or not found.places:
        return None
    base, other = (visits.policies[name] for name in visits.in_use)
    sets = [found.places, *((place,) for place in found.places)]
    together, *apart = switching_costs(visits.own.situation, base, other, sets)
    worth = Worth(together, tuple(apart))
    store.runs.add(WORTH, _inputs(store, assortment, key), asdict(worth))
    return worth


def kept_worth(store: Store, assortment: Assortment, key: ItemKey) -> Worth | None:
    """Return what was measured before on the very same plan; None where nothing was."""
    run = store.runs.latest(WORTH, _inputs(store, assortment, key))
    if run is None or run.result is None:
        return None
    apart = tuple(Verdict(**each) for each in run.result["apart"])
    return Worth(Verdict(**run.result["together"]), apart)


def _inputs(store: Store, assortment: Assortment, key: ItemKey) -> dict[str, Any]:
    plan = ordering_fingerprint(store, assortment)
    return {"plan": plan, "item": key.label, "version": _VERSION}
