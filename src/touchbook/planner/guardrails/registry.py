"""The list of guardrails: what each is told, and the ways in which it may speak.

A *bar* keeps customers from a touch. A *family* says how many of some touches a customer may still get in the week. A
*share* is a capacity that all customers have in common; *owners* have one each, for the customers who are theirs. A
*reserve* is left of every capacity. A *draw* keeps back some of what was chosen. A guardrail may speak in several of
these ways, and it has one sentence for all of them: why one customer does not get a touch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from touchbook.kernel.language import say
from touchbook.plan.model import Plan, Touch
from touchbook.planner.phrases import money
from touchbook.planner.population import Floats, Mask, Population
from touchbook.planner.solver.problem import Owners, nobody


@dataclass(frozen=True, slots=True)
class Facts:
    """What a guardrail may look at. ``since`` has the days since each touch was last made."""

    plan: Plan
    population: Population
    since: Mapping[str, Floats]
    never_sell: Mask


@dataclass(frozen=True, slots=True)
class Family:
    """Touches of which each customer may get only so many more: which (T), and how many (n)."""

    member: Mask
    room: Floats


@dataclass(frozen=True, slots=True)
class Share:
    """A capacity that all customers share, for the week.

    ``use`` (T): what one touch takes, below 0 where it gives. ``called``: what it is when little of it is left.
    ``one_more`` and ``size``: the amount that a person would buy more of, and how many units that is. ``whose``: whose
    time it is, where it is somebody's.
    """

    name: str
    use: Floats
    available: float
    called: str
    one_more: str
    size: float = 1.0
    whose: str = ""

    def price_phrase(self, price: float, currency: str) -> str:
        """What one unit more is worth, as a manager understands it: “one more hour of care is worth £138”."""
        worth = money(price * self.size, currency)
        return say("%(one_more)s is worth %(worth)s", one_more=self.one_more, worth=worth)


Bar = Callable[[Facts, Touch], Mask | None]
Sentence = Callable[[Facts, Touch, int], str]
Draw = Callable[[Plan, Population, Mask], Mask]


def _keeps_nobody(_facts: Facts, _touch: Touch) -> Mask | None:
    return None


def _no_family(_plan: Plan, _population: Population) -> Sequence[Family]:
    return ()


def _no_share(_plan: Plan) -> Sequence[Share]:
    return ()


def _no_owner(_plan: Plan, _population: Population) -> Owners:
    return nobody()


def _nothing(_plan: Plan) -> float:
    return 0.0


def _no_draw(_plan: Plan, _population: Population, chosen: Mask) -> Mask:
    return chosen & False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """One guardrail, and what it says in each of the ways that there are; it is silent where nothing is given.

    ``sentence``: why one customer does not get a touch. ``bar``: who is kept from a touch (n; None: nobody).
    ``reserve``: the share of every capacity that it leaves. ``draw``: what it keeps back of the chosen touches (n × T).
    ``binds_must``: whether its bar holds for touches that must be made. ``lasting``: whether neither time nor an
    answer opens what it bars.
    """

    name: str
    sentence: Sentence
    bar: Bar = _keeps_nobody
    families: Callable[[Plan, Population], Sequence[Family]] = _no_family
    shares: Callable[[Plan], Sequence[Share]] = _no_share
    owners: Callable[[Plan, Population], Owners] = _no_owner
    reserve: Callable[[Plan], float] = _nothing
    draw: Draw = _no_draw
    binds_must: bool = True
    lasting: bool = False


GUARDRAILS: dict[str, Guardrail] = {}


def register(guardrail: Guardrail) -> None:
    """Put a guardrail on the list, under its name."""
    GUARDRAILS[guardrail.name] = guardrail
