"""Agents as the planner handles them: keep, upload, rename, activate, and check against today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.domain import ItemKey
from core.policies import Policy
from core.services.assortment import Assortment
from core.services.baselines import BASELINE, fitted_baseline
from core.store import AgentRecord, NewAgent, Store

if TYPE_CHECKING:
    from core.agents import TrainedAgent

_ZIP_MARK = b"PK\x03\x04"


@dataclass(frozen=True, eq=False)
class AgentAtWork:
    """An agent together with the items of today.

    Args:
        record: What the store knows of it.
        agent: What it learned.
        policy: Its orders for the planned items, in their order.
        doubts: Why it should not be used for an item, in words; only items with a doubt.
    """

    record: AgentRecord
    agent: TrainedAgent
    policy: Policy
    doubts: Mapping[ItemKey, str]


def keep_agent(
    store: Store, name: str, bundle: bytes, summary: Mapping[str, Any] | None = None
) -> AgentRecord:
    """Check a bundle and keep it under the next free form of a name; the first becomes active.

    Raises:
        BundleError: where the file is damaged, hostile or of another version.
    """
    from core.agents import load

    agent = load(bundle)
    known = {**_summary(agent), **(summary or {})}
    new = NewAgent(store.agents.free_name(name), agent.algorithm, bundle, known)
    return store.agents.add(new, activate=store.agents.active() is None)


def upload_agent(store: Store, assortment: Assortment, file_name: str, data: bytes) -> AgentRecord:
    """Keep an agent file: a bundle of ours, or an SB3 .zip, which is read and never run.

    Raises:
        BundleError: where the file is damaged, hostile or of another version.
        BundleMismatchError: where a sound .zip was made for other features or orders.
    """
    from core.agents import load, load_sb3_zip, save

    name = file_name.rsplit("/", 1)[-1].removesuffix(".zip").removesuffix(".safetensors")
    if not data.startswith(_ZIP_MARK):
        agent = load(data)
        return keep_agent(store, agent.name or name, data, {"uploaded": file_name})
    baseline = fitted_baseline(assortment, BASELINE, store)
    agent = load_sb3_zip(data, assortment.problems, baseline, name=name)
    return keep_agent(store, name, save(agent), {"uploaded": file_name})


def agent_at_work(store: Store, assortment: Assortment, record: AgentRecord) -> AgentAtWork:
    """Load an agent and hold it against today's items.

    Raises:
        BundleError: where the stored bundle cannot be read.
    """
    from core.agents import check_fit

    agent = _loaded(store, record.bundle_sha256)
    baseline = fitted_baseline(assortment, BASELINE, store)
    policy = agent.policy(assortment.problems, baseline)
    doubts: dict[ItemKey, str] = {}
    keys = {
        problem.name: key for problem, key in zip(assortment.problems, assortment.keys, strict=True)
    }
    for mismatch in check_fit(agent, assortment.problems):
        doubts.setdefault(keys[mismatch.item], mismatch.message)
    return AgentAtWork(record, agent, policy, doubts)


def active_agent(store: Store, assortment: Assortment) -> AgentAtWork | None:
    """Return the agent in use at work on today's items; None where (s, S) decides alone."""
    record = store.agents.active()
    return None if record is None else agent_at_work(store, assortment, record)


def _loaded(store: Store, sha256: str) -> TrainedAgent:
    return _load_cached(store, sha256)


@lru_cache(maxsize=8)
def _load_cached(store: Store, sha256: str) -> TrainedAgent:
    from core.agents import load

    return load(store.files.get_bytes(sha256))


def _summary(agent: TrainedAgent) -> dict[str, Any]:
    record = agent.record
    return {
        "n_items": len(agent.cards),
        "items": [card.label for card in agent.cards],
        "validation_ratio": record.validation_ratio,
        "seconds": record.seconds,
        "steps": record.steps,
        "seed": record.seed,
        "config": record.config,
        "versions": record.versions,
        "curve": [[point.elapsed_s, point.cost_ratio] for point in record.curve],
    }
