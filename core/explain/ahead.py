"""What common futures say of an order: too late to help, better than another, or not yet needed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from core.evaluation import share_interval
from core.explain.consequences import N_FUTURES, Draw, WhyNot, against
from core.explain.cover import cover_periods
from core.explain.probe import Probe
from core.explain.seeds import CLAIM_SEED, CONSEQUENCE_SEED
from core.explain.situation import Situation
from core.explain.window import Window, first_help
from core.simulator import SingleItemSystem, draw_scenario

# From one future in five on, a shortage that no order of today prevents is the first thing to say:
# rarer ones are what safety stock is for, and the figure beside the quantities tells them.
LIKELY = 0.2
# Futures that nothing shown was drawn from: what is stated must hold on them as well. Fewer than
# those shown: they only have to find a statement that is far off.
FRESH = Draw(300, CLAIM_SEED)
# A quantity that rules raise to this many times what is needed is worth a warning.
_FAR_MORE = 2.0


@dataclass(frozen=True, slots=True)
class BeforeHelp:
    """How likely stock runs out before an order of today can be there: no quantity changes it.

    Args:
        risk: Share of futures in which demand goes unserved before then.
        n_periods: Periods until then: the supplier's expected lead time.
        n_futures: Futures looked at.
        seed: Of them.
    """

    risk: float
    n_periods: int
    n_futures: int
    seed: int

    @property
    def risk_range(self) -> tuple[float, float]:
        """95 % interval of the risk."""
        return share_interval(self.risk, self.n_futures)

    @property
    def is_likely(self) -> bool:
        """Whether it is the first thing to say: at least one future in five."""
        return self.risk >= LIKELY


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the futures say of one order.

    Args:
        before: Running out before an order of today can come.
        against: The other policy's quantity against the one in use; None without another.
        waiting: Ordering nothing today against the order; None where no sentence needs it.
        fresh_waiting: The same on fresh futures, which what is said of it must hold on.
    """

    before: BeforeHelp
    against: WhyNot | None = None
    waiting: WhyNot | None = None
    fresh_waiting: WhyNot | None = None


def look_ahead(
    used: Probe,
    other: Probe | None,
    *,
    n_futures: int = N_FUTURES,
    seed: int = CONSEQUENCE_SEED,
) -> Ahead:
    """Play today's quantities on common futures, over one window for all of them.

    Args:
        used: The policy in use, which decides from the next chance on.
        other: The one set against it, if any.
        n_futures: Common to all quantities.
        seed: Same seed, same numbers.
    """
    situation, window = used.situation, window_of(used, other)
    before = before_help(situation, n_futures, seed)
    wanted = {"against": other.order} if other is not None else {}
    draws = [Draw(n_futures, seed)]
    if needs_waiting(used):
        wanted["waiting"] = 0.0
        draws.append(FRESH)
    if not wanted:
        return Ahead(before)
    shown, *fresh = against(
        situation, used.order, tuple(wanted.values()), used.policy, window=window, draws=draws
    )
    # Waiting comes last.
    again = fresh[0][-1] if fresh else None
    return Ahead(before, **dict(zip(wanted, shown, strict=True)), fresh_waiting=again)


def window_of(used: Probe, other: Probe | None) -> Window:
    """Return the one window of the item's order day, over which every quantity is looked at."""
    orders = [probe.order for probe in (used, other) if probe is not None]
    return Window.around(used.situation, orders)


def before_help(
    situation: Situation, n_futures: int = N_FUTURES, seed: int = CONSEQUENCE_SEED
) -> BeforeHelp:
    """Play the time until an order of today can be there: open orders come in, nothing else.

    Args:
        situation: Today.
        n_futures: How many.
        seed: Of them.
    """
    wait = first_help(situation)
    system = SingleItemSystem([situation.problem], n_paths=n_futures)
    # No longer than looked at: for most items these draws are most of the work.
    scenario = draw_scenario([situation.problem], n_futures, max(wait, 1), seed)
    nothing = torch.zeros(n_futures, dtype=system.parameters.dtype)
    out = torch.zeros(n_futures, dtype=torch.bool)
    with torch.inference_mode():
        stocks = system.start(replace(situation, memory=None).initial(n_futures))
        for _ in range(wait):
            stocks, flows = system.step(stocks, nothing, scenario)
            out |= flows.unserved > 0
    risk = float(out.double().mean())
    return BeforeHelp(risk, wait, n_futures, seed)


def needs_waiting(probe: Probe) -> bool:
    """Whether cover alone does not say why today, or the rules raise the order far."""
    if probe.order <= 0:
        return False
    lead_time = float(probe.situation.system.parameters.lead_time_mean[0])
    covers = cover_periods(probe, probe.situation.inventory_position)
    return covers >= max(lead_time, 1.0) or is_far_more(probe)


def is_far_more(probe: Probe) -> bool:
    """Whether minimum or pack make the order last much longer than what is needed.

    At least twice the need, and what is added outlasts a lead time and a review.
    """
    if probe.raw <= 0 or probe.order < _FAR_MORE * probe.raw:
        return False
    parameters = probe.situation.system.parameters
    cycle = float(parameters.lead_time_mean[0] + parameters.review_period[0])
    return cover_periods(probe, probe.order - probe.raw) > cycle
