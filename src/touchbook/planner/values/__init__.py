"""Values: what a touch is believed to do, one file a purpose, and what that is worth in money.

The files register their beliefs; all numbers stand in one table, ``docs/reference/beliefs.md``, made from them.
"""

from touchbook.planner.values import (  # noqa: F401, I001  (the order is that of the purposes)
    inform,
    ask,
    help,  # noqa: A004
    heads_up,
    thank,
    celebrate,
    apologise,
    invite,
    sell,
)
from touchbook.planner.values.belief import BELIEFS, Belief, lift
from touchbook.planner.values.money import act_values, at_stake, gains, goodwill_cost, worth_of
from touchbook.planner.values.sell import expected_sales

__all__ = [
    "BELIEFS", "Belief", "act_values", "at_stake", "expected_sales", "gains", "goodwill_cost", "lift", "worth_of",
]  # fmt: skip
