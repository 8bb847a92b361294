"""Counts and their nouns."""

from __future__ import annotations

import pytest

from core.domain.wording import plural


@pytest.mark.parametrize(
    ("n", "told"),
    [(0, "0 units"), (1, "1 unit"), (1.0, "1 unit"), (2.5, "2.5 units"), (1200, "1,200 units")],
)
def test_a_noun_follows_its_number(n, told):
    assert plural(n, "unit") == told
