"""How long a planner waits: one page rerun, and one explanation, on the sample."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.report import Row

ROUNDS = 9
PAGE_BAR_MS, SHAP_BAR_MS, EXPLANATION_BAR_MS = 300.0, 50.0, 1000.0
AGENT_SECONDS = 20.0


def rows() -> list[Row]:
    """Open the dashboard on the sample with a freshly trained agent and time it."""
    with tempfile.TemporaryDirectory(prefix="quartermaster-bench-") as home:
        os.environ["QUARTERMASTER_HOME"] = home
        _prepare()
        return [*_explanations(), *_pages()]


def _prepare() -> None:
    from core.agents.config import TrainingConfig
    from core.jobs import run_inline
    from core.services.prepare import prepare
    from core.services.training import TRAIN, TrainingRequest
    from core.store import open_store

    store = open_store()
    prepare(store)
    config = TrainingConfig.preset("quick", "ppo", time_limit_s=AGENT_SECONDS)
    run_inline(store, TRAIN, TrainingRequest("bench", config).to_json(), lambda report: None)


def _pages() -> list[Row]:
    from streamlit.testing.v1 import AppTest

    root = Path(__file__).resolve().parents[1]
    app = AppTest.from_file(str(root / "app.py"), default_timeout=120)
    app.run()
    found: dict[str, list[float]] = {}
    for page in sorted((root / "pages").glob("*/*.py")):
        app.switch_page(str(page.relative_to(root))).run()
        for _ in range(ROUNDS):
            start = time.perf_counter()
            app.run()
            found.setdefault(page.stem, []).append((time.perf_counter() - start) * 1000)
        assert not app.exception, (page, app.exception)
    worst = max(median(times) for times in found.values())
    shown = ", ".join(f"{name} {median(times):.0f}" for name, times in found.items())
    return [
        Row(
            "page rerun on the sample, every page",
            f"median under {PAGE_BAR_MS:.0f} ms",
            f"{shown} ms",
            worst < PAGE_BAR_MS,
            f"median of {ROUNDS} reruns of app.py and the page, widgets built, nothing changed",
        )
    ]


def _explanations() -> list[Row]:
    from core.explain import (
        Probe,
        Question,
        explain,
        explain_drivers,
        visited_states,
        warm_up,
    )
    from core.planning import situation_of
    from core.services.agents import agent_at_work
    from core.services.assortment import build_assortment
    from core.services.baselines import fitted_baseline
    from core.services.workspace import load_plan_data
    from core.store import open_store

    store = open_store()
    data = load_plan_data(store)
    assert data is not None
    assortment = build_assortment(data, store)
    baseline = fitted_baseline(assortment, store=store)
    at_work = agent_at_work(store, assortment, store.agents.list()[0])
    warm_up()
    shap_ms, all_ms = [], []
    for row, key in enumerate(assortment.keys):
        problem, position = assortment.problems[row], data.position(key)
        situation = situation_of(problem, position, data.period, data.today_index)
        agent = at_work.policy.select([row])
        background = visited_states(situation, agent)
        probe = Probe(situation, agent)
        start = time.perf_counter()
        explain_drivers(probe.raw_orders, agent.name, probe.today, background)
        shap_ms.append((time.perf_counter() - start) * 1000)
        start = time.perf_counter()
        explain(Question(situation, baseline.select([row]), agent, True, True, background))
        all_ms.append((time.perf_counter() - start) * 1000)
    return [
        Row(
            "one SHAP explanation of the agent, after warm-up",
            f"under {SHAP_BAR_MS:.0f} ms",
            f"median {median(shap_ms):.0f} ms (max {max(shap_ms):.0f})",
            max(shap_ms) < SHAP_BAR_MS,
            f"{len(shap_ms)} items of the sample, one each, 512 background states",
        ),
        Row(
            "one whole explanation: words, sums, drivers, why not, checks",
            "under 1 s",
            f"median {median(all_ms):.0f} ms (max {max(all_ms):.0f})",
            max(all_ms) < EXPLANATION_BAR_MS,
            "the same items; background states at hand",
        ),
    ]
