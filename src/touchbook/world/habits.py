"""What can happen to a member, how often, and how often it goes wrong.

The names are those of the starter plan for clubs; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Season = Literal["match day", "office hours", "renewal"]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A touchpoint as it is lived.

    ``rate`` is how many moments are logged per attended match, per year, or per renewal; ``trouble`` the share
    of them that goes wrong with an average member of staff. Practices carry how strongly they are felt, from 1 to 5:
    what is felt strongly happens seldom. ``amends`` is the deposit that makes a withdrawal good.
    """

    touchpoint: str
    department: str
    season: Season
    rate: float
    trouble: float
    deposits: Mapping[str, int]
    withdrawals: Mapping[str, int]
    amends: str


OCCASIONS = (
    Occasion(
        "gate", "operations", "match day", 0.20, 0.044,
        {
            "greeted by name": 2, "sorted out a phone ticket on the spot": 4,
            "took a grandparent round the queue": 3, "smiled and looked up": 1,
        },
        {'sent away with "not my gate"': 3, "rough bag search": 3, "queue that nobody explained": 2},
        "sorted out a phone ticket on the spot",
    ),
    Occasion(
        "in-seat visit", "member services", "match day", 0.115, 0.032,
        {"remembered what we talked about": 3, "brought the child a player card": 2, "asked one real question": 2},
        {"came only when renewal was due": 3, "pitched an upgrade": 2, "passed over half the row": 2},
        "remembered what we talked about",
    ),
    Occasion(
        "kiosk", "catering", "match day", 0.08, 0.062,
        {
            "remembered the usual order": 2, "replaced a spilt drink unasked": 3,
            "told how long the wait would be": 1,
        },
        {"missed the second half in a queue": 3, "sold out before half-time": 2, "wrong change and an argument": 3},
        "replaced a spilt drink unasked",
    ),
    Occasion(
        "seat move", "ticketing", "office hours", 0.06, 0.25,
        {"explained the reason early": 3, "offered two seats to choose from": 3, "checked in after the first match": 4},
        {"found out from the app": 4, "worse view for the same price": 4, "e-mail about it left unanswered": 3},
        "offered two seats to choose from",
    ),
    Occasion(
        "renewal call", "member services", "renewal", 0.60, 0.07,
        {"went over the season they had": 2, "cleared the open problem first": 4, "left the date to them": 2},
        {"read from a script": 2, "knew nothing of the complaint": 4, "pressed with the deadline": 3},
        "cleared the open problem first",
    ),
)  # fmt: skip
