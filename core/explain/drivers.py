"""What drives a quantity: SHAP over the policy itself, grouped, in units, against typical days."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from core.domain import mean_half_width
from core.explain.background import Background
from core.explain.states import GROUPS, Floats, Group, StateTable

Order = Callable[[StateTable], Floats]
Masks = npt.NDArray[np.bool_]

# What counts as the same number of units when sums are compared.
TOLERANCE = 0.5
# Share of other samples of typical days in which a bar must have the same sign.
LEAST_AGREEMENT = 0.95
_LOADING = Lock()


@dataclass(frozen=True, slots=True)
class Bar:
    """How much one group of quantities moves the order away from a typical day's.

    Args:
        group: In planners' words.
        amount: Units; above 0 raises the order.
        half_width: Half of the 95 % interval over the background's states, units.
        today: Value today; nan where the group has none to show.
        typical: Its mean over the background.
        unit: Of both.
        agreement: Share of other samples of typical days in which it has the same sign.
    """

    group: str
    amount: float
    half_width: float
    today: float
    typical: float
    unit: str
    agreement: float = 1.0

    @property
    def is_stable(self) -> bool:
        """Whether its sign survives another sample of typical days."""
        return abs(self.amount) > self.half_width and self.agreement >= LEAST_AGREEMENT


@dataclass(frozen=True, slots=True)
class Drivers:
    """One order taken apart; base value and bars add up to the output.

    Args:
        policy: Whose order.
        output: Units asked for today, before the rules.
        base_value: Mean units asked for on the background's states.
        background: What the base value is, in words.
        version: The background's fingerprint.
        bars: Largest first.
        enumeration_gap: Largest difference to Shapley values by plain enumeration, units.
    """

    policy: str
    output: float
    base_value: float
    background: str
    version: str
    bars: tuple[Bar, ...]
    enumeration_gap: float

    @property
    def additivity_gap(self) -> float:
        """What base value and bars miss of the output, units."""
        return abs(self.base_value + sum(bar.amount for bar in self.bars) - self.output)


class CoalitionGame:
    """Today's state against the background, for shap: a masked sample is a row of codes.

    Code 0 takes a group of quantities from today, code k from the background's state k - 1. A
    whole group is always taken from one state, so that what belongs together stays together.
    """

    immutable_outputs = True

    def __init__(self, order: Order, today: StateTable, background: StateTable):
        assert len(today) == 1 and today.names == background.names
        self._order, self._today = order, today
        self._stacked = np.vstack([today.values, background.values])
        self._columns = [today.columns_of(group) for group in GROUPS]
        self.shape = (len(background), len(GROUPS))
        self.varying = self._find_varying()
        self.masks: list[Masks] = []
        self.outputs = np.empty(0)

    def invariants(self, codes: Floats) -> Masks:
        """Say which groups are today what they always are; shap leaves those out."""
        return np.broadcast_to(~self.varying, self.shape)

    def __call__(self, mask: Masks, codes: Floats) -> npt.NDArray[np.int64]:
        """Return one masked sample per background state, shape [n_states, n_groups]."""
        self.masks.append(np.array(mask, dtype=bool))
        states = np.arange(1, self.shape[0] + 1)[:, None]
        return np.where(mask, 0, states)

    def evaluate(self, codes: npt.NDArray[np.int64]) -> Floats:
        """Return the units asked for in each masked sample, shape [n_samples]."""
        states = np.empty((codes.shape[0], self._stacked.shape[1]))
        for group, columns in enumerate(self._columns):
            states[:, columns] = self._stacked[codes[:, group]][:, columns]
        self.outputs = self._order(self._today.with_values(states))
        return self.outputs

    def _find_varying(self) -> Masks:
        differs = self._stacked[1:] != self._stacked[0]
        return np.array([bool(differs[:, columns].any()) for columns in self._columns])


def explain_drivers(
    order: Order, policy: str, today: StateTable, background: Background
) -> Drivers:
    """Take one order apart by exact Shapley values.

    Args:
        order: States to units asked for, before the rules; vectorised.
        policy: Name of whose order it is.
        today: Today's state, one row.
        background: What it is compared with.

    References:
        Lundberg and Lee (2017), A unified approach to interpreting model predictions, NeurIPS.
    """
    game = CoalitionGame(order, today, background.states)
    output = float(order(today)[0])
    if not game.varying.any():
        nothing = np.zeros((len(GROUPS), len(background.states)))
        return drivers_of((policy, output, output), nothing, today, background)
    values, base = _shap_values(game)
    per_state = enumerate_shapley(np.array(game.masks), game.outputs.reshape(-1, game.shape[0]))
    return drivers_of((policy, output, base), per_state, today, background, values)


def drivers_of(
    found: tuple[str, float, float],
    per_state: Floats,
    today: StateTable,
    background: Background,
    values: Floats | None = None,
) -> Drivers:
    """Put bars together, largest first.

    Args:
        found: The policy's name, its output, and the base value.
        per_state: Shapley values against each state, units, shape [n_groups, n_states].
        today: The state explained, one row.
        background: What it is compared with.
        values: Their means, where they were worked out another way too, shape [n_groups].
    """
    means = per_state.mean(axis=1)
    values = means if values is None else values
    errors = mean_half_width(per_state)
    bars = [
        _bar(group, today, background, (values[i], errors[i])) for i, group in enumerate(GROUPS)
    ]
    ranked = tuple(sorted(bars, key=lambda bar: -abs(bar.amount)))
    gap = float(np.abs(values - means).max())
    return Drivers(*found, background.words, background.version, ranked, gap)


def enumerate_shapley(masks: Masks, outputs: Floats) -> Floats:
    """Work out exact Shapley values against every background state by plain enumeration.

    Args:
        masks: Which groups are taken from today, shape [n_coalitions, n_groups]; groups that
            never vary are always False.
        outputs: Units asked for, shape [n_coalitions, n_states].

    Returns:
        Units, shape [n_groups, n_states]; their mean over states is the Shapley value.

    References:
        Shapley (1953), A value for n-person games, equation 13.
    """
    playing = masks.any(axis=0)
    n = int(playing.sum())
    size = masks.sum(axis=1)
    share = np.array([math.factorial(k) * math.factorial(n - k - 1) for k in range(n)])
    share = np.append(share / math.factorial(n), 0.0)
    joining = np.where(masks, share[size - 1][:, None], -share[size][:, None])
    return np.asarray((joining * playing).T @ outputs)


def warm_up() -> None:
    """Load shap and what fits trees, so that the first explanation is as fast as the next."""
    import sklearn.tree  # noqa: F401

    table = StateTable(("inventory_level", "due_1"), np.array([[1.0, 0.0], [2.0, 1.0]]))
    today, rest = table.with_values(table.values[:1]), table.with_values(table.values[1:])
    _shap_values(CoalitionGame(lambda states: states.values.sum(axis=1), today, rest))


@cache
def _exact_explainer() -> Any:
    """Load shap, its loops left as plain Python.

    To compile them takes some four seconds in every process, to run them as they are half a
    millisecond more: no item has more than a few groups.
    """
    # Imported here: it takes seconds, and most pages never need it.
    import numba

    config: Any = numba.config
    with _LOADING:  # else a second thread might put back what the first one set
        before, config.DISABLE_JIT = config.DISABLE_JIT, True
        try:
            import shap
        finally:
            config.DISABLE_JIT = before
    return shap.ExactExplainer


def _shap_values(game: CoalitionGame) -> tuple[Floats, float]:
    n_coalitions = 2 ** int(game.varying.sum())
    explainer = _exact_explainer()(game.evaluate, game)
    codes = np.zeros((1, game.shape[1]))
    found = explainer(codes, max_evals=n_coalitions, batch_size=n_coalitions, silent=True)
    return np.asarray(found.values[0], dtype=np.float64), float(found.base_values[0])


def _bar(
    group: Group, today: StateTable, background: Background, found: tuple[float, float]
) -> Bar:
    now = typical = math.nan
    if group.shown:
        now = float(today.column(group.shown)[0])
        typical = float(background.states.column(group.shown).mean())
    return Bar(group.label, float(found[0]), float(found[1]), now, typical, group.unit)
