"""How an item's forecast did in the past, and why its model is used, in words."""

from __future__ import annotations

import numpy as np

from core.demand.forecasts.classical import CLASSICAL
from core.demand.forecasts.global_model import GLOBAL, GLOBAL_LABEL
from core.demand.forecasts.paths import TODAY
from core.demand.forecasts.scores import PastForecasts, Scores
from core.demand.forecasts.value import ItemScores
from core.demand.protocol import Floats
from core.domain import Period

COMBINATION = "combination"
NAMES = (TODAY, *CLASSICAL, GLOBAL, COMBINATION)
"""All models; the first is what plans use without a forecast, the last the mean of the others."""

LABELS = {
    TODAY: "the demand model without a forecast",
    **{name: model.label for name, model in CLASSICAL.items()},
    GLOBAL: GLOBAL_LABEL,
    COMBINATION: "the mean of all models",
}
"""Models in planners' words."""


def item_scores(past: PastForecasts, own: Scores, without: Scores, row: int) -> ItemScores:
    """Sum up an item's record.

    Args:
        past: Forecasts of the model in use.
        own: Its scores.
        without: Scores of the demand model without a forecast.
        row: The item.
    """
    both = np.isfinite(past.mean[:, row]) & np.isfinite(past.actual[:, row])
    sold = float(np.where(both, past.actual[:, row], 0.0).sum())
    missed = float(np.where(both, past.mean[:, row] - past.actual[:, row], 0.0).sum())
    return ItemScores(
        windows=int(np.isfinite(own.error[:, row]).sum()),
        error=_mean(own.error[:, row]),
        cost=_mean(own.cost[:, row]),
        bias=missed / sold if sold > 0 else None,
        error_without=_mean(without.error[:, row]),
        cost_without=_mean(without.cost[:, row]),
    )


def reason(name: str, scores: ItemScores, is_better: bool, period: Period) -> str:
    """Say why an item's forecast comes from this model."""
    label = LABELS[name][0].upper() + LABELS[name][1:]
    if not scores.windows:
        return f"{label}: too few {period}s to try models on; it did best on items like this one."
    tried = f"tried on {scores.windows} past {'stretch' if scores.windows == 1 else 'stretches'}"
    if name == TODAY:
        return f"{label}: {tried}, no forecast did better."
    costs = f"cost {_compared(scores.cost, scores.cost_without)}"
    misses = f"miss {_compared(scores.error, scores.error_without)}"
    kept = "" if is_better else ", too little to be sure, so plans do not use it"
    if is_better and _is_worse(scores):
        kept = "; over all items like this one it does better, so plans use it"
    sentence = f"{label}: {tried}, planning on it would {costs} and {misses}"
    return f"{sentence} than without a forecast{kept}."


def _compared(own: float | None, other: float | None) -> str:
    """Say by how much the first is below or above the second."""
    if own is None or not other or round(100 * abs(own / other - 1)) == 0:
        return "no more"
    change = 100 * (own / other - 1)
    return f"{abs(change):.0f} % {'more' if change > 0 else 'less'}"


def _is_worse(scores: ItemScores) -> bool:
    """Whether cost and error together were no smaller than without a forecast."""
    if not (scores.cost and scores.cost_without and scores.error and scores.error_without):
        return False
    return scores.cost / scores.cost_without + scores.error / scores.error_without >= 2


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None
