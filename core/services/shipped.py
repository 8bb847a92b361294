"""The agent that comes with the program, among the planner's own ones."""

from __future__ import annotations

import hashlib

from core.services.agents import keep_agent
from core.services.assortment import Assortment
from core.store import AgentRecord, Store

SHIPPED_NAME = "Generalist"


def keep_shipped(store: Store) -> AgentRecord | None:
    """Keep the agent that comes with the program, unless it is kept already; None without one.

    Raises:
        BundleError: where its file cannot be used.
        StorageError: disk full, locked.
    """
    from core.agents import save, shipped_generalist

    agent = shipped_generalist()
    if agent is None:
        return None
    bundle = save(agent)
    mark = hashlib.sha256(bundle).hexdigest()
    kept = (record for record in store.agents.list() if record.bundle_sha256 == mark)
    return next(kept, None) or keep_agent(store, SHIPPED_NAME, bundle, {"is_shipped": True})


def shipped_suits(assortment: Assortment) -> bool:
    """Whether the agent that comes with the program was made for any of these items.

    Raises:
        BundleError: where its file cannot be used.
    """
    from core.agents import check_fit, shipped_generalist

    agent = shipped_generalist()
    if agent is None:
        return False
    outside = {mismatch.item for mismatch in check_fit(agent, assortment.problems)}
    return len(outside) < len(assortment.problems)


def misses_shipped(store: Store) -> bool:
    """Whether the agent that comes with the program is there and not kept."""
    from core.agents.shipped import GENERALIST_FILE

    kept = any(record.summary.get("is_shipped") for record in store.agents.list())
    return not kept and GENERALIST_FILE.is_file()
