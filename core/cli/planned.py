"""Today's orders as the dashboard shows them, for commands that speak of them."""

from __future__ import annotations

from core.domain import PlannerError
from core.services.assortment import Assortment, Progress, build_assortment
from core.services.ordering import Ordering, plan_today
from core.services.workspace import load_plan_data
from core.store import Store


def planned_today(store: Store, tell: Progress) -> tuple[Assortment, Ordering]:
    """Plan the dashboard's data with the policy in use there.

    Raises:
        PlannerError: where there are no sales yet.
    """
    data = load_plan_data(store)
    if data is None:
        raise PlannerError("There are no sales yet", remedy="Run `python -m core prepare`.")
    assortment = build_assortment(data, store, lambda share, step: tell(0.5 * share, step))
    tell(0.6, "today's orders")
    return assortment, plan_today(assortment, store)
