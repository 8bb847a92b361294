"""What kind of seller an item is: smooth, erratic, intermittent or lumpy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.demand.observations import tell
from core.demand.protocol import Floats
from core.demand.telling import Flags, Ints, telling
from core.demand.wanted import estimated_demand
from core.domain import ItemHistory, SalesHistory

ADI_CUT = 1.32
CV2_CUT = 0.49


class DemandClass(StrEnum):
    """How often an item sells, and how much its sizes vary."""

    SMOOTH = "smooth"
    ERRATIC = "erratic"
    INTERMITTENT = "intermittent"
    LUMPY = "lumpy"
    NONE = "none"


_CLASSES = {
    (False, False): DemandClass.SMOOTH,
    (False, True): DemandClass.ERRATIC,
    (True, False): DemandClass.INTERMITTENT,
    (True, True): DemandClass.LUMPY,
}


@dataclass(frozen=True, slots=True)
class DemandProfile:
    """An item's demand in a few numbers.

    Args:
        adi: Average demand interval: periods per period with a sale; infinite if never sold.
        cv2: Squared coefficient of variation of the sizes above zero.
        demand_class: Smooth, erratic, intermittent, lumpy, or none if never sold.
        mean: Units per period.
        sd: Standard deviation, units (population).
        share_zero: Share of periods that tell demand without any.
        share_out_of_stock: Share of all periods in which stock ran out.
    """

    adi: float
    cv2: float
    demand_class: DemandClass
    mean: float
    sd: float
    share_zero: float
    share_out_of_stock: float


def profile_demand(history: ItemHistory) -> DemandProfile:
    """Describe an item's demand, from its first sale on.

    A period that ran out after a sale counts with its estimated demand; one that had run out
    before tells nothing and is left out.

    References:
        Syntetos, Boylan and Croston (2005), JORS 56(5): cuts 1.32 and 0.49.
    """
    share_out = float(np.mean(~history.in_stock)) if history.n_periods else 0.0
    quantity = estimated_demand(history)[tell(history).keep]
    sizes = quantity[quantity > 0]
    if not len(sizes):
        share_zero = 1.0 if len(quantity) else 0.0
        return DemandProfile(math.inf, 0.0, DemandClass.NONE, 0.0, 0.0, share_zero, share_out)
    return _profile_sold(quantity[int(np.argmax(quantity > 0)) :], sizes, share_out)


def _profile_sold(quantity: Floats, sizes: Floats, share_out: float) -> DemandProfile:
    adi = len(quantity) / len(sizes)
    cv2 = float(sizes.var() / sizes.mean() ** 2)
    return DemandProfile(
        adi=adi,
        cv2=cv2,
        demand_class=_class(adi, cv2),
        mean=float(quantity.mean()),
        sd=float(quantity.std()),
        share_zero=1.0 - len(sizes) / len(quantity),
        share_out_of_stock=share_out,
    )


@dataclass(frozen=True, eq=False)
class Profiles:
    """The demand of all items in a few numbers each; see DemandProfile.

    Args:
        adi, cv2, mean, sd: As in DemandProfile, shape [n_items].
        demand_class: Shape [n_items].
        n_out_of_stock: Periods without stock since each item was listed, shape [n_items].
    """

    adi: Floats
    cv2: Floats
    mean: Floats
    sd: Floats
    demand_class: tuple[DemandClass, ...]
    n_out_of_stock: Ints


def profile_all(history: SalesHistory, tells: Flags | None = None) -> Profiles:
    """Describe the demand of all items at once, each as ``profile_demand`` would.

    Only a period that ran out after a sale is left out here: what was wanted in it has to be
    estimated item by item, which takes minutes for thousands of them.

    Args:
        history: Sales of all items.
        tells: What ``telling`` gave, where it is known already.

    References:
        Syntetos, Boylan and Croston (2005), JORS 56(5): cuts 1.32 and 0.49.
    """
    tells = telling(history) if tells is None else tells
    quantity = np.where(tells, history.quantity, 0.0)
    n, n_sold = tells.sum(axis=1), (quantity > 0).sum(axis=1)
    total, squares = quantity.sum(axis=1), np.einsum("ij,ij->i", quantity, quantity)
    mean, sd = _moments(total, squares, n)
    size_mean, size_sd = _moments(total, squares, n_sold)
    adi = np.where(n_sold > 0, n / np.maximum(n_sold, 1), math.inf)
    cv2 = (size_sd / np.where(size_mean > 0, size_mean, 1.0)) ** 2
    listed = np.arange(history.n_periods) >= history.first_listed[:, None]
    return Profiles(
        adi=adi,
        cv2=cv2,
        mean=mean,
        sd=sd,
        demand_class=tuple(map(_class, adi, cv2)),
        n_out_of_stock=(listed & ~history.in_stock).sum(axis=1),
    )


def _moments(total: Floats, squares: Floats, n: Ints) -> tuple[Floats, Floats]:
    """Return means and population standard deviations; 0 where there is nothing."""
    count = np.maximum(n, 1)
    mean = total / count
    variance = squares / count - mean**2
    # What is left of equal numbers after rounding is no variation.
    variance = np.where(variance < 1e-12 * squares / count, 0.0, variance)
    return mean, np.sqrt(variance)


def _class(adi: float, cv2: float) -> DemandClass:
    if not math.isfinite(adi):
        return DemandClass.NONE
    return _CLASSES[bool(adi >= ADI_CUT), bool(cv2 >= CV2_CUT)]
