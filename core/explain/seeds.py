"""Seeds that explanations draw from; apart from those of search, training, validation and test."""

BACKGROUND_SEED = 4000
CONSEQUENCE_SEED = 5000
SWITCH_SEED = 8500
TREE_SEED = 8000
REDRAWN_SEED = 9000
CLAIM_SEED = 9500
