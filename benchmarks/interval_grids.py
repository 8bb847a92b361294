"""Coverage of 95 % intervals over grids of true risks and of skewed costs, beside other methods."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from benchmarks.report import Row
from core.domain import mean_half_width, share_difference_interval, share_interval

Floats = npt.NDArray[np.float64]
PairedInterval = Callable[[Floats, Floats, int], tuple[Floats, Floats]]

LOWEST, HIGHEST = 0.93, 0.97
Z = float(special.ndtri(0.975))
RISKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
# The other risk as a share of this one, and what differs both ways as a share of what would if the
# two had nothing in common.
OTHERS, OVERLAPS = (1.0, 0.8, 0.5, 0.2, 0.0), (0.0, 0.1, 0.3, 1.0)
# Futures that must be expected to differ before an interval can be expected not to be too wide.
ENOUGH = 6.0
_BAR = (
    f"{LOWEST:.0%} to {HIGHEST:.0%} in every cell with {ENOUGH:.0f} futures or more expected, no "
    f"cell under {LOWEST:.0%}"
)


def rows() -> Iterator[Row]:
    """Yield the rows of paired shares, single shares and skewed means."""
    for n in (1000, 200):
        for name, interval in PAIRED.items():
            yield _paired_row(name, interval, n, is_ours=interval is share_difference_interval)
    for n in (1000, 200):
        for name, single in SINGLE.items():
            yield _single_row(name, single, n, is_ours=single is share_interval)
    for n in (1000, 200, 50):
        for name, half in MEANS.items():
            yield _means_row(name, half, n, is_ours=half is mean_half_width)


def _paired_row(name: str, interval: PairedInterval, n: int, is_ours: bool) -> Row:
    cells = {cell: _paired_coverage(interval, n, *cell) for cell in _cells()}
    enough = [held for (more, fewer), held in cells.items() if n * (more + fewer) >= ENOUGH]
    return _grid_row(
        f"risk difference, {n:,} futures: {name}",
        np.array(list(cells.values())),
        np.array(enough),
        f"exact, over {len(cells)} pairs of risks of 0.1 % to 50 % that differ in 0.02 % to 75 % "
        f"of futures; in {len(enough)} of them {ENOUGH:.0f} futures or more are expected to differ",
        is_ours,
    )


def _cells() -> Iterator[tuple[float, float]]:
    """Yield the chances that a future differs one way and the other."""
    for risk in RISKS:
        for other in (risk * share for share in OTHERS):
            for overlap in OVERLAPS:
                both_ways = overlap * other * (1 - risk)
                if risk - other + both_ways > 0:
                    yield risk - other + both_ways, both_ways


def _paired_coverage(interval: PairedInterval, n: int, more: float, fewer: float) -> float:
    """Return how often an interval holds the difference, over all counts that may be seen."""
    first, second = (_likely(n, share) for share in (more, fewer))
    a, b = (grid.ravel() for grid in np.meshgrid(first, second, indexing="ij"))
    possible = a + b <= n
    a, b = a[possible], b[possible]
    chance = stats.binom.pmf(a, n, more) * stats.binom.pmf(b, n - a, fewer / (1 - more))
    low, high = interval(a.astype(float), b.astype(float), n)
    truth = more - fewer
    held = (low - 1e-12 <= truth) & (truth <= high + 1e-12)
    return float(chance[held].sum() / chance.sum())


def _likely(n: int, share: float) -> npt.NDArray[np.int64]:
    """Return the counts that are not next to impossible."""
    low, high = stats.binom.ppf([1e-7, 1 - 1e-7], n, share)
    return np.arange(int(low), int(high) + 1)


def _plain_pairs(more: Floats, fewer: Floats, n: int) -> tuple[Floats, Floats]:
    return _with_more(more, fewer, n, 0)


def _one_more(more: Floats, fewer: Floats, n: int) -> tuple[Floats, Floats]:
    return _with_more(more, fewer, n, 2)


def _with_more(more: Floats, fewer: Floats, n: int, extra: int) -> tuple[Floats, Floats]:
    """Count so many pairs more, half of them each way (Agresti and Min 2005: 1)."""
    m = n + extra
    half = Z / m * np.sqrt(np.maximum(more + fewer + extra - (more - fewer) ** 2 / m, 0.0))
    return (more - fewer) / n - half, (more - fewer) / n + half


def _bonett_price(more: Floats, fewer: Floats, n: int) -> tuple[Floats, Floats]:
    """Count one pair more each way in the difference too (Statistics in Medicine 31, 2012)."""
    low, high = _with_more(more, fewer, n, 2)
    shift = (more - fewer) * (1 / (n + 2) - 1 / n)
    return low + shift, high + shift


PAIRED: Mapping[str, PairedInterval] = {
    "Tango's score (used)": share_difference_interval,
    "normal approximation": _plain_pairs,
    "one pair more each way (used before)": _one_more,
    "Bonett and Price": _bonett_price,
}


def _single_row(
    name: str, interval: Callable[[float, int], tuple[float, float]], n: int, is_ours: bool
) -> Row:
    counts, shares = np.arange(n + 1), np.geomspace(0.001, 0.5, 400)
    ends = np.array([interval(count / n, n) for count in counts])
    held = (ends[:, :1] <= shares) & (shares <= ends[:, 1:])
    found = (stats.binom.pmf(counts[:, None], n, shares) * held).sum(0)
    return _grid_row(
        f"risk, {n:,} futures: {name}",
        found,
        found[n * shares >= ENOUGH],
        f"exact, over {len(shares)} risks of 0.1 % to 50 %",
        is_ours,
    )


def _by_scipy(method: str) -> Callable[[float, int], tuple[float, float]]:
    def interval(share: float, n: int) -> tuple[float, float]:
        found = stats.binomtest(round(share * n), n).proportion_ci(method=method)
        return found.low, found.high

    return interval


def _mid_p(share: float, n: int) -> tuple[float, float]:
    """Halve the chance of what was seen itself (Lancaster 1961)."""
    count = round(share * n)
    low, high = np.zeros(2), np.ones(2)
    for _ in range(50):
        middle = (low + high) / 2
        tail = stats.binom.sf(count, n, middle) + 0.5 * stats.binom.pmf(count, n, middle)
        below = tail < (0.025, 0.975)
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return float(low[0]) if count else 0.0, float(high[1]) if count < n else 1.0


SINGLE: Mapping[str, Callable[[float, int], tuple[float, float]]] = {
    "Wilson's score, reaching to the exact bound (used)": share_interval,
    "Wilson's score (used before)": _by_scipy("wilson"),
    "Clopper and Pearson": _by_scipy("exact"),
    "Clopper and Pearson, mid-p": _mid_p,
}


def _means_row(name: str, half_width: Callable[[Floats], Floats], n: int, is_ours: bool) -> Row:
    """Judge means of costs that only a share of futures brings, where ten are expected to."""
    seen = {share: _mean_coverage(half_width, n, share) for share in (0.01, 0.03, 0.1, 0.2, 0.5)}
    judged = [held for share, held in seen.items() if n * share >= 10]
    in_words = ", ".join(f"{share:.0%}: {held:.1%}" for share, held in seen.items())
    return Row(
        f"mean cost, {n:,} futures, nothing in most and exponential in the rest: {name}",
        f"{LOWEST:.0%} to {HIGHEST:.0%} where ten futures or more are expected to cost anything"
        if is_ours
        else "",
        in_words,
        min(judged) >= LOWEST and max(judged) <= HIGHEST if is_ours else None,
        "by share of futures that cost anything; 20,000 experiments each",
    )


def _mean_coverage(half_width: Callable[[Floats], Floats], n: int, share: float) -> float:
    rng = np.random.default_rng(7)
    held, at_once = 0, 1000
    for _ in range(20):
        cost = (rng.random((at_once, n)) < share) * rng.exponential(1 / share, (at_once, n))
        held += int((np.abs(cost.mean(1) - 1.0) <= half_width(cost)).sum())
    return held / (20 * at_once)


def _student(values: Floats) -> Floats:
    n = values.shape[-1]
    error = values.std(axis=-1, ddof=1) / math.sqrt(n)
    return np.asarray(special.stdtrit(n - 1, 0.975) * error)


MEANS: Mapping[str, Callable[[Floats], Floats]] = {
    "Student's t, widened for skewness (used)": mean_half_width,
    "Student's t": _student,
}


def _grid_row(what: str, cells: Floats, enough: Floats, note: str, is_ours: bool) -> Row:
    is_good = cells.min() >= LOWEST and enough.max() <= HIGHEST
    return Row(
        what,
        _BAR if is_ours else "",
        f"mean {cells.mean():.1%}, lowest cell {cells.min():.1%}; "
        f"{ENOUGH:.0f} expected or more: {enough.min():.1%} to {enough.max():.1%}",
        bool(is_good) if is_ours else None,
        note,
    )
