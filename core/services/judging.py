"""What a comparison says, in words and rows: the verdict, by item, by kind of demand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain import ItemKey, Outcome, Verdict, difference, signed
from core.domain.wording import plural
from core.evaluation import Contract, GateDecision, WinTieLose
from core.services.assortment import Assortment
from core.services.baselines import BASELINE
from core.services.comparing import Proof

DEMAND_CLASSES = ("smooth", "erratic", "intermittent", "lumpy")
_EXPECTED = (
    "Holding and stock-out costs are those to be expected in each period from the stock before "
    "demand, not those that chance made of it: the same on average, with less noise.",
)
_MANY = (
    "Where nothing differs, one item in 40 is still called better by chance, and one in 40 worse. "
    "To let an agent order, Auto asks more of every item the more items are tested (Holm). The "
    "best of several agents compared here owes part of its lead to chance.",
)
OUTCOME_WORDS = {
    Outcome.BETTER: "better",
    Outcome.WORSE: "worse",
    Outcome.CANNOT_TELL: "cannot tell",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A verdict in words.

    Args:
        outcome: Better, worse or cannot tell.
        headline: The answer, one sentence.
        detail: The numbers, one or two sentences.
    """

    outcome: Outcome
    headline: str
    detail: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item's verdict.

    Args:
        key: Which item.
        demand_class: smooth, erratic, intermittent or lumpy.
        rule_cost, cost: Money per period under (s, S), and under the policy looked at.
        verdict: The paired difference.
        rule_fill, fill: Fill rates, shares.
        used: What screens call the policy that orders under Auto.
        why: Why that one, a sentence.
    """

    key: ItemKey
    demand_class: str
    rule_cost: float
    cost: float
    verdict: Verdict
    rule_fill: float
    fill: float
    used: str
    why: str


def challengers(proof: Proof) -> tuple[str, ...]:
    """Return the policies that can be held against (s, S): the agent, then the cheapest rule."""
    found = proof.comparison
    others = [label for label in found.policies if label != BASELINE]
    return tuple(
        sorted(others, key=lambda label: (label != proof.agent, found.verdict(label).difference))
    )


def say(verdict: Verdict, name: str, contract: Contract, over: str) -> Sentence:
    """Say whether a policy is better than (s, S), by how much, and how sure that is.

    Args:
        verdict: The paired difference in cost.
        name: What screens call the policy.
        contract: What it rests on.
        over: "Over all 40 items", "On item A17".
    """
    period = contract.period or "period"
    if verdict.difference == 0 and verdict.half_width == 0:
        headline = f"{over}, {name} and (s, S) cost exactly the same."
        detail = f"They order alike in all {verdict.n_pairs} test futures."
        return Sentence(verdict.outcome, headline, detail)
    if verdict.is_negligible:
        headline = f"{over}, {name} and (s, S) cost the same for all practical purposes."
        return Sentence(Outcome.CANNOT_TELL, headline, _detail(verdict, contract, period))
    headline = {
        Outcome.BETTER: f"{over}, {name} is better than (s, S){_by(verdict)}.",
        Outcome.WORSE: f"{over}, {name} is worse than (s, S){_by(verdict)}.",
        Outcome.CANNOT_TELL: f"{over}, {name} and (s, S) cannot be told apart.",
    }[verdict.outcome]
    return Sentence(verdict.outcome, headline, _detail(verdict, contract, period))


def _by(verdict: Verdict) -> str:
    if not math.isfinite(verdict.percent):
        return ""
    direction = "less" if verdict.difference < 0 else "more"
    return f": it costs {_figures(abs(verdict.percent))} % {direction}"


def _detail(verdict: Verdict, contract: Contract, period: str) -> str:
    basis = f"(95 % interval, {verdict.n_pairs} pairs)"
    if not round(verdict.difference, 2) and not round(verdict.half_width, 2):
        return f"No difference in cost against (s, S) to the cent a {period} {basis}."
    kind = contract.period_or_none
    share = 100 * verdict.half_width / verdict.reference_cost if verdict.reference_cost else 0.0
    percent = f"{signed(verdict.percent, 1)} % ± {share:.1f} %, " if verdict.reference_cost else ""
    year = f", about {signed(verdict.difference * kind.per_year, 0)} a year" if kind else ""
    money = difference(verdict.difference, verdict.half_width)
    return f"Cost against (s, S): {percent}{money} money a {period}{year} {basis}."


def _figures(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def item_rows(
    proof: Proof,
    assortment: Assortment,
    policy: str,
    decisions: Mapping[ItemKey, GateDecision],
) -> list[ItemRow]:
    """Return one row per item.

    Args:
        proof: The comparison.
        assortment: The same items.
        policy: Label of the policy looked at.
        decisions: What the gate found; empty where there is no agent.
    """
    found = proof.comparison
    mine, rule = found.kpis[policy], found.kpis[BASELINE]
    return [
        ItemRow(
            key=plan.key,
            demand_class=plan.demand_class,
            rule_cost=float(rule["cost"][row]),
            cost=float(mine["cost"][row]),
            verdict=found.verdicts[policy][row],
            rule_fill=float(rule["fill_rate"][row]),
            fill=float(mine["fill_rate"][row]),
            used=_used(proof, decisions.get(plan.key)),
            why=_why(decisions.get(plan.key)),
        )
        for row, plan in enumerate(assortment.planned)
    ]


def by_demand_class(
    proof: Proof, assortment: Assortment, policy: str
) -> dict[str, tuple[WinTieLose, Verdict]]:
    """Return counts and the verdict on the summed cost for each kind of demand there is.

    The interval of a kind takes its items as independent of each other.
    """
    groups: dict[str, list[int]] = {}
    for row, plan in enumerate(assortment.planned):
        groups.setdefault(plan.demand_class, []).append(row)
    order = [name for name in DEMAND_CLASSES if name in groups]
    order += [name for name in groups if name not in DEMAND_CLASSES]
    found = proof.comparison
    return {
        name: (
            found.counts(policy, groups[name]),
            Verdict.of_sum([found.verdicts[policy][row] for row in groups[name]]),
        )
        for name in order
    }


def contract_lines(contract: Contract) -> list[str]:
    """Say what a result rests on, line by line."""
    period = contract.period or "period"
    days = f", {contract.first_day} to {contract.last_day}" if contract.first_day else ""
    return [
        f"{plural(contract.n_items, 'item')}, {contract.n_paths} test futures each, the same for "
        f"every policy (seed {contract.seed}; nothing was searched, learned or chosen on them).",
        f"{contract.horizon} {period}s counted{days}, after a warm-up of {contract.warm_up}. "
        f"Stock starts from {contract.starts_from}.",
        f"Out of stock: {_stock_out_words(contract)}.",
        f"Lead times vary for {contract.n_random_lead_time} of {plural(contract.n_items, 'item')}; "
        "late and early deliveries may cross.",
        *(_EXPECTED if contract.expects else ()),
        "Differences are paired on futures; intervals are 95 %, wider where costs are skewed. "
        "Better or worse is said only where the interval is clear of 0.",
        *(_MANY if contract.n_items > 1 else ()),
        "The futures come from the forecasts: were a forecast wrong, no interval here would show "
        "it. The test on held-out sales would.",
    ]


def tail_sentence(proof: Proof, policy: str) -> Sentence | None:
    """Say how a policy did on the held-out part of the real sales; None where there is none."""
    tail = proof.backtest
    if tail is None or policy not in tail.overall:
        return None
    verdict, name = tail.overall[policy], proof.names.get(policy, policy)
    headline = {
        Outcome.BETTER: f"On your real sales, {name} was cheaper than (s, S) beyond noise.",
        Outcome.WORSE: f"On your real sales, {name} was dearer than (s, S) beyond noise.",
        Outcome.CANNOT_TELL: f"On your real sales, {name} and (s, S) cannot be told apart.",
    }[verdict.outcome]
    percent = tail.overall_percent[policy]
    detail = (
        f"{difference(verdict.difference, verdict.half_width)} money a {tail.period} over "
        f"{plural(len(tail.items), 'item')}, {signed(percent.difference, 1)} % per item on "
        f"average, from {tail.first_day} to {tail.last_day}."
    )
    return Sentence(verdict.outcome, headline, detail)


def fit_statement(proof: Proof, n_unfit: int) -> str:
    """Say on how many items the agent's numbers mean something; empty where on all.

    Args:
        proof: The comparison.
        n_unfit: Items that the agent does not fit as they stand today.
    """
    n = len(proof.comparison.items)
    if proof.agent is None or not n_unfit:
        return ""
    name = proof.names.get(proof.agent, proof.agent)
    if n_unfit == n:
        return f"{name} fits none of these items as they stand: (s, S) orders for all of them."
    return f"{name} fits {n - n_unfit} of {n} items as they stand; (s, S) orders for the others."


def training_statement(proof: Proof, n_unfit: int = 0) -> str:
    """Say whether the agent had seen the held-out sales when it was trained.

    Args:
        proof: The comparison.
        n_unfit: Items that the agent does not fit as they stand today.
    """
    tail, agent = proof.backtest, proof.agent
    if tail is None or agent is None:
        return ""
    if n_unfit == len(proof.comparison.items):
        return f"{fit_statement(proof, n_unfit)} This test says nothing about it."
    name = proof.names.get(agent, agent)
    if tail.agent_saw_tail(agent):
        return (
            f"{name} was trained on sales up to {tail.saw_tail[agent]}, or it is not known on "
            "which: its result here may be flattered and is no proof."
        )
    return f"{name} saw no sale after {tail.first_day} when it was trained: this is a fair test."


def _stock_out_words(contract: Contract) -> str:
    parts = {
        "lost sales": contract.n_lost,
        "backorders": contract.n_backorder,
        "partly lost": contract.n_partly_lost,
    }
    return ", ".join(f"{words} for {plural(n, 'item')}" for words, n in parts.items() if n)


def _used(proof: Proof, decision: GateDecision | None) -> str:
    label = BASELINE if decision is None else decision.policy
    return proof.names.get(label, label)


def _why(decision: GateDecision | None) -> str:
    return "No agent was compared." if decision is None else decision.reason
