"""How far the thresholds of "what would change it" are off: levels moved by theory, or searched."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from benchmarks.report import Row

if TYPE_CHECKING:
    from core.explain import Lever, Probe
    from core.policies import Policy
    from core.simulator import Problem

# Every so many of the sample's items for a full search, which takes long, and for the agent's.
_EVERY, _EVERY_OF_AGENT = 8, 4
# Values tried at first; the search looks in between, as the explanation does.
_N_FIRST = 9
_NEAR = 10.0

Find = Callable[[Sequence["Problem"]], "Policy"]
Floats = npt.NDArray[np.float64]
Off = dict[str, list[float]]


def rows() -> list[Row]:
    """Measure the thresholds of the plan's (s, S) and of the shipped agent on sample items."""
    from core.policies import SearchSettings, fit_policy
    from core.services.agents import agent_at_work
    from core.services.assortment import build_assortment
    from core.services.explaining import policies_of
    from core.services.ordering import plan_today
    from core.services.prepare import prepare
    from core.services.workspace import load_plan_data
    from core.store import open_store

    with tempfile.TemporaryDirectory(prefix="quartermaster-") as folder:
        store = open_store(Path(folder), f"sqlite:///{folder}/plan.db")
        prepare(store)
        data, record = load_plan_data(store), store.agents.list()[0]
        assert data is not None
        assortment = build_assortment(data, store)
        at_work = agent_at_work(store, assortment, record)
        ordering = plan_today(assortment, store, "agent", at_work)
        own = [policies_of(assortment, ordering, key) for key in assortment.keys]
        store.close()
    from core.explain import Probe

    rules = [Probe(each.situation, each.baseline) for each in own[::_EVERY]]
    agents = [Probe(each.situation, each.agent) for each in own[::_EVERY_OF_AGENT] if each.agent]
    return [
        *_rows("(s, S)", rules, lambda problems: fit_policy("s_S", problems, SearchSettings())),
        *_rows("shipped agent", agents, at_work.agent.policy),
    ]


def _rows(name: str, probes: Sequence[Probe], find: Find) -> list[Row]:
    from core.explain import LEVERS

    levers = [lever for lever in LEVERS.values() if lever.changed is not None]
    rows = []
    for lever in levers:
        found: Off = defaultdict(list)
        for probe in probes:
            _compare(probe, lever, find, found)
        rows.append(_row(name, lever.label, len(probes), found))
    return rows


def _compare(probe: Probe, lever: Lever, find: Find, found: Off) -> None:
    """Find the thresholds both ways; note how far apart they are, in percent of today's value."""
    from core.explain.changes import find_changes
    from core.explain.remade import orders_by

    scale, put = lever.scale(probe), lever.changed
    if scale is None or put is None:
        return
    situation = probe.situation

    def orders_anew(_: Probe, values: Floats) -> Floats:
        problems = [put(situation.problem, float(value)) for value in values]
        return orders_by(find(problems), situation, problems)

    def places(moved: Lever) -> dict[tuple[str, bool], float]:
        changes = find_changes(probe, moved, replace(scale, n_first=_N_FIRST))
        return {(each.event, each.at > scale.today): each.at for each in changes}

    told, searched = places(lever), places(replace(lever, orders=orders_anew))
    for key in told.keys() & searched.keys():
        found["off"].append(100 * abs(told[key] - searched[key]) / scale.today)
    found["only told"] += [told[key] for key in told.keys() - searched.keys()]
    found["only searched"] += [searched[key] for key in searched.keys() - told.keys()]


def _row(name: str, label: str, n_items: int, found: Off) -> Row:
    off = np.array(found["off"])
    measured = "no threshold found both ways"
    if len(off):
        near = 100 * float((off <= _NEAR).mean())
        measured = (
            f"off by {np.median(off):.0f} % of today's value (median; 90 % within "
            f"{np.quantile(off, 0.9):.0f} %); {near:.0f} % within {_NEAR:.0f} %"
        )
    return Row(
        f"thresholds of the {name} in {label}",
        "",
        measured,
        None,
        f"{n_items} sample items; {len(off)} thresholds found both ways, {len(found['only told'])} "
        f"only by theory, {len(found['only searched'])} only by searching anew at each value",
    )
