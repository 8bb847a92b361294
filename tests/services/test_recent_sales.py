"""An agent that learned from the items' own sales, from its training to today's order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from core.jobs import JobStatus, run_inline
from core.policies import memory_of
from core.services.explaining import policies_of
from core.services.ordering import AGENT, plan_today
from core.services.recent_sales import recent_sales
from core.services.training import TRAIN, TrainingRequest
from core.store import Store
from tests.services.agent_parts import request
from tests.services.plan_parts import LAMP, MUG, problems_of, shop


@pytest.fixture(scope="module")
def store(processor_seconds, tmp_path_factory) -> Iterator[Store]:
    """Return a shop with an agent trained on its own sales."""
    record = shop(tmp_path_factory.mktemp("own"))
    config = replace(request().config, algorithm="pathwise", time_limit_s=3.0, n_envs=32)
    asked = TrainingRequest("Olga", config, (LAMP.label, MUG.label), own_sales=True)
    done = run_inline(record, TRAIN, asked.to_json(), lambda report: None)
    assert done.status is JobStatus.DONE and done.result["compared"], done.error
    yield record
    record.close()


def planned(store: Store, assortment=None):
    found = assortment or problems_of(store)
    store.agents.activate(store.agents.find("Olga").id)
    return found, plan_today(found, store, AGENT)


def test_the_wish_survives_the_queue_and_older_jobs_have_none():
    asked = TrainingRequest("Olga", request().config, own_sales=True)
    assert TrainingRequest.from_json(asked.to_json()) == asked
    old = {key: value for key, value in asked.to_json().items() if key != "own_sales"}
    assert not TrainingRequest.from_json(old).own_sales


def test_today_it_is_told_the_latest_sales_of_every_item(store):
    assortment, ordering = planned(store)
    policy = ordering.at_work.policy
    assert memory_of(policy) > 0
    memory = recent_sales(assortment, policy)
    row = assortment.row(LAMP)
    history = assortment.data.history.item(LAMP)
    assert memory.sales[-5:, row].tolist() == history.quantity[-5:].tolist()
    assert recent_sales(assortment, ordering.baseline) is None


def test_it_orders_more_where_sales_have_doubled(store):
    assortment, ordering = planned(store)
    before = ordering.proposal(LAMP).agent_raw_quantity
    sales = assortment.data.history
    quantity = sales.quantity.copy()
    quantity[:, -40:] = 2 * quantity[:, -40:] + 1
    data = replace(assortment.data, history=replace(sales, quantity=quantity))
    _, busier = planned(store, replace(assortment, data=data))
    assert before is not None and busier.proposal(LAMP).agent_raw_quantity > before
    assert np.isfinite(before)


def test_its_order_is_explained_as_it_was_made(store):
    assortment, ordering = planned(store)
    own = policies_of(assortment, ordering, LAMP)
    from core.explain import Probe

    probe = Probe(own.situation, own.agent)
    wanted = ordering.proposal(LAMP).agent_raw_quantity
    assert probe.raw == pytest.approx(wanted, abs=1e-3)
    assert float(probe.raw_orders(probe.today)[0]) == pytest.approx(wanted, abs=1e-3)
