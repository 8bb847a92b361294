"""Small files in the columns of the templates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Write two backordered items with 150 weeks of Poisson(10) sales, ending 14 Apr 2024."""
    rng = np.random.default_rng(3)
    weeks = pd.date_range(end="2024-04-08", periods=150, freq="W-MON")
    sales = pd.concat(
        pd.DataFrame({"date": weeks, "item": item, "quantity": rng.poisson(10, 150)})
        for item in ("A-1", "007")
    )
    tables = {
        "history": sales,
        "items": pd.DataFrame(
            {
                "shortage": "backorder",
                "item": ["A-1", "007"],
                "lead_time": [0, 2],
                "holding_cost": 1,
                "stockout_cost": 9,
                "fixed_cost": 64,
                "unit_cost": 3,
                "colour": "red",
            }
        ),
        "stock": pd.DataFrame({"on_hand": [3, 20], "item": ["A-1", "007"]}),
        "open_orders": pd.DataFrame({"item": ["007"], "quantity": [15], "due": ["2024-04-20"]}),
    }
    paths = {}
    for kind, table in tables.items():
        paths[kind] = tmp_path / f"{kind}.csv"
        table.to_csv(paths[kind], index=False)
    return paths
