"""What-if: from a scenario to its answer, for one item and for 500."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.report import Row

# More than 1,000 items, so that today's (s, S) is searched quickly; finding it is not measured.
_COPIES, _N_ITEMS, _TRIES = 26, 500, 5
_ONE_BAR_S, _MANY_BAR_S = 1.0, 10.0


def rows() -> list[Row]:
    """Time scenarios that nobody has asked for before, by (s, S) and by the agent."""
    from benchmarks.reports import import_copies
    from core.services.agents import agent_at_work
    from core.services.assortment import build_assortment
    from core.services.shipped import keep_shipped
    from core.services.what_if import ask
    from core.services.what_if_outcome import AGENT, RULE, Question
    from core.services.what_if_scenario import Scenario
    from core.services.workspace import load_plan_data
    from core.store import open_store

    found: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="quartermaster-") as folder:
        store = open_store(Path(folder), f"sqlite:///{folder}/plan.db")
        import_copies(store, _COPIES)
        agent = keep_shipped(store)
        data = load_plan_data(store)
        assert agent is not None and data is not None
        assortment = build_assortment(data, store)
        at_work = agent_at_work(store, assortment, agent)
        who = {RULE: "(s, S)", AGENT: "the agent"}
        for label, words in who.items():
            one = Question(assortment, assortment.keys[:1], store, at_work)
            many = Question(assortment, assortment.keys[:_N_ITEMS], store, at_work)
            for asked, bar, n in ((one, _ONE_BAR_S, _TRIES), (many, _MANY_BAR_S, 2)):
                scenarios = [Scenario("x", demand_factor=1.1 + k / 100) for k in range(n + 1)]
                ask(asked, scenarios.pop(), [label])

                def answer(
                    scenario: Scenario, asked: Question = asked, label: str = label
                ) -> object:
                    return ask(asked, scenario, [label])

                found.append(_row(f"{words} orders", len(asked.keys), bar, answer, scenarios))
        store.close()
    return found


def _row(
    words: str,
    n_items: int,
    bar: float,
    answer: Callable[..., object],
    scenarios: Sequence[object],
) -> Row:
    walls, cores = [], []
    for scenario in scenarios:
        wall, core = time.perf_counter(), time.process_time()
        answer(scenario)
        walls.append(time.perf_counter() - wall)
        cores.append(time.process_time() - core)
    items = "one item" if n_items == 1 else f"{n_items} items"
    return Row(
        f"What-if, a demand slider moved to its answer, {items}, {words}",
        f"under {bar:.0f} s",
        f"{median(walls):.2f} s",
        median(walls) < bar,
        f"median of {len(walls)} scenarios never asked before, {median(cores):.2f} s of processor "
        f"time each; without drawing the page; load of the machine {os.getloadavg()[0]:.1f} on "
        f"{os.cpu_count()} cores",
    )
