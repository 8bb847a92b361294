"""Today's orders: every item's quantities, the policy in use and why, and the list to work off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain import BundleError, ItemKey, OrderProposal, UnknownNameError
from core.domain.wording import plural
from core.planning import (
    Plan,
    PlanRequest,
    PolicyUse,
    Worklist,
    money_at_risk,
    plan_orders,
    worklist,
)
from core.policies import POLICIES, Policy
from core.services.agents import AgentAtWork, active_agent
from core.services.assortment import Assortment
from core.services.baselines import BASELINE, fitted_baseline
from core.services.comparing import Proof, gate_decisions, latest_proof
from core.services.currency import currency
from core.services.recent_sales import recent_sales
from core.services.workspace import PlanData
from core.store import Store, fingerprint

AUTO = "auto"
AGENT = "agent"
_MODE = "policy_in_use"


@dataclass(frozen=True, eq=False)
class Ordering:
    """Today's plan with everything the pages show of it.

    Args:
        data: What they rest on.
        plan: The proposals.
        work: Tiles and list.
        mode: auto (the gate decides), agent (wherever it fits), or the name of a rule.
        at_work: The active agent; None without one.
        proof: What is known of the agent; None where it was not compared on these problems.
        baseline: The rule beside the agent.
        run_id: Number of the kept plan; decisions refer to it. Empty where nothing is kept.
        currency: What amounts are in, for the words; empty where nobody named it.
    """

    data: PlanData
    plan: Plan
    work: Worklist
    mode: str
    at_work: AgentAtWork | None
    proof: Proof | None
    baseline: Policy
    run_id: str
    currency: str = ""

    @property
    def proposals(self) -> tuple[OrderProposal, ...]:
        """One per item, then those that cannot be planned."""
        return self.plan.proposals

    def proposal(self, key: ItemKey) -> OrderProposal:
        """Return one item's proposal."""
        return next(proposal for proposal in self.plan.proposals if proposal.key == key)


def policy_in_use(store: Store) -> str:
    """Return the planner's choice: auto, agent, or the name of a rule."""
    return str(store.settings.get(_MODE, AUTO))


def choose_policy(store: Store, mode: str) -> None:
    """Set which policy decides.

    Raises:
        UnknownNameError: where there is no such choice.
    """
    if mode not in policy_choices():
        raise UnknownNameError("policy", mode, policy_choices())
    store.settings.set(_MODE, mode)


def policy_choices() -> tuple[str, ...]:
    """Return everything that can decide."""
    return (AUTO, AGENT, *POLICIES)


def policy_label(name: str) -> str:
    """Write a policy's name as planners know it; an agent keeps its own."""
    family = POLICIES.get(name)
    return name if family is None else family.label


def who_decides(ordering: Ordering) -> str:
    """Say in words which policy decides for how many items."""
    planned = [p for p in ordering.proposals if p.policy != "none"]
    by_rule = sum(p.policy == ordering.baseline.name for p in planned)
    rule = policy_label(ordering.baseline.name)
    n_items = plural(len(planned), "item")
    if ordering.at_work is None or ordering.mode in POLICIES:
        why = planned[0].reason if planned else ""
        return f"{rule} decides for all {n_items}. {why}"
    name = ordering.at_work.record.name
    return reach_words(name, ordering.mode, len(planned) - by_rule, len(planned))


_REACH = {
    AUTO: "where it is proved better",
    AGENT: "all that it fits, proved better or not, as you chose",
}


def reach_words(name: str, mode: str, n: int, n_items: int) -> str:
    """Say for how many items an agent decides; the one sentence of every page.

    Args:
        name: What the sentence calls it.
        mode: AUTO or AGENT.
        n: Items that it decides for.
        n_items: Items of today.
    """
    if not n:
        return f"{name} decides for none of {plural(n_items, 'item')}: (s, S) decides for all."
    rest = f"; (s, S) decides for the other {n_items - n}" if n < n_items else ""
    return f"{name} decides for {n} of {plural(n_items, 'item')}, {_REACH[mode]}{rest}."


def plan_today(
    assortment: Assortment,
    store: Store,
    mode: str | None = None,
    at_work: AgentAtWork | None = None,
) -> Ordering:
    """Work out today's orders.

    Args:
        assortment: Today's problems.
        store: Where agents and proofs are kept; the plan is kept there.
        mode: Who decides; None takes the planner's choice.
        at_work: The agent; None takes the active one.

    Raises:
        UnknownNameError: where there is no such policy.
    """
    mode = mode or policy_in_use(store)
    if mode not in policy_choices():
        raise UnknownNameError("policy", mode, policy_choices())
    rule = mode if mode in POLICIES else BASELINE
    unread = None
    if at_work is None:
        at_work, unread = _agent_or_why_not(store, assortment)
    proof = latest_proof(store, assortment, None if at_work is None else at_work.record)
    uses = _uses(mode, assortment, at_work, proof)
    if unread and mode not in POLICIES:
        uses = dict.fromkeys(assortment.keys, PolicyUse(False, unread))
    request = _request(assortment, store, rule, at_work, uses)
    plan = plan_orders(request, assortment.unplannable)
    costs = {item.key: item.costs.unit_cost for item in assortment.items}
    work = worklist(plan, money_at_risk(request), costs)
    run_id = _kept(store, assortment, mode, at_work)
    decides = request.rule or request.baseline
    return Ordering(
        assortment.data, plan, work, mode, at_work, proof, decides, run_id, currency(store)
    )


def _request(
    assortment: Assortment,
    store: Store,
    rule: str,
    at_work: AgentAtWork | None,
    uses: Mapping[ItemKey, PolicyUse],
) -> PlanRequest:
    data = assortment.data
    return PlanRequest(
        problems=assortment.problems,
        items=assortment.items,
        positions={key: data.position(key) for key in data.history.keys},
        period=data.period,
        today_index=data.today_index,
        baseline=fitted_baseline(assortment, BASELINE, store),
        agent=None if at_work is None else at_work.policy,
        rule=None if rule == BASELINE else fitted_baseline(assortment, rule, store),
        strangers=() if at_work is None else at_work.strangers,
        uses=uses,
        notes={} if at_work is None else {key: (doubt,) for key, doubt in at_work.doubts.items()},
        memory=None if at_work is None else recent_sales(assortment, at_work.policy),
    )


def _agent_or_why_not(
    store: Store, assortment: Assortment
) -> tuple[AgentAtWork | None, str | None]:
    """Return the active agent, or why it cannot be read: orders must not wait for it."""
    try:
        return active_agent(store, assortment), None
    except BundleError as error:
        return None, f"The active agent cannot be used: {error.message}"


def _uses(
    mode: str, assortment: Assortment, at_work: AgentAtWork | None, proof: Proof | None
) -> dict[ItemKey, PolicyUse]:
    """Say who decides for every item, and why."""
    if mode in POLICIES:
        return dict.fromkeys(assortment.keys, PolicyUse(False, "Your choice for all items."))
    if at_work is None:
        return {}
    if mode == AGENT:
        # Even a planner's choice does not send an agent where it was not made to decide.
        return {
            key: PolicyUse(False, at_work.doubts[key])
            if key in at_work.doubts
            else PolicyUse(True, "You chose the agent for all items that it fits.")
            for key in assortment.keys
        }
    decisions = gate_decisions(proof, at_work, assortment)
    if not decisions:
        reason = "The agent was not compared with (s, S) on these items and costs yet."
        reasons = {key: at_work.doubts.get(key, reason) for key in assortment.keys}
        return {key: PolicyUse(False, why) for key, why in reasons.items()}
    return {
        key: PolicyUse(decision.uses_agent, decision.reason) for key, decision in decisions.items()
    }


def _kept(store: Store, assortment: Assortment, mode: str, at_work: AgentAtWork | None) -> str:
    """Keep what the plan rests on, once per state of things; returns its number."""
    inputs = {
        "data": assortment.data.fingerprint,
        "problems": assortment.fingerprint,
        "mode": mode,
        "agent": None if at_work is None else at_work.record.bundle_sha256,
    }
    run = store.runs.latest("plan", inputs) or store.runs.add("plan", inputs)
    return str(run.id)


def ordering_fingerprint(store: Store, assortment: Assortment) -> str:
    """Return a cheap fingerprint of everything a plan depends on, to know when one is stale."""
    active = store.agents.active()
    proof = store.runs.latest("comparison")
    return fingerprint(
        [
            assortment.data.fingerprint,
            assortment.fingerprint,
            policy_in_use(store),
            None if active is None else [active.id, active.name, active.bundle_sha256],
            None if proof is None else proof.id,
        ]
    )
