"""The people of the club: members with what they hide, and staff with their habits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle

import numpy as np

from touchbook.world.names import Names, address_of

NOTHING = "nothing"
BARRIERS = ("price", "travel", "time", "seats", "health")
_BARRIER_SHARES = (0.32, 0.22, 0.20, 0.15, 0.11)
NEEDS = ("step-free way", "quieter place", "help with children", "help with tickets")
_NEED_SHARES = (0.20, 0.18, 0.27, 0.35)
_ZONES = ("Europe/London", "Europe/Dublin", "Europe/Madrid", "America/New_York", "Australia/Perth")
_ZONE_SHARES = (0.965, 0.012, 0.010, 0.009, 0.004)
_SEATS = (1, 2, 3, 4, 5, 6)
_SEATS_SHARES = (0.42, 0.33, 0.10, 0.10, 0.03, 0.02)
_SEAT_PRICE = 340
_DEPARTMENTS = {"operations": 14, "catering": 8, "member services": 6, "ticketing": 4}  # department -> staff

OWNING_DEPARTMENT = "member services"
OWNED_SEATS = 5


@dataclass(frozen=True, slots=True)
class Truth:
    """What nobody at the club can see.

    ``mood`` is the feeling from −2 to +2 that a member falls back to when nothing happens, ``barrier`` what keeps them
    from coming back, ``need`` what would make match day easier (both may be "nothing"), and ``outspoken`` the chance
    that they say so when something goes wrong.
    """

    mood: float
    barrier: str
    need: str
    outspoken: float


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the club's files have them, and the truth. ``annual_value`` is in pounds, ``attendance`` a share.

    ``owner`` is the code of the member of staff who looks after them; empty for most.
    """

    number: str
    name: str
    email: str
    since: date
    timezone: str
    seats: int
    account_kind: str  # person or company
    annual_value: float
    hardship: bool
    email_allowed: bool
    phone_allowed: bool
    attendance: float
    truth: Truth
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff. ``trouble`` multiplies how often things go wrong there, ``care`` how often it is made good."""

    code: str
    name: str
    department: str
    trouble: float
    care: float


def make_staff(draw: np.random.Generator) -> list[Staff]:
    """The staff: most do well, a few have habits that cost the club dear."""
    names = Names(draw)
    staff = []
    for department, count in _DEPARTMENTS.items():
        for place in range(count):
            trouble = float(np.exp(draw.normal(-0.12, 0.5)))
            name = names.person()
            code = f"{department[:1]}{place + 1:02d}"
            staff.append(Staff(code, name, department, trouble, float(np.clip(1.3 - 0.35 * trouble, 0.4, 1.3))))
    return staff


def make_members(count: int, until: date, draw: np.random.Generator) -> list[Member]:
    """*count* members who joined before *until*; a sixth of them in the last year."""
    names = Names(draw)
    return [_member(place + 1, until, names, draw) for place in range(count)]


def with_owners(members: Sequence[Member], staff: Sequence[Staff]) -> list[Member]:
    """The members, the large ones among them (companies, and families of many seats) with an owner each, by turns."""
    owners = cycle([one.code for one in staff if one.department == OWNING_DEPARTMENT])
    return [
        replace(member, owner=next(owners))
        if member.account_kind == "company" or member.seats >= OWNED_SEATS
        else member
        for member in members
    ]


def _member(number: int, until: date, names: Names, draw: np.random.Generator) -> Member:
    is_company = draw.random() < 0.05
    name = names.company() if is_company else names.person()
    is_new = draw.random() < 0.17
    years = draw.uniform(0.02, 1.0) if is_new else 1 + min(draw.gamma(1.6, 4.5), 45.0)
    seats = int(draw.integers(4, 13)) if is_company else int(draw.choice(_SEATS, p=_SEATS_SHARES))
    hardship = not is_company and bool(draw.random() < 0.06)
    price = _SEAT_PRICE * seats * draw.uniform(0.75, 1.3) * (2.2 if is_company else 0.6 if hardship else 1.0)
    mood = float(np.clip(draw.normal(0.3 + 0.1 * np.log2(1 + years / 4), 0.65), -2, 2))
    # Who feels worse more often has a reason not to come back; a newcomer more often than an old hand.
    has_barrier = draw.random() < np.clip(0.34 - 0.12 * mood + (0.08 if is_new else 0.0) + 0.2 * hardship, 0.03, 0.9)
    barrier = str(draw.choice(BARRIERS, p=_BARRIER_SHARES)) if has_barrier else NOTHING
    need = str(draw.choice(NEEDS, p=_NEED_SHARES)) if draw.random() < 0.45 else NOTHING
    return Member(
        number=f"RF{number:05d}",
        name=name,
        email=address_of(name, number),
        since=until - timedelta(days=1 + int(years * 365)),
        timezone=str(draw.choice(_ZONES, p=_ZONE_SHARES)),
        seats=seats,
        account_kind="company" if is_company else "person",
        annual_value=float(round(price / 5) * 5),
        hardship=hardship,
        email_allowed=bool(draw.random() < 0.92),
        phone_allowed=bool(draw.random() < 0.95),
        attendance=float(np.clip(draw.beta(3.2, 1.6) - (0.2 if has_barrier else 0.0), 0.03, 1.0)),
        truth=Truth(mood, barrier, need, float(draw.uniform(0.3, 0.95))),
    )
