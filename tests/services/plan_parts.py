"""A small shop for the tests of orders: five items, one of them unusable, and a bold agent."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, cast

from core.domain import ItemKey
from core.ingest import Source
from core.policies import BaseStockPolicy
from core.services.agents import AgentAtWork
from core.services.assortment import Assortment, build_assortment
from core.services.baselines import fitted_baseline
from core.services.importing import import_from_file
from core.services.workspace import load_plan_data
from core.store import NewAgent, Store, open_store

MUG, LAMP, TENT, FULL, ODD = (ItemKey(code) for code in ("00123", "LAMP", "TENT", "FULL", "ODD"))
LAST = date(2026, 3, 1)
_SOLD = {MUG: (4, 6, 5), LAMP: (2, 0, 3), TENT: (0, 1, 0), FULL: (3, 2, 4)}
_COLUMNS = (
    b"item,name,supplier,lead_time,holding_cost,stockout_cost,fixed_cost,unit_cost,"
    b"min_order,pack_size\n"
)
_ITEMS = b"""\
00123,Mug,Alpina,3,0.02,3,5,4,12,6
LAMP,Lamp *bright*,Alpina,5,0.05,6,10,20,0,1
TENT,Tent,Karakoram,10,0.3,30,20,150,0,1
FULL,Full,,2,0.02,2,5,3,0,1
ODD,Odd,,2,0.02,2,5,3,0,1
"""
_STOCK = b"item,on_hand\n00123,0\nLAMP,9\nTENT,4\nFULL,900\nODD,1\n"


class BoldAgent(BaseStockPolicy):
    """A stand-in for a trained agent: always fills up to 50."""

    name: ClassVar[str] = "bold"


def shop(home: Path) -> Store:
    """Return a record with the small shop imported and planned once, in a folder of its own."""
    shutil.copytree(_template(), home, dirs_exist_ok=True)
    return open_store(home)


@cache
def _template() -> Path:
    """Import once; every test then starts from a copy."""
    home = Path(tempfile.mkdtemp(prefix="quartermaster-shop-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    store = open_store(home)
    store.settings.set("sample_offered", True)
    import_from_file(store, "history", Source("sales.csv", _sales()))
    import_from_file(store, "items", Source("items.csv", _COLUMNS + _ITEMS))
    import_from_file(store, "stock", Source("stock.csv", _STOCK))
    due = (LAST + timedelta(days=3)).isoformat()
    orders = f"item,quantity,due\nLAMP,7,{due}\n".encode()
    import_from_file(store, "open_orders", Source("open.csv", orders))
    fitted_baseline(problems_of(store), store=store)
    store.close()
    return home


def problems_of(store: Store) -> Assortment:
    """Return the shop's ordering problems."""
    data = load_plan_data(store)
    assert data is not None
    return build_assortment(data, store)


def bold_agent(
    store: Store, assortment: Assortment, doubted: Iterable[ItemKey] = ()
) -> AgentAtWork:
    """Return an active agent at work on the shop."""
    record = store.agents.add(NewAgent("bold", "test", b"not a bundle", {}), activate=False)
    policy = BoldAgent.of(assortment.problems, order_up_to_level=[50.0] * len(assortment.keys))
    doubts = dict.fromkeys(doubted, "It was trained for other costs.")
    return AgentAtWork(record, cast(Any, None), policy, doubts)


def _sales() -> bytes:
    rows = ["date,item,quantity,in_stock"]
    for back in range(120, 0, -1):
        day = LAST - timedelta(days=back - 1)
        for key, sold in _SOLD.items():
            out = key == MUG and back in (10, 11)
            rows.append(f"{day},{key},{0 if out else sold[back % 3]},{'no' if out else 'yes'}")
    rows.append(f"{LAST},ODD,0,yes")
    return "\n".join(rows).encode()
