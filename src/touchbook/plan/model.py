"""What a plan says, once it has been read and found sound: frozen values, nothing else.

``loader.load`` makes a ``Plan`` from text. The attributes' names are the plan file's keys with the unit last
(``half_life: 180 days`` is ``half_life_days``), and mappings keep the order of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from touchbook.kernel.language import ENGLISH

OWNER = "owner"
"""As a touch's team: whoever owns the relationship with the customer makes it."""
EACH_OWNER = "each owner"
"""As a capacity: the minutes of every one of them."""
CONTACTS = "contacts"
"""As the key of a limit: days on which anybody reached out, which the contact ceiling counts."""


class Purpose(StrEnum):
    """Why a touch is made."""

    INFORM = "inform"
    ASK = "ask"
    HELP = "help"
    HEADS_UP = "heads-up"
    THANK = "thank"
    CELEBRATE = "celebrate"
    APOLOGISE = "apologise"
    INVITE = "invite"
    SELL = "sell"


class Channel(StrEnum):
    """How a touch reaches a customer."""

    PHONE = "phone"
    VISIT = "visit"
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    WEBHOOK = "webhook"


SERVING = ("front line", "manager", "strategist", "administrator")
"""The roles that serve customers, by which a plan says who may offer what."""

AT_ONCE = frozenset({Channel.PHONE, Channel.VISIT, Channel.SMS})
"""Channels by which people disturb people at once; what a program sends can wait until the morning."""


class ValueKind(StrEnum):
    """The type of a column, as plans write it."""

    NUMBER = "number"
    TEXT = "text"
    YES_NO = "yes/no"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Condition:
    """A boolean (or, for worth, numeric) SQL expression over the columns of a customer's state.

    ``sql`` is the checked expression, normalised, in DuckDB's dialect; ``columns`` are the state columns it reads.
    """

    text: str
    sql: str
    columns: frozenset[str]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Success:
    """What the company calls success, and what a kept customer brings."""

    outcome: str
    kind: Literal["renewal", "repeat"]
    worth: Condition  # money in units of the currency, per period
    period_days: float = 365.0
    discount: float = 0.10  # per period


@dataclass(frozen=True, slots=True)
class Attribute:
    """A fact about customers that the company keeps: its name and type."""

    name: str
    kind: ValueKind


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that will be taken, the intelligence it needs, and the touches that act on it."""

    decision: str
    needs: tuple[str, ...]
    acts: tuple[str, ...]
    review: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A question put to customers: a scale or choices (neither means free text), good for some days."""

    name: str
    ask: str
    good_for_days: float
    scale: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class LedgerTerms:
    """The ledger's parameters; see ``ledger.terms.Terms`` for what they do."""

    half_life_days: float = 180.0
    unresolved_half_life_days: float = 540.0
    asymmetry: float = 2.5
    witness: float = 0.4
    engaged_at: float = 10.0


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A kind of moment, with its practices: name -> impact from 1 to 5."""

    name: str
    deposits: Mapping[str, int]
    withdrawals: Mapping[str, int]
    stage: str = ""
    department: str = ""
    channel: str = ""
    outreach: bool = False  # its moments begin with us, and so count against the contact ceiling
    line: int = 0


@dataclass(frozen=True, slots=True)
class Recovery:
    """What may be offered to make good a withdrawal: to whom it belongs to do so, where, and within which limits."""

    name: str
    points: float  # the most that it gives back
    money: float = 0.0  # the most that it may cost, in units of the currency
    by: tuple[str, ...] = ()  # roles; empty means everybody who serves
    at: tuple[str, ...] = ()  # touchpoints; empty means every one
    line: int = 0

    def is_for(self, role: str, touchpoint: str) -> bool:
        """Whether somebody of a role may offer it for what went wrong at a touchpoint."""
        return (not self.by or role in self.by) and (not self.at or touchpoint in self.at)


@dataclass(frozen=True, slots=True)
class Script:
    """What to say, in four steps; where one is empty, the words usual for the touch's purpose are said."""

    open: str = ""
    listen: str = ""
    help: str = ""
    close: str = ""


@dataclass(frozen=True, slots=True)
class Touch:
    """One planned outreach, and to whom it may go.

    ``effect`` is the lift in the log-odds of staying, and ``accept`` the chance that a sale is accepted; None means
    the purpose's default (``planner.values``).
    """

    name: str
    purpose: Purpose
    channel: Channel
    team: str | None = None
    minutes: float = 0.0
    to: tuple[str, ...] = ()  # types; empty means every type
    when: Condition | None = None
    must: bool = False
    asks: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()  # the choices of a question that this touch helps with
    content: str = ""
    once: bool = False
    cooldown_days: float = 90.0
    revenue: float = 0.0  # of an accepted sale, in units of the currency
    cost: float = 0.0  # in money, beside the minutes
    accept: float | None = None
    effect: float | None = None
    script: Script = Script()
    line: int = 0


@dataclass(frozen=True, slots=True)
class AtMost:
    """At most ``count`` touches in any window of ``days``; ``key`` is ``any``, ``contacts``, a channel or a purpose."""

    key: str
    count: int
    days: float


@dataclass(frozen=True, slots=True)
class Guardrails:
    """What the plan forbids or limits for each customer."""

    rest_days: float = 7.0
    at_most: tuple[AtMost, ...] = ()
    sales_share: float | None = None  # of all touches in a plan
    never_sell_when: Condition | None = None
    quiet_hours: tuple[str, str] | None = None  # ("21:00", "08:00"), the customer's own time
    working_hours: tuple[str, str] = ("09:00", "17:00")  # when touches are made, in the plan's time zone
    contact_ceiling: AtMost | None = None  # of days on which anybody reached out: touches and outreach moments
    in_the_moment: float = 0.0  # share of every capacity that a week's plan leaves for who asks in the moment
    hold_out: float = 0.0  # share of each touch's customers kept from it at random


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is scarce: a team's minutes, a channel's messages, or money, per ``days``."""

    name: str
    kind: Literal["minutes", "messages", "money"]
    amount: float
    days: float = 7.0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan, read and sound."""

    name: str
    currency: str
    timezone: str
    success: Success
    types: Mapping[str, Condition]
    touchpoints: Mapping[str, Touchpoint]
    touches: Mapping[str, Touch]
    recoveries: Mapping[str, Recovery] = field(default_factory=dict)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    intelligence: tuple[Decision, ...] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)
    ledger: LedgerTerms = LedgerTerms()
    guardrails: Guardrails = Guardrails()
    capacity: Mapping[str, Capacity] = field(default_factory=dict)
    language: str = ENGLISH
