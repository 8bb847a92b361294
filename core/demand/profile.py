"""What kind of seller an item is: smooth, erratic, intermittent or lumpy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.demand.observations import tell
from core.demand.protocol import Floats
from core.demand.wanted import estimated_demand
from core.domain import ItemHistory

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
        demand_class=_CLASSES[adi >= ADI_CUT, cv2 >= CV2_CUT],
        mean=float(quantity.mean()),
        sd=float(quantity.std()),
        share_zero=1.0 - len(sizes) / len(quantity),
        share_out_of_stock=share_out,
    )
