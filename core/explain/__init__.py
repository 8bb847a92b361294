"""Why this quantity, why not the (s, S) one: words, sums, drivers, and the proof of each."""

from core.explain.arithmetic import (
    Arithmetic,
    Levels,
    Part,
    Sum,
    agent_arithmetic,
    rule_arithmetic,
)
from core.explain.background import Background, visited_states
from core.explain.brief import Brief, explain_briefly
from core.explain.checks import Check, badge
from core.explain.claims import CLAIM_CHECKS, Claim, Witnesses, execute
from core.explain.consequences import Futures, WhyNot, Window, futures_of, why_not
from core.explain.drivers import Bar, Drivers, explain_drivers, warm_up
from core.explain.explanation import Explanation, Question, explain
from core.explain.limits import cannot_see
from core.explain.probe import Probe
from core.explain.situation import Situation
from core.explain.states import GROUPS, Group, StateTable
from core.explain.words import Sentence, policy_words, sentence_of, why_not_words

__all__ = [
    "CLAIM_CHECKS",
    "GROUPS",
    "Arithmetic",
    "Background",
    "Bar",
    "Brief",
    "Check",
    "Claim",
    "Drivers",
    "Explanation",
    "Futures",
    "Group",
    "Levels",
    "Part",
    "Probe",
    "Question",
    "Sentence",
    "Situation",
    "StateTable",
    "Sum",
    "WhyNot",
    "Window",
    "Witnesses",
    "agent_arithmetic",
    "badge",
    "cannot_see",
    "execute",
    "explain",
    "explain_briefly",
    "explain_drivers",
    "futures_of",
    "policy_words",
    "rule_arithmetic",
    "sentence_of",
    "visited_states",
    "warm_up",
    "why_not",
    "why_not_words",
]
