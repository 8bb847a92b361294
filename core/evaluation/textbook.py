"""Problems of the literature that are small enough for the best possible orders to be known.

References:
    Zipkin (2008), Zheng and Federgruen (1991), Bijvank, Bhulai and Huh (2015): see SOURCES.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.demand import demand_from_name
from core.domain import CostRates, LeadTime, UnknownNameError
from core.simulator import Problem

ZIPKIN, ZHENG_FEDERGRUEN, BIJVANK = "zipkin_2008", "zheng_federgruen_1991", "bijvank_2015"

SOURCES: dict[str, str] = {
    ZIPKIN: "Zipkin (2008), Old and new methods for lost-sales inventory systems, Operations "
    "Research 56(5)",
    ZHENG_FEDERGRUEN: "Zheng and Federgruen (1991), Finding optimal (s, S) policies is about as "
    "simple as evaluating a single policy, Operations Research 39(4)",
    BIJVANK: "Bijvank, Bhulai and Huh (2015), Parametric replenishment policies for inventory "
    "systems with lost sales and fixed order cost, European Journal of Operational Research 241(2)",
}
"""Where the numbers of the problems are from."""


@dataclass(frozen=True, slots=True)
class TextbookProblem:
    """One problem of the literature, in our order of events, which is that of the sources.

    Args:
        name: Key, e.g. "poisson-p9-L4".
        source: Key of SOURCES.
        demand: "poisson" or "geometric".
        demand_mean: [mu] units per period.
        lead_time: [L] whole periods.
        stockout_cost: [p] money per unit short at the end of a period.
        fixed_cost: [K] money per order.
        is_lost: Whether unmet demand is lost; else all of it is backordered.
        holding_cost: [h] money per unit on hand at the end of a period.
    """

    name: str
    source: str
    demand: str
    demand_mean: float
    lead_time: int
    stockout_cost: float
    fixed_cost: float = 0.0
    is_lost: bool = True
    holding_cost: float = 1.0

    @property
    def problem(self) -> Problem:
        """Return it as a problem like any planner's."""
        costs = CostRates(self.holding_cost, self.stockout_cost, self.fixed_cost, unit_cost=0.0)
        demand = demand_from_name(self.demand, self.demand_mean)
        share = 1.0 if self.is_lost else 0.0
        return Problem(self.name, demand, costs, LeadTime(float(self.lead_time)), lost_share=share)

    @property
    def words(self) -> str:
        """Say it in one line: "Lost sales, Poisson demand 5 a period, lead time 4, ..."."""
        first = f"{self._kind}, {self.demand.capitalize()} demand {self.demand_mean:g} a period"
        per_order = f", cost per order {self.fixed_cost:g}" if self.fixed_cost else ""
        return (
            f"{first}, lead time {self.lead_time}, stock-out cost {self.stockout_cost:g}{per_order}"
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """Say it in short lines, for the edge of a chart."""
        first = f"{self._kind}, {self.demand.capitalize()} {self.demand_mean:g}"
        second = f"lead time {self.lead_time}, stock-out {self.stockout_cost:g}"
        return (first, second, *([f"per order {self.fixed_cost:g}"] if self.fixed_cost else []))

    @property
    def _kind(self) -> str:
        return "Lost sales" if self.is_lost else "Backorders"


def _zipkin(demand: str, stockout_cost: int, lead_time: int) -> TextbookProblem:
    name = f"{demand}-p{stockout_cost}-L{lead_time}"
    return TextbookProblem(name, ZIPKIN, demand, 5.0, lead_time, float(stockout_cost))


def _zheng_federgruen(mean: int) -> TextbookProblem:
    return TextbookProblem(
        f"zf-{mean}", ZHENG_FEDERGRUEN, "poisson", float(mean), 0, 9.0, 64.0, is_lost=False
    )


TEXTBOOK_PROBLEMS: tuple[TextbookProblem, ...] = (
    _zipkin("poisson", 4, 1),
    _zipkin("poisson", 9, 2),
    _zipkin("poisson", 19, 3),
    _zipkin("poisson", 4, 4),
    _zipkin("poisson", 9, 4),
    _zipkin("geometric", 4, 2),
    _zipkin("geometric", 9, 3),
    _zipkin("geometric", 19, 4),
    TextbookProblem("bijvank-2015", BIJVANK, "poisson", 5.0, 2, 14.0, 5.0),
    _zheng_federgruen(10),
    _zheng_federgruen(25),
    _zheng_federgruen(50),
)
"""Chosen so that every lead time, demand and stock-out cost comes up and all is done in minutes."""


def textbook_problem(name: str) -> TextbookProblem:
    """Return a problem by its name.

    Raises:
        UnknownNameError: where there is none; says what was probably meant.
    """
    known = {task.name: task for task in TEXTBOOK_PROBLEMS}
    if name not in known:
        raise UnknownNameError("textbook problem", name, known)
    return known[name]
