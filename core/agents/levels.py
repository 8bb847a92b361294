"""Orders for learning by the gradient of the cost: where s and S lie in this state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import torch
from torch import Tensor

from core.agents.references import References

# Below this share of the standard deviation of demand an order of nothing still feels a pull.
_SOFTNESS = 0.1


@dataclass(frozen=True)
class MovedLevels:
    """Two controls move s and S of the item's own (s, S) rule, each in its own scale.

    Both at 0 do as the rule does. Where orders cost nothing extra and come in any number there is
    no s: every order fills up to the moved S.

    Args:
        reach: How far either can be moved up or down, in ``point_scale`` and ``level_scale``.
    """

    kind: ClassVar[str] = "moved_levels"
    n_apart: ClassVar[int] = 0
    reach: float
    n_choices: ClassVar[int] = 0
    n_controls: ClassVar[int] = 2

    def decode(self, actions: Tensor, position: Tensor, references: References) -> Tensor:
        """Order, in whole lots, what is missing to the moved S, at or below the moved s."""
        r = references
        missing = self.missing(actions, position, r).clamp(min=0.0)
        is_due = (self.below_point(actions, position, r) >= 0) | (r.is_gated == 0)
        return _in_lots(missing, r) * is_due.to(position.dtype)

    def encode(self, quantity: Tensor, position: Tensor, references: References) -> Tensor:
        """Return the least moves that lead to this order."""
        r = references
        missing = (position - r.reorder_point).clamp(min=0.0)
        too_much = (position - r.unit - r.reorder_point).clamp(max=0.0)
        gate = torch.where(quantity > 0, missing, too_much)
        level = torch.where(quantity > 0, position + quantity - r.order_up_to_level, 0.0)
        moves = torch.stack([gate / r.point_scale, level / r.level_scale], 1)
        return moves.clamp(-self.reach, self.reach)

    def missing(self, actions: Tensor, position: Tensor, references: References) -> Tensor:
        """Return the units up to the moved S; below 0 where stock lies above it, shape [n]."""
        move = self._within(actions[:, 1]) * references.level_scale
        return references.order_up_to_level + move - position

    def below_point(self, actions: Tensor, position: Tensor, references: References) -> Tensor:
        """Return the units from the stock position up to the moved s, shape [n]."""
        move = self._within(actions[:, 0]) * references.point_scale
        return references.reorder_point + move - position

    def up_to(
        self, actions: Tensor, position: Tensor, references: References, change: Tensor
    ) -> Tensor:
        """Order, in whole lots, what is missing to the moved S plus a change, units."""
        missing = self.missing(actions, position, references) + change
        return _in_lots(missing.clamp(min=0.0), references)

    def smooth_order(self, actions: Tensor, position: Tensor, references: References) -> Tensor:
        """Return the order as ``decode`` would, in fractions of a unit, and with a gradient.

        The gradient is that of an order in any quantity, and does not end at S: an order of
        nothing would otherwise never learn that it should have been more.
        """
        missing = self.missing(actions, position, references)
        width = (_SOFTNESS * references.protection_sd).clamp(min=0.1 * references.unit)
        soft = width * torch.nn.functional.softplus(missing / width)
        order, r = missing.clamp(min=0.0), references
        if bool((r.lot > r.unit).any()):
            order = torch.where(r.lot > r.unit, _in_lots(order, r), order)
        return soft + (order - soft).detach()

    def to_json(self) -> dict[str, Any]:
        """Write the reach."""
        return {"kind": self.kind, "reach": self.reach}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read the reach."""
        reach = data.get("reach")
        if isinstance(reach, bool) or not isinstance(reach, int | float) or not 0 < reach <= 100:
            raise ValueError("reach must be a number above 0, at most 100")
        return cls(float(reach))

    def _within(self, control: Tensor) -> Tensor:
        return control.clamp(-self.reach, self.reach)


def _in_lots(quantity: Tensor, references: References) -> Tensor:
    """Round to whole units, and up to whole lots where these are larger, as a supplier does."""
    r = references
    return torch.ceil((quantity - 0.5 * r.unit) / r.lot) * r.lot
