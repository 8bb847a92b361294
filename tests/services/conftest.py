"""What the tests of services share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.store import Store
from tests.services.plan_parts import shop


@pytest.fixture
def store(var_dir) -> Iterator[Store]:
    """Return the record of a small shop."""
    record = shop(var_dir)
    yield record
    record.close()
