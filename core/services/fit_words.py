"""On which items an agent's verdict means something, and whether its test was fair."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core.domain import Verdict, signed
from core.domain.wording import plural
from core.evaluation import Comparison
from core.services.comparing import Proof
from core.services.currency import UNNAMED
from core.services.judging import Sentence, say


def verdict_over(found: Comparison, policy: str, rows: Sequence[int]) -> Verdict:
    """Sum over some items; the interval takes them as independent, unless they are all."""
    if len(rows) == len(found.items):
        return found.overall[policy]
    return Verdict.of_sum([found.verdicts[policy][row] for row in rows])


def say_overall(
    proof: Proof, policy: str, unfit: Collection[int] = (), money: str = UNNAMED
) -> Sentence:
    """Say how a policy does over all items; the agent, over those that it fits.

    Args:
        proof: The comparison.
        policy: Label of the policy.
        unfit: Rows of the items that the agent does not fit as they stand today.
        money: What amounts are called: the planner's currency.
    """
    found, n = proof.comparison, len(proof.comparison.items)
    rows = [row for row in range(n) if policy != proof.agent or row not in unfit]
    # Where it fits none, all are judged, and the page says that this means nothing.
    is_some = 0 < len(rows) < n
    verdict = verdict_over(found, policy, rows if is_some else range(n))
    items = plural(n, "item")
    over = f"Over the {len(rows)} of {items} that it fits" if is_some else f"Over all {items}"
    return say(verdict, proof.names[policy], found.contract, over, money)


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
        return f"{name} fits none of these items as they stand: it orders for none of them."
    percent = proof.comparison.overall[proof.agent].percent
    return (
        f"{name} fits {n - n_unfit} of {n} items as they stand and orders for no other, so the "
        f"verdict leaves the other {n_unfit} out. Charts and tables below count all {n}, on which "
        f"its cost differs by {signed(percent, 1)} %."
    )


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
