"""Auto: where the agent is used, and what is said about it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.domain import Outcome, Period, UnknownNameError, Verdict
from core.evaluation import Backtest, Comparison, Contract, GateRule, gate, n_by_agent
from core.evaluation.gate import chance_of_luck

N_PATHS = 400
RULE = GateRule(labels={"s_S": "(s, S)"})
CLEAR = Verdict(-3.1, 0.8, 25.0, N_PATHS)
CLOSE = Verdict(-0.5, 0.8, 25.0, N_PATHS)
DEARER = Verdict(2.0, 0.5, 25.0, N_PATHS)
SHAKY = Verdict(-0.5, 0.45, 25.0, N_PATHS)


def comparison(*verdicts: Verdict) -> Comparison:
    """Return a comparison that found these verdicts for the agent."""
    n = len(verdicts)
    same = tuple(Verdict(0.0, 0.0, 25.0, N_PATHS) for _ in verdicts)
    return Comparison(
        contract=Contract(3000, N_PATHS, 52, 10, "week", n, n, 0, 0, 0, "", "", ""),
        items=tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:n]),
        reference="s_S",
        kpis={"s_S": {}, "agent": {}},
        cost_half_width={},
        verdicts={"s_S": same, "agent": verdicts},
        overall={},
        overall_half_width={},
    )


def tail(**verdicts: Verdict) -> Backtest:
    """Return a back-test that found these verdicts for the agent, by item."""
    return Backtest(
        period=Period.WEEK,
        cut_index=2800,
        n_periods=13,
        items=tuple(verdicts),
        reference="s_S",
        kpis={},
        verdicts={"agent": tuple(verdicts.values())},
        overall={},
        overall_percent={},
        block_lengths=(3,) * len(verdicts),
        n_out_of_stock=(0,) * len(verdicts),
        starting_levels=(1.0,) * len(verdicts),
        unjudged={"B": "Too few periods."},
        saw_tail={},
    )


TAIL_WORSE = Verdict(4.0, 1.0, 25.0, 4)
TAIL_NOISE = Verdict(4.0, 6.0, 25.0, 4)
TAIL_BETTER = Verdict(-4.0, 1.0, 25.0, 4)


@pytest.mark.parametrize(
    ("verdict", "held_out", "mismatch", "uses_agent", "words"),
    [
        (CLEAR, None, None, True, "agent costs 12 % less than (s, S) (€3.10 ± 0.80 a week)"),
        (CLEAR, TAIL_NOISE, None, True, "not dearer beyond noise"),
        (CLEAR, TAIL_BETTER, None, True, "held-out real sales since"),
        (CLEAR, TAIL_WORSE, None, False, "costs 16 % more than (s, S) (€4.00 ± 1.00 a week)"),
        (CLEAR, None, "agent knows lead time 6, now 9.", False, "agent knows lead time 6, now 9."),
        (CLOSE, None, None, False, "too close to tell"),
        (DEARER, None, None, False, "agent costs 8.0 % more than (s, S)"),
        (CLOSE, TAIL_BETTER, None, False, "too close to tell"),
        (Verdict(0.0, 0.0, 25.0, 400), None, None, False, "same as (s, S) on 400 test futures."),
        (Verdict(-0.0031, 0.0008, 0.025, 400), None, None, True, "(€0.00310 ± 0.00080 a week)"),
        (Verdict(-9.0, np.inf, 25.0, 1), None, None, False, "too close to tell"),
    ],
)
def test_the_agent_is_used_only_where_it_is_proved_better(
    verdict, held_out, mismatch, uses_agent, words
):
    """Cheaper beyond noise on test futures, not dearer on real sales, made for the item."""
    real = None if held_out is None else tail(A=held_out)
    mismatches = {} if mismatch is None else {0: mismatch}
    (decision,) = gate(comparison(verdict), real, "agent", "s_S", mismatches, RULE)
    assert decision.uses_agent is uses_agent
    assert decision.policy == ("agent" if uses_agent else "s_S")
    assert words in decision.reason
    assert decision.reason.startswith("agent ")
    assert decision.reason.endswith(".")


def test_the_reason_is_one_sentence_with_the_number_of_futures():
    """As the planner reads it."""
    (decision,) = gate(comparison(CLEAR), None, "agent", "s_S", {}, RULE)
    assert decision.reason == (
        "agent costs 12 % less than (s, S) (€3.10 ± 0.80 a week) on 400 test futures."
    )


def test_an_item_not_judged_on_real_sales_keeps_the_rule():
    """Item B had too short a past."""
    decisions = gate(comparison(CLEAR, CLEAR), tail(A=TAIL_NOISE), "agent", "s_S", {}, RULE)
    assert [decision.uses_agent for decision in decisions] == [True, False]
    assert "Too few periods" in decisions[1].reason


def test_a_tail_the_agent_was_trained_on_speaks_against_it_only():
    """It is not counted as proof, but being dearer even there is."""
    cheat = replace(tail(A=TAIL_BETTER), saw_tail={"agent": "2024-07-14"})
    (decision,) = gate(comparison(CLEAR), cheat, "agent", "s_S", {}, RULE)
    assert "prove nothing" in decision.reason
    worse = replace(tail(A=TAIL_WORSE), saw_tail={"agent": "2024-07-14"})
    (decision,) = gate(comparison(CLEAR), worse, "agent", "s_S", {}, RULE)
    assert not decision.uses_agent


def test_a_narrow_win_counts_alone_and_may_be_luck_among_many():
    """Holm asks more of each win the more items are tested; mismatched ones are not tested."""
    assert SHAKY.outcome is Outcome.BETTER
    (alone,) = gate(comparison(SHAKY), None, "agent", "s_S", {}, RULE)
    assert alone.uses_agent
    many = comparison(SHAKY, *[CLOSE] * 19)
    among = gate(many, None, "agent", "s_S", {}, RULE)[0]
    assert not among.uses_agent
    assert "may be luck among 20 items" in among.reason
    plain = gate(many, None, "agent", "s_S", {}, replace(RULE, many_items="plain"))[0]
    assert plain.uses_agent
    others_mismatched = dict.fromkeys(range(1, 20), "another cost")
    assert gate(many, None, "agent", "s_S", others_mismatched, RULE)[0].uses_agent


def test_sure_wins_among_many_are_all_taken():
    """Each sure win eases the test of the next."""
    decisions = gate(comparison(*[CLEAR] * 25, SHAKY), None, "agent", "s_S", {}, RULE)
    assert n_by_agent(decisions) == 26


@pytest.mark.parametrize("many_items", ["holm", "plain"])
def test_luck_alone_hardly_ever_lets_the_agent_through(many_items):
    """With 20 items on which it is no better, Holm lets any through in about 1 of 40 rounds."""
    rng = np.random.default_rng(5)
    rounds = []
    for _ in range(400):
        pairs = rng.normal(size=(20, 30))
        verdicts = [Verdict.from_pairs(row, np.zeros(30)) for row in pairs]
        rule = replace(RULE, many_items=many_items)
        rounds.append(n_by_agent(gate(comparison(*verdicts), None, "agent", "s_S", {}, rule)))
    if many_items == "holm":
        assert np.mean(np.array(rounds) > 0) < 0.05
    else:
        assert 0.015 < np.mean(rounds) / 20 < 0.035


def test_the_chance_of_luck_matches_the_interval():
    """At the edge of the 95 % interval it is 2.5 %."""
    assert chance_of_luck(Verdict(-0.8, 0.8, 1.0, 400)) == pytest.approx(0.025)
    assert chance_of_luck(Verdict(0.0, 0.8, 1.0, 400)) == pytest.approx(0.5)
    assert chance_of_luck(Verdict(-1.0, 0.0, 1.0, 400)) == 0.0


def test_unknown_names_are_refused():
    """An agent that was not compared, a test there is none of."""
    with pytest.raises(UnknownNameError, match="agent"):
        gate(comparison(CLEAR), None, "agnet", "s_S", {}, RULE)
    with pytest.raises(UnknownNameError, match="holm"):
        gate(comparison(CLEAR), None, "agent", "s_S", {}, GateRule(many_items="hol"))
