"""A sale costs goodwill, as much as a question earns: an offer that nobody asked for is a small withdrawal. It brings
its revenue when it is accepted, which few do."""

from __future__ import annotations

from touchbook.plan.model import Purpose, Touch
from touchbook.planner.values.belief import Belief, believe

ACCEPT = 0.03


def expected_sales(touch: Touch) -> float:
    """The money that a sale is expected to bring at once; 0 for what is no sale."""
    if touch.purpose is not Purpose.SELL:
        return 0.0
    return (ACCEPT if touch.accept is None else touch.accept) * touch.revenue


believe(Belief(Purpose.SELL, -0.06, str(__doc__), beside={"chance that an offer is accepted": ACCEPT}))
