"""Stock as it stands today: on hand, owed to customers, and on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.domain.items import ItemKey


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """Units ordered and not yet received, and the day they are expected."""

    quantity: float
    due: date


@dataclass(frozen=True, slots=True)
class StockPosition:
    """One item's stock today.

    Args:
        key: Item and location.
        on_hand: Units in stock; negative means owed to customers.
        open_orders: Orders under way.
        is_estimate: True where no stock file was given and the number is a placeholder.
    """

    key: ItemKey
    on_hand: float
    open_orders: tuple[OpenOrder, ...] = ()
    is_estimate: bool = False

    @property
    def on_order(self) -> float:
        """Units on their way."""
        return sum(order.quantity for order in self.open_orders)

    @property
    def inventory_position(self) -> float:
        """[IP] units: on hand less backorders plus on order."""
        return self.on_hand + self.on_order
