"""The classical models of the statsforecast library, by name.

The library is imported when the first model is fitted: that takes some seconds.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.demand.profile import DemandClass
from core.demand.protocol import Floats
from core.domain import Period

# Smoothing forgets what lies further back, and fits take time in proportion.
_LONGEST = {Period.DAY: 392, Period.WEEK: 208, Period.MONTH: 240}
_MOST_ETS_SEASON = 24
_Z80 = 1.2815515655446004
_SMOOTHING = 0.1


@dataclass(frozen=True, slots=True)
class Classical:
    """One model of the library.

    Args:
        label: In planners' words.
        make: Builds it for a season of so many periods; 1 is none.
        has_spread: Whether it gives intervals of its own.
        seasonal_only: Whether it is of use only where there is a season.
    """

    label: str
    make: Callable[[int, Period], Any]
    has_spread: bool = True
    seasonal_only: bool = False


def _ets(season: int, period: Period) -> Any:
    from statsforecast.models import AutoETS

    # Over weeks of days a trend is noise, and looking for one takes six times as long.
    model = "ZNZ" if period is Period.DAY else "ZZZ"
    return AutoETS(season_length=season if season <= _MOST_ETS_SEASON else 1, model=model)


def _arima(season: int, period: Period) -> Any:
    from statsforecast.models import AutoARIMA

    return AutoARIMA(season_length=season if season <= _MOST_ETS_SEASON else 1)


def _theta(season: int, period: Period) -> Any:
    from statsforecast.models import DynamicOptimizedTheta

    return DynamicOptimizedTheta(season_length=season)


def _mstl(season: int, period: Period) -> Any:
    from statsforecast.models import MSTL, AutoETS

    return MSTL(season_length=season, trend_forecaster=AutoETS(model="ZZN"))


def _seasonal_naive(season: int, period: Period) -> Any:
    from statsforecast.models import SeasonalNaive

    return SeasonalNaive(season_length=season)


def _croston(season: int, period: Period) -> Any:
    from statsforecast.models import CrostonClassic

    return CrostonClassic()


def _sba(season: int, period: Period) -> Any:
    from statsforecast.models import CrostonSBA

    return CrostonSBA()


def _tsb(season: int, period: Period) -> Any:
    from statsforecast.models import TSB

    return TSB(_SMOOTHING, _SMOOTHING)


CLASSICAL: Mapping[str, Classical] = {
    "ets": Classical("exponential smoothing", _ets),
    "theta": Classical("Theta", _theta),
    "mstl": Classical("season and trend taken apart (MSTL)", _mstl, seasonal_only=True),
    "seasonal_naive": Classical("the last season again", _seasonal_naive),
    "arima": Classical("ARIMA", _arima),
    "croston": Classical("Croston", _croston, has_spread=False),
    "sba": Classical("Croston without its bias (SBA)", _sba, has_spread=False),
    "tsb": Classical("Croston for items that fade (TSB)", _tsb, has_spread=False),
}

_REGULAR = ("ets", "theta", "mstl", "seasonal_naive")
_RARE = ("ets", "croston", "sba", "tsb")
MENU: Mapping[DemandClass, tuple[str, ...]] = {
    DemandClass.SMOOTH: _REGULAR,
    DemandClass.ERRATIC: _REGULAR,
    DemandClass.INTERMITTENT: _RARE,
    DemandClass.LUMPY: _RARE,
}
"""Which models suit which class."""


def classical_path(name: str, demand: Floats, season: int, horizon: int, period: Period) -> Floats:
    """Forecast one item with one model.

    Args:
        name: In CLASSICAL.
        demand: Units per period, shape [n].
        season: Periods in the cycle; no season is looked for in fewer than two cycles.
        horizon: Periods ahead.
        period: Day, week or month.

    Returns:
        Mean and standard deviation, units, shape [2, horizon]; NaN where the model cannot be
        fitted.

    References:
        Hyndman and Khandakar (2008), J. Stat. Software 27(3), for ETS and ARIMA; Fiorucci et al.
        (2016), Int. J. Forecasting 32(4), for Theta; Bandara, Hyndman and Bergmeir (2021) for
        MSTL; Croston (1972), Syntetos and Boylan (2005), Teunter, Syntetos and Babai (2011).
    """
    model, recent = CLASSICAL[name], demand[-_LONGEST[period] :]
    cycle = season if len(recent) >= 2 * season + 1 else 1
    if model.seasonal_only and cycle == 1:
        return np.full((2, horizon), np.nan)
    found = _asked(model, model.make(cycle, period), recent, horizon)
    if found is None:
        return np.full((2, horizon), np.nan)
    mean = np.asarray(found["mean"], dtype=np.float64)
    sd = (np.asarray(found["hi-80"]) - mean) / _Z80 if "hi-80" in found else recent.std()
    return np.stack([np.broadcast_to(mean, horizon), np.broadcast_to(sd, horizon)])


def _asked(model: Classical, engine: Any, demand: Floats, horizon: int) -> dict[str, Any] | None:
    """Let the library forecast; None where it cannot."""
    more = {"level": [80]} if model.has_spread else {}
    # The library warns of optimisers that gave up; such a fit is judged by its forecasts.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found: dict[str, Any] = engine.forecast(y=demand, h=horizon, **more)
        except (ValueError, ZeroDivisionError, IndexError, RuntimeError, np.linalg.LinAlgError):
            return None
        except Exception as error:
            # Its own message for a series that is too short is a bare Exception.
            if type(error) is Exception:
                return None
            raise
    return found
