"""Why this quantity, why not the (s, S) one: words, sums, drivers, and the proof of each."""

from core.explain.ahead import LIKELY, Ahead, BeforeHelp, look_ahead, look_ahead_of_all
from core.explain.arithmetic import (
    Arithmetic,
    Levels,
    Part,
    Sum,
    agent_arithmetic,
    rule_arithmetic,
)
from core.explain.background import Background, visited_states
from core.explain.brief import Brief, explain_all_briefly, explain_briefly
from core.explain.checks import Check, badge
from core.explain.claims import CLAIM_CHECKS, Claim, Witnesses, execute
from core.explain.comparison_words import why_not_words
from core.explain.consequences import Futures, WhyNot, futures_of, why_not
from core.explain.differences import Differences, Place, find_differences
from core.explain.drivers import Bar, Drivers, explain_drivers, warm_up
from core.explain.explanation import Explanation, Question, explain
from core.explain.figures import policy_words
from core.explain.learned import Learned, idle_items
from core.explain.levers import LEVERS, Lever
from core.explain.limits import cannot_see
from core.explain.own_levels import OwnLevels
from core.explain.policy_grid import AXES, Axis, Grid, Maker, grid_of
from core.explain.policy_grid_words import amount, grid_words, place_words
from core.explain.probe import Probe, orders_of
from core.explain.shapley import explain_drivers_many
from core.explain.situation import Situation
from core.explain.small_tree import SmallTree, small_tree
from core.explain.states import GROUPS, Group, StateTable
from core.explain.summary import DriverSummary, heights_of, joined, shapley_of, some_of, summarise
from core.explain.summary_words import still_words, summary_words
from core.explain.switching import switching_costs, worth_words
from core.explain.thresholds import Threshold, thresholds, value_words
from core.explain.visiting import visited_by_all
from core.explain.window import Window
from core.explain.words import Sentence, sentence_of

__all__ = [
    "AXES",
    "CLAIM_CHECKS",
    "GROUPS",
    "LEVERS",
    "LIKELY",
    "Ahead",
    "Arithmetic",
    "Axis",
    "Background",
    "Bar",
    "BeforeHelp",
    "Brief",
    "Check",
    "Claim",
    "Differences",
    "DriverSummary",
    "Drivers",
    "Explanation",
    "Futures",
    "Grid",
    "Group",
    "Learned",
    "Levels",
    "Lever",
    "Maker",
    "OwnLevels",
    "Part",
    "Place",
    "Probe",
    "Question",
    "Sentence",
    "Situation",
    "SmallTree",
    "StateTable",
    "Sum",
    "Threshold",
    "WhyNot",
    "Window",
    "Witnesses",
    "agent_arithmetic",
    "amount",
    "badge",
    "cannot_see",
    "execute",
    "explain",
    "explain_all_briefly",
    "explain_briefly",
    "explain_drivers",
    "explain_drivers_many",
    "find_differences",
    "futures_of",
    "grid_of",
    "grid_words",
    "heights_of",
    "idle_items",
    "joined",
    "look_ahead",
    "look_ahead_of_all",
    "orders_of",
    "place_words",
    "policy_words",
    "rule_arithmetic",
    "sentence_of",
    "shapley_of",
    "small_tree",
    "some_of",
    "still_words",
    "summarise",
    "summary_words",
    "switching_costs",
    "thresholds",
    "value_words",
    "visited_by_all",
    "visited_states",
    "warm_up",
    "why_not",
    "why_not_words",
    "worth_words",
]
