"""What is done before the first page: the record opened, orphans swept, the sample loaded."""

from __future__ import annotations

from core.jobs import sweep_orphans
from core.services.assortment import Assortment, Progress, build_assortment
from core.services.baselines import BASELINE, fitted_baseline
from core.services.importing import load_sample
from core.services.shipped import keep_shipped, shipped_suits
from core.services.workspace import load_plan_data
from core.store import AgentRecord, Store

_SAMPLE_OFFERED, _AGENT_OFFERED = "sample_offered", "generalist_offered"
_AGENT_LOOKED = "generalist_looked"
EDITION = 2
"""Raised when another generalist ships; the last one that was offered is on record."""


def prepare(store: Store, on_progress: Progress | None = None) -> None:
    """Make the record ready; quick where it already is.

    Args:
        store: The record.
        on_progress: Told the share done and the step.
    """
    tell = on_progress or (lambda share, step: None)
    tell(0.0, "looking for unfinished work")
    sweep_orphans(store)
    if not store.settings.get(_SAMPLE_OFFERED) and store.datasets.active("history") is None:
        tell(0.1, "loading the sample")
        load_sample(store)
    store.settings.set(_SAMPLE_OFFERED, True)
    warm_up(store, tell)
    tell(1.0, "ready")


def warm_up(store: Store, on_progress: Progress) -> None:
    """Choose demand models and find (s, S) now, so that the first page need not wait."""
    data = load_plan_data(store)
    if data is None:
        return
    assortment = build_assortment(data, store, lambda share, step: on_progress(0.2, step))
    if assortment.planned:
        n = len(assortment.planned)

        def tell(n_done: int) -> None:
            on_progress(0.6 + 0.35 * n_done / n, f"finding (s, S): {n_done:,} of {n:,} items")

        tell(0)
        fitted_baseline(assortment, BASELINE, store, tell)
        _offer_agent(store, assortment)


def _put_in_place(store: Store, agent: AgentRecord | None) -> None:
    """Let a new edition do the work that an earlier one did until now."""
    active = store.agents.active()
    if agent is not None and active is not None and active.summary.get("is_shipped"):
        store.agents.activate(agent.id)


def _offer_agent(store: Store, assortment: Assortment) -> None:
    """Keep the agent that comes with the program, once each edition, once it suits any item.

    The same items are looked at only once: it takes a second or two.
    """
    mark, offered = [EDITION, assortment.fingerprint], store.settings.get(_AGENT_OFFERED)
    if offered == EDITION or store.settings.get(_AGENT_LOOKED) == mark:
        return
    if shipped_suits(assortment):
        _put_in_place(store, keep_shipped(store))
        store.settings.set(_AGENT_OFFERED, EDITION)
    store.settings.set(_AGENT_LOOKED, mark)
