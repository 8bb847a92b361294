"""Explaining a thousand orders for the manager's report: sample items, copied under new codes."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.report import Row

# More than 1,000 items, so that (s, S) is searched quickly; finding it is not measured here.
_COPIES, _BAR_S, _LOOKED_AT = 26, 60.0, 40
# Every second copy is bought in any number for no price per order: there the agent has learned to
# order otherwise than (s, S), and what the difference is worth has to be played.
_PLAIN = {"fixed_cost": 0.0, "min_order": 0, "pack_size": 1}


def rows() -> list[Row]:
    """Time the brief explanations of all orders, and hold some against whole ones."""
    from core.services.assortment import build_assortment
    from core.services.briefs import briefs
    from core.services.explaining import explain_order
    from core.services.ordering import plan_today
    from core.services.shipped import keep_shipped
    from core.services.workspace import load_plan_data
    from core.store import open_store

    with tempfile.TemporaryDirectory(prefix="quartermaster-") as folder:
        store = open_store(Path(folder), f"sqlite:///{folder}/plan.db")
        import_copies(store, _COPIES)
        agent = keep_shipped(store)
        assert agent is not None
        store.agents.activate(agent.id)
        store.settings.set("policy_in_use", "agent")
        data = load_plan_data(store)
        assert data is not None
        assortment = build_assortment(data, store)
        ordering = plan_today(assortment, store)
        begin = time.perf_counter()
        found = briefs(assortment, ordering, assortment.keys)
        whole = time.perf_counter() - begin
        alike, seconds = 0, []
        for key in assortment.keys[:: len(assortment.keys) // _LOOKED_AT][:_LOOKED_AT]:
            begin = time.perf_counter()
            full = explain_order(assortment, ordering, key)
            seconds.append(time.perf_counter() - begin)
            alike += (full.sentence, full.why_not_sentence) == (
                found[key].sentence,
                found[key].why_not,
            )
        n_compared = sum(brief.outcome is not None for brief in found.values())
        store.close()
    return [
        Row(
            f"{len(found):,} orders explained for the report, agent against (s, S)",
            f"under {_BAR_S:.0f} s on two cores",
            f"{whole:.1f} s",
            whole < _BAR_S,
            f"sentence, sums and 1,000 paired futures each, {n_compared} with another quantity; "
            f"helpers' start included; the words of {alike} of {_LOOKED_AT} held against their "
            f"whole explanations are the same (those take {median(seconds):.2f} s each)",
        )
    ]


def import_copies(store: object, n_copies: int) -> None:
    """Import the sample's tables with every item so many times, under new codes."""
    from core.ingest import Source
    from core.ingest.sample import make_sample
    from core.services.importing import import_from_file

    tables = make_sample(7).tables()
    for kind, table in tables.items():
        plain = {name: value for name, value in _PLAIN.items() if name in table}
        many = [
            table.assign(item=table["item"] + f"-{k}", **(plain if k % 2 else {}))
            for k in range(n_copies)
        ]
        text = "\n".join(
            part.to_csv(index=False, header=place == 0, lineterminator="\n").strip()
            for place, part in enumerate(many)
        )
        import_from_file(store, kind, Source(f"{kind}.csv", text.encode()))  # type: ignore[arg-type]
