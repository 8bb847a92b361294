"""Agents as the planner handles them: keep, upload, rename, activate, and check against today."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.domain import BundleError, ItemKey, PlannerError, StorageError
from core.policies import GAUGES, POLICIES, Policy
from core.services.assortment import Assortment
from core.services.baselines import BASELINE, fitted_baseline
from core.services.quick_rules import find_quick_rules
from core.simulator import Problem
from core.store import AgentRecord, NewAgent, Store

if TYPE_CHECKING:
    from core.agents import Mismatch, TrainedAgent

_ZIP_MARK = b"PK\x03\x04"
# Names that mean something else wherever a policy is named.
_RESERVED = frozenset({name.casefold() for name in (*POLICIES, *GAUGES)} | {"auto", "agent"})
_TRIES = 3
# Items that are played to see whether what was learned ever shows; evenly taken.
_MOST_PLAYED = 40


@dataclass(frozen=True, eq=False)
class AgentAtWork:
    """An agent together with the items of today.

    Args:
        record: What the store knows of it.
        agent: What it learned.
        policy: Its orders for the planned items, in their order.
        strangers: Items it was never trained for.
        doubts: Why it should not be used for an item, in words; only items with a doubt.
    """

    record: AgentRecord
    agent: TrainedAgent
    policy: Policy
    doubts: Mapping[ItemKey, str]
    strangers: frozenset[ItemKey] = frozenset()

    def place_words(self, key: ItemKey, problem: Problem) -> str:
        """Say where an item lies in what the agent was made for; empty where nothing is known."""
        scope = None if self.agent is None else self.agent.scope
        return self.doubts.get(key, "") if scope is None else scope.place_words(problem)


def check_agent_name(store: Store, name: str) -> None:
    """Refuse a name that a new agent cannot have.

    Raises:
        PlannerError: where it is empty, too long, taken, or the name of a rule.
    """
    _refuse_reserved(name)
    store.agents.check_name(name)


def keep_agent(
    store: Store,
    name: str,
    bundle: bytes,
    summary: Mapping[str, Any] | None = None,
    *,
    use_first: bool = False,
) -> AgentRecord:
    """Check a bundle and keep it under the next free form of a name.

    Args:
        store: Where it is kept.
        name: The wish.
        bundle: The agent.
        summary: What is known of it beside what the bundle says.
        use_first: Put it in use where no agent is, unless it is dearer than (s, S).

    Raises:
        BundleError: where the file is damaged, hostile or of another version.
        StorageError: disk full, locked.
    """
    agent = _read(bundle)
    known = {**_summary(agent), **(summary or {})}
    wish = f"Agent {name}" if _is_reserved(name) else name
    is_wanted = use_first and agent.record.validation_ratio < 1.0
    for chances in reversed(range(_TRIES)):
        new = NewAgent(store.agents.free_name(wish), agent.algorithm, bundle, known)
        try:
            return store.agents.add(new, activate=is_wanted and store.agents.active() is None)
        except PlannerError as error:
            # Another window may have taken the name in between.
            if isinstance(error, StorageError) or not chances:
                raise
    raise AssertionError("the last try returns or raises")


def upload_agent(store: Store, assortment: Assortment, file_name: str, data: bytes) -> AgentRecord:
    """Keep an agent file: a bundle of ours, or an SB3 .zip, which is read and never run.

    Raises:
        BundleError: where the file is damaged, hostile or of another version; names the file.
        BundleMismatchError: where a sound .zip was made for other features or orders.
    """
    from core.agents import save

    own_name = re.split(r"[/\\]", file_name)[-1]
    title = re.sub(r"\.(zip|safetensors)$", "", own_name, flags=re.IGNORECASE) or "Uploaded agent"
    about = {"uploaded": file_name[-200:]}
    try:
        if not data.startswith(_ZIP_MARK):
            return keep_agent(store, _read(data).name.strip() or title, data, about)
        return keep_agent(store, title, save(_from_zip(store, assortment, data, title)), about)
    except BundleError as error:
        why = error.what[:1].lower() + error.what[1:]
        what = f"{own_name[-80:]} cannot be brought in: {why}"
        raise type(error)(what, value=error.value, remedy=error.remedy) from error


def _from_zip(store: Store, assortment: Assortment, data: bytes, title: str) -> TrainedAgent:
    from core.agents import load_sb3_zip

    baseline = fitted_baseline(assortment, BASELINE, store)
    return load_sb3_zip(data, assortment.problems, baseline=baseline, name=title)


def use_agent(store: Store, agent_id: int | None) -> AgentRecord | None:
    """Put an agent in use; None lets (s, S) decide alone.

    Raises:
        PlannerError: where the agent is no longer there.
    """
    return store.agents.activate(agent_id)


def rename_agent(store: Store, seen: AgentRecord, name: str) -> AgentRecord:
    """Give an agent another name.

    Raises:
        PlannerError: where the name cannot be, or another window changed the agent meanwhile.
    """
    _require_unchanged(store, seen)
    _refuse_reserved(name)
    return store.agents.rename(seen.id, name)


def delete_agent(store: Store, seen: AgentRecord) -> None:
    """Delete an agent; was it in use, (s, S) decides alone from now on.

    Raises:
        PlannerError: where another window renamed or deleted it meanwhile.
    """
    _require_unchanged(store, seen)
    store.agents.delete(seen.id)


def agent_file_name(record: AgentRecord) -> str:
    """Return what an agent's file may be called on any system."""
    safe = re.sub(r"[^\w.() -]+", "_", record.name).strip(" .") or "agent"
    return f"{safe}.safetensors"


def agent_file(store: Store, record: AgentRecord) -> bytes:
    """Return an agent to take away, under its present name.

    Raises:
        BundleError, StorageError: where the stored bundle cannot be read.
    """
    from core.agents import save

    data = store.agents.bundle(record)
    agent = _loaded(store, record.bundle_sha256)
    if agent.name != record.name:
        data = save(agent.renamed(record.name))
    return data


def agent_at_work(store: Store, assortment: Assortment, record: AgentRecord) -> AgentAtWork:
    """Load an agent, by the name that the planner knows it by, and hold it against today's items.

    Raises:
        BundleError: where the stored bundle cannot be read.
    """
    agent = _loaded(store, record.bundle_sha256).renamed(record.name)
    baseline = fitted_baseline(assortment, BASELINE, store)
    if agent.scope is not None:
        find_quick_rules(assortment.problems)
    policy = agent.policy(assortment.problems, baseline)
    found = mismatches(store, assortment, record)
    doubts = {key: reasons[0].message for key, reasons in found.items()}
    unknown = (key for key, reasons in found.items() if reasons[0].attribute == "item")
    return AgentAtWork(record, agent, policy, doubts, frozenset(unknown))


def active_agent(store: Store, assortment: Assortment) -> AgentAtWork | None:
    """Return the agent in use at work on today's items; None where (s, S) decides alone."""
    record = store.agents.active()
    return None if record is None else agent_at_work(store, assortment, record)


def mismatches(
    store: Store, assortment: Assortment, record: AgentRecord
) -> Mapping[ItemKey, tuple[Mismatch, ...]]:
    """Return in what each of today's items differs from those that the agent was trained for.

    Raises:
        BundleError: where the stored bundle cannot be read.
    """
    return _mismatches(store, assortment, record.bundle_sha256)


@lru_cache(maxsize=16)
def _mismatches(
    store: Store, assortment: Assortment, sha256: str
) -> Mapping[ItemKey, tuple[Mismatch, ...]]:
    from core.agents import check_fit

    keys = {plan.problem.name: plan.key for plan in assortment.planned}
    found: dict[ItemKey, tuple[Mismatch, ...]] = {}
    for mismatch in check_fit(_loaded(store, sha256), assortment.problems):
        key = keys[mismatch.item]
        found[key] = (*found.get(key, ()), mismatch)
    return found


def idle_count(store: Store, assortment: Assortment, record: AgentRecord) -> tuple[int, int]:
    """Count the items for which nothing that an agent learned changes an order, and those played.

    Raises:
        BundleError: where the stored bundle cannot be read.
    """
    return _idle_count(store, assortment, record.bundle_sha256)


@lru_cache(maxsize=16)
def _idle_count(store: Store, assortment: Assortment, sha256: str) -> tuple[int, int]:
    from core.explain import idle_items

    n = len(assortment.problems)
    rows = sorted({k * n // _MOST_PLAYED for k in range(_MOST_PLAYED)}) if n else []
    problems = [assortment.problems[row] for row in rows]
    if not problems:
        return 0, 0
    baseline = fitted_baseline(assortment, BASELINE, store).select(rows)
    policy = _loaded(store, sha256).policy(problems, baseline)
    return sum(idle_items(problems, policy, assortment.data.period)), len(rows)


@lru_cache(maxsize=8)
def _loaded(store: Store, sha256: str) -> TrainedAgent:
    return _read(store.files.get_bytes(sha256))


def _read(bundle: bytes) -> TrainedAgent:
    from core.agents import load

    return load(bundle)


def _is_reserved(name: str) -> bool:
    return name.strip().casefold() in _RESERVED


def _refuse_reserved(name: str) -> None:
    if _is_reserved(name):
        raise PlannerError(
            f"{name!r} is the name of a rule, so an agent cannot have it",
            remedy="Choose another.",
        )


def _require_unchanged(store: Store, seen: AgentRecord) -> None:
    now = store.agents.get(seen.id)
    if now.name != seen.name:
        raise PlannerError(
            f"{seen.name!r} was renamed to {now.name!r} in another window",
            remedy="Look at it again, then repeat what you wanted to do.",
        )


def _summary(agent: TrainedAgent) -> dict[str, Any]:
    record = agent.record
    return {
        "n_items": len(agent.cards),
        "is_general": agent.scope is not None and not agent.cards,
        "items": [card.label for card in agent.cards],
        "validation_ratio": record.validation_ratio,
        "item_ratios": list(record.item_ratios),
        "seconds": record.seconds,
        "steps": record.steps,
        "seed": record.seed,
        "data_sha256": record.data_sha256,
        "config": record.config,
        "versions": record.versions,
        "curve": [[point.elapsed_s, point.cost_ratio] for point in record.curve],
    }
