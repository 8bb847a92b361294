"""What is known of every agent: what it was trained for, what it is worth, where it may be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.agents.config import ALGORITHM_LABELS
from core.domain import ItemKey, Outcome, PlannerError, Verdict
from core.evaluation import Comparison, gate
from core.services.agents import idle_count, mismatches
from core.services.assortment import Assortment
from core.services.baselines import BASELINE
from core.services.comparing import Proof, latest_proof
from core.store import AgentRecord, Store

_OTHER_COSTS = "trained with other costs"
_OTHER_RULES = "trained with other order rules"
_OTHER_DEMAND = "demand has changed since training"
_DOUBT_WORDS = {
    "item": "not among those it was trained on",
    "range": "outside the ranges it was made for",
    "holding_cost": _OTHER_COSTS,
    "stockout_cost": _OTHER_COSTS,
    "fixed_cost": _OTHER_COSTS,
    "purchase_cost": _OTHER_COSTS,
    "lost_share": "trained with another answer to being out of stock",
    "min_order": _OTHER_RULES,
    "pack_size": _OTHER_RULES,
    "max_order": _OTHER_RULES,
    "max_stock": _OTHER_RULES,
    "review_period": _OTHER_RULES,
    "lead_time": "trained with another lead time",
    "demand_mean": _OTHER_DEMAND,
    "demand_sd": _OTHER_DEMAND,
}
_ANY_DOUBT = "other than in training"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an agent does not suit some of today's items.

    Args:
        words: The reason.
        items: Those it holds for.
        example: The first item's whole sentence, with both values.
    """

    words: str
    items: tuple[ItemKey, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Score:
    """How an agent did against (s, S) on test futures, over the items that it is valid for.

    Args:
        overall: Its cost against that of (s, S) over these items.
        n_items: How many they are.
        better, worse, cannot_tell: Number of items.
        losing: Items on which it is worse, the dearest difference first.
        n_used: Items that it decides under Auto.
        n_paths: Test futures per item.
    """

    overall: Verdict
    n_items: int
    better: int
    worse: int
    cannot_tell: int
    losing: tuple[str, ...]
    n_used: int
    n_paths: int


@dataclass(frozen=True, eq=False)
class AgentCard:
    """One agent as the Agent page shows it.

    Args:
        record: What the store knows.
        algorithm: In words.
        ratio: Cost against (s, S) on validation futures; None where it was never measured.
        n_items: Items of today.
        n_valid: Those among them that are as they were in training.
        doubts: Why the others are not.
        score: On test futures; None where it was not compared on today's items.
        problem: Why it cannot be read, in words; "" where it can.
        idle: Items for which nothing that it learned changes an order, and those looked at.
    """

    record: AgentRecord
    algorithm: str
    ratio: float | None
    n_items: int
    n_valid: int
    doubts: tuple[Doubt, ...]
    score: Score | None
    problem: str = ""
    idle: tuple[int, int] = (0, 0)

    @property
    def is_general(self) -> bool:
        """Whether it was made for all items within its ranges."""
        return bool(self.record.summary.get("is_general"))

    @property
    def is_worse(self) -> bool:
        """Whether it costs more than (s, S): on test futures, else on validation futures."""
        if self.score is not None:
            overall = self.score.overall
            return overall.outcome is Outcome.WORSE and not overall.is_negligible
        return self.ratio is not None and self.ratio > 1.0

    @property
    def adds_nothing(self) -> bool:
        """Whether nothing that it learned changes any order, as far as was looked."""
        n_idle, n_looked = self.idle
        return n_idle == n_looked > 0

    @property
    def suits_none(self) -> bool:
        """Whether it may be used for none of today's items."""
        return bool(self.problem) or self.n_valid == 0


def agent_cards(store: Store, assortment: Assortment) -> tuple[AgentCard, ...]:
    """Return a card for every agent, the one in use first, then the newest."""
    cards = [agent_card(store, assortment, record) for record in store.agents.list()]
    return tuple(sorted(cards, key=lambda card: not card.record.active))


def agent_card(store: Store, assortment: Assortment, record: AgentRecord) -> AgentCard:
    """Hold one agent against today's items; one that cannot be read says so."""
    algorithm = ALGORITHM_LABELS.get(record.algorithm, record.algorithm)
    ratio = record.summary.get("validation_ratio")
    known = float(ratio) if isinstance(ratio, int | float) and ratio > 0 else None
    n_items = len(assortment.planned)
    try:
        found = mismatches(store, assortment, record)
        proof = latest_proof(store, assortment, record)
        idle = idle_count(store, assortment, record)
    except PlannerError as error:
        return AgentCard(record, algorithm, known, n_items, 0, (), None, error.message)
    reasons = {key: mine[0].message for key, mine in found.items()}
    return AgentCard(
        record,
        algorithm,
        known,
        n_items,
        n_items - len(found),
        _doubts({key: (mine[0].attribute, mine[0].message) for key, mine in found.items()}),
        None if proof is None else _score(proof, assortment, reasons),
        idle=idle,
    )


def _doubts(found: Mapping[ItemKey, tuple[str, str]]) -> tuple[Doubt, ...]:
    """Gather items by the first reason against them, the commonest reason first."""
    groups: dict[str, list[ItemKey]] = {}
    for key, (attribute, _) in found.items():
        groups.setdefault(_DOUBT_WORDS.get(attribute, _ANY_DOUBT), []).append(key)
    doubts = [Doubt(words, tuple(keys), found[keys[0]][1]) for words, keys in groups.items()]
    return tuple(sorted(doubts, key=lambda doubt: -len(doubt.items)))


def _score(proof: Proof, assortment: Assortment, reasons: Mapping[ItemKey, str]) -> Score | None:
    against = {assortment.row(key): reason for key, reason in reasons.items()}
    rows = [row for row in range(len(assortment.planned)) if row not in against]
    if proof.agent is None or not rows:
        return None
    found, agent = proof.comparison, proof.agent
    counts, verdicts = found.counts(agent, rows), found.verdicts[agent]
    worse = [row for row in rows if verdicts[row].outcome is Outcome.WORSE]
    worse.sort(key=lambda row: -verdicts[row].difference)
    decisions = gate(found, proof.backtest, agent, BASELINE, against)
    return Score(
        overall=_overall(found, agent, rows),
        n_items=len(rows),
        better=counts.wins,
        worse=counts.losses,
        cannot_tell=counts.ties,
        losing=tuple(found.items[row] for row in worse),
        n_used=sum(decision.uses_agent for decision in decisions),
        n_paths=found.contract.n_paths,
    )


def _overall(found: Comparison, agent: str, rows: Sequence[int]) -> Verdict:
    """Sum over some items; the interval takes them as independent, unless they are all."""
    if len(rows) == len(found.items):
        return found.overall[agent]
    return Verdict.of_sum([found.verdicts[agent][row] for row in rows])
