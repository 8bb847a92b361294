"""Which seeds belong to which purpose; a seed is never used for two.

Policies are searched on some futures, agents learn on others, the best of them is chosen on a third
set, and what is reported comes from a fourth.
"""

from __future__ import annotations

SEARCH_SEED = 1
TRAINING_SEED = 1000
VALIDATION_SEED = 2000
TEST_SEED = 3000

N_SEEDS = 1000
"""Seeds from each of the last three on that belong to the same purpose."""
