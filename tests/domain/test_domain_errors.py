"""An error in words: what, value, where, remedy, with the right word before the place."""

from __future__ import annotations

import pytest

from core.domain import PlannerError


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("item A17", "got 0 for item A17."),
        ("fixed_cost of item A17", "got 0 for fixed_cost of item A17."),
        ("scenario 'Strike'", "got 0 for scenario 'Strike'."),
        ("40 items", "got 0 for 40 items."),
        ("the Agent page", "got 0 on the Agent page."),
        ("sales.csv, row 3, item A17", "got 0 in sales.csv, row 3, item A17."),
        ("a.zip", "got 0 in a.zip."),
        ("the agent file", "got 0 in the agent file."),
        ("", "got 0."),
    ],
)
def test_the_place_is_joined_by_the_word_that_fits(where: str, words: str) -> None:
    error = PlannerError("It must be above 0", value=0.0, where=where, remedy="Raise it.")
    assert error.message == f"It must be above 0, {words} Raise it."
