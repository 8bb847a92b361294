"""The house's colours, for charts on screen and on paper.

Middle tones that stand out from white and from near-black alike.
"""

from __future__ import annotations

AGENT = "#3d8bbf"
RULE = "#d07f2a"
YOU = "#2f9e6e"
OTHER = "#9a6bb3"
BAD = "#cc5148"
NEUTRAL = "#8593a0"
# Lines beside the one that is shown: told apart by colour and by stroke.
OTHERS = ((RULE, "--"), (OTHER, "-."), (NEUTRAL, ":"), (YOU, "--"))
