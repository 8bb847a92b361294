"""What policies would have cost on real sales that nobody had seen when they were fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.domain import Outcome, Period, UnknownNameError, Verdict
from core.domain.wording import plural
from core.evaluation.comparison import WinTieLose, verdict_from_json, verdict_to_json
from core.evaluation.kpi_words import KPI_WORDS, kpi_row, over_items

Floats = npt.NDArray[np.float64]
_VERSION = 1


@dataclass(frozen=True, eq=False)
class Backtest:
    """Policies replayed on the held-out tail of the real history.

    Args:
        period: Of the history.
        cut_index: Number of the first held-out period.
        n_periods: Periods held out.
        items: Labels of the items judged, in the order of all arrays.
        reference: Label of the policy that the others are measured against.
        kpis: By policy label, then by name in ``Kpis`` and "demand"; shape [n_items].
        verdicts: By label: each item's realised cost against the reference, by blocks of periods.
        overall: By label: all items together, money per period; the wider interval of items as
            pairs and of their sum over time.
        overall_percent: By label: mean over items of the difference in % of the reference's cost,
            so that dear items count no more than cheap ones.
        block_lengths: Periods per block, per item.
        n_out_of_stock: Held-out periods per item in which stock ran out, so that demand had to be
            estimated.
        starting_levels: Units on hand at the cut, the same for all policies, per item.
        unjudged: Why an item could not be judged, by label.
        saw_tail: Policies trained on sales of the tail, by label: last day of that data.
    """

    period: Period
    cut_index: int
    n_periods: int
    items: tuple[str, ...]
    reference: str
    kpis: Mapping[str, Mapping[str, Floats]]
    verdicts: Mapping[str, tuple[Verdict, ...]]
    overall: Mapping[str, Verdict]
    overall_percent: Mapping[str, Verdict]
    block_lengths: tuple[int, ...]
    n_out_of_stock: tuple[int, ...]
    starting_levels: tuple[float, ...]
    unjudged: Mapping[str, str]
    saw_tail: Mapping[str, str]

    @property
    def policies(self) -> tuple[str, ...]:
        """Labels, in the order given."""
        return tuple(self.kpis)

    @property
    def first_day(self) -> str:
        """First held-out day, ISO."""
        return str(self.period.start(self.cut_index))

    @property
    def last_day(self) -> str:
        """Last held-out day, ISO."""
        return last_day(self.period, self.cut_index + self.n_periods)

    def agent_saw_tail(self, policy: str) -> bool:
        """Whether a policy had been trained on sales of the tail, so that it proves nothing."""
        return policy in self.saw_tail

    def row(self, item: str) -> int:
        """Return an item's place.

        Raises:
            UnknownNameError: where it was not judged.
        """
        if item not in self.items:
            raise UnknownNameError("item judged on the held-out sales", item, self.items)
        return self.items.index(item)

    def counts(self, policy: str) -> WinTieLose:
        """Count wins, ties and losses of a policy over the items."""
        return WinTieLose.of(self.verdicts[policy])

    def kpi_table(self, item: str | None = None) -> list[dict[str, Any]]:
        """Return one row per key figure, with label, unit and every policy's shown value."""
        return [
            kpi_row(name, {label: self._kpi(name, label, item) for label in self.kpis}, self.period)
            for name in KPI_WORDS
        ]

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know before believing the numbers, in sentences."""
        return (self._basis(), *self._stock_outs(), *self._cheats(), *self._left_out())

    def words(self, policy: str) -> str:
        """Say in one sentence how a policy did over all items."""
        verdict, percent = self.overall[policy], self.overall_percent[policy]
        ending = {
            Outcome.BETTER: "cheaper beyond noise",
            Outcome.WORSE: "dearer beyond noise",
            Outcome.CANNOT_TELL: "which may be noise",
        }[verdict.outcome]
        return (
            f"{policy} against {self.reference} on real sales from {self.first_day} to "
            f"{self.last_day}: {verdict.difference:+,.2f} ± {verdict.half_width:,.2f} a "
            f"{self.period} over {plural(len(self.items), 'item')} "
            f"({percent.difference:+.1f} % per item on average), {ending}."
        )

    def _basis(self) -> str:
        low, high = min(self.block_lengths, default=0), max(self.block_lengths, default=0)
        blocks = f"{low}" if low == high else f"{low} to {high}"
        return (
            f"Demand models and rules were fitted on sales before {self.first_day} only and "
            f"replayed on the {self.n_periods} {self.period}s to {self.last_day}. All policies "
            f"start from the same stock. An item's interval takes {blocks} {self.period}s as one "
            "piece (moving blocks); over all, it is the wider one of items as pairs and of their "
            "sum over time."
        )

    def _stock_outs(self) -> tuple[str, ...]:
        n, n_items = sum(self.n_out_of_stock), sum(count > 0 for count in self.n_out_of_stock)
        if n == 0:
            return ()
        return (
            f"In {n} of {len(self.items) * self.n_periods} held-out item-{self.period}s "
            f"({plural(n_items, 'item')}) stock had run out. Recorded sales understate demand "
            "there: it is estimated, as no less than what was sold. An estimate swings less than "
            "demand does, which favours policies that hold less stock.",
        )

    def _cheats(self) -> tuple[str, ...]:
        return tuple(
            f"{policy} was trained on sales up to {day}, the held-out tail starts on "
            f"{self.first_day}: its result here is flattered and no proof."
            for policy, day in self.saw_tail.items()
        )

    def _left_out(self) -> tuple[str, ...]:
        n = len(self.unjudged)
        return (f"{plural(n, 'item')} could not be judged on held-out sales.",) if n else ()

    def _kpi(self, name: str, policy: str, item: str | None) -> float:
        per_item = self.kpis[policy]
        return over_items(name, per_item) if item is None else float(per_item[name][self.row(item)])

    def to_json(self) -> dict[str, Any]:
        """Write everything as plain JSON values."""
        return {
            "version": _VERSION,
            "period": self.period.value,
            "cut_index": self.cut_index,
            "n_periods": self.n_periods,
            "items": list(self.items),
            "reference": self.reference,
            "policies": [self._policy_json(label) for label in self.kpis],
            "block_lengths": list(self.block_lengths),
            "n_out_of_stock": list(self.n_out_of_stock),
            "starting_levels": list(self.starting_levels),
            "unjudged": dict(self.unjudged),
            "saw_tail": dict(self.saw_tail),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Backtest:
        """Read what ``to_json`` wrote."""
        assert data["version"] == _VERSION
        parts = {part["label"]: part for part in data["policies"]}
        return cls(
            period=Period(data["period"]),
            cut_index=int(data["cut_index"]),
            n_periods=int(data["n_periods"]),
            items=tuple(data["items"]),
            reference=data["reference"],
            kpis={label: _arrays(part["kpis"]) for label, part in parts.items()},
            verdicts={k: tuple(map(verdict_from_json, v["verdicts"])) for k, v in parts.items()},
            overall={k: verdict_from_json(v["overall"]) for k, v in parts.items()},
            overall_percent={k: verdict_from_json(v["overall_percent"]) for k, v in parts.items()},
            block_lengths=tuple(data["block_lengths"]),
            n_out_of_stock=tuple(data["n_out_of_stock"]),
            starting_levels=tuple(data["starting_levels"]),
            unjudged=dict(data["unjudged"]),
            saw_tail=dict(data["saw_tail"]),
        )

    def _policy_json(self, label: str) -> dict[str, Any]:
        return {
            "label": label,
            "kpis": {name: values.tolist() for name, values in self.kpis[label].items()},
            "verdicts": [verdict_to_json(verdict) for verdict in self.verdicts[label]],
            "overall": verdict_to_json(self.overall[label]),
            "overall_percent": verdict_to_json(self.overall_percent[label]),
        }


def last_day(period: Period, next_index: int) -> str:
    """Return the last day before period number ``next_index``, ISO."""
    return str(period.start(next_index) - np.timedelta64(1, "D"))


def _arrays(values: Mapping[str, Sequence[float]]) -> dict[str, Floats]:
    return {name: np.array(row, dtype=np.float64) for name, row in values.items()}
