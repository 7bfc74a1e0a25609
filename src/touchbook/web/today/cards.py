"""A touch as the page shows it: who, why now, what to say, what is known and what is not yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.plan.model import Plan, Question
from touchbook.store.known import REACHED_BY, Known, known_of
from touchbook.store.people import Person
from touchbook.store.queries import terms_in_force
from touchbook.store.today import Due
from touchbook.web.templatetags.words import signed
from touchbook.web.today.scripts import Step, script_for
from touchbook.web.today.words import BY, FEELINGS, MADE, NO_ANSWER

Words = str | Promise
_FELT_AT_LEAST_POINTS = 0.5


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known, and since when: a label, a text, and the instant, if there is one."""

    label: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be tapped."""

    value: str
    text: Words


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the plan that an outcome may bring an answer to. Without choices it takes a free text."""

    name: str
    ask: str
    choices: Sequence[Choice]
    ends: tuple[str, str] = ("", "")
    typed: str = ""

    @property
    def most(self) -> str:
        """The last choice."""
        return self.choices[-1].value if self.choices else ""


@dataclass(slots=True)
class Card:
    """One touch on the list."""

    due: Due
    id: UUID
    customer_name: str
    by: str
    made: str
    no_answer: str
    is_mine: bool
    is_taken: bool
    is_later: bool
    overdue: bool
    reached_at: str = ""
    steps: list[Step] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    unknown: list[Fact] = field(default_factory=list)


def cards_of(person: Person, dues: Sequence[Due]) -> list[Card]:
    """The cards of some touches; whatever is known of their customers is asked for at once."""
    known = known_of({due.customer for due in dues}, terms_in_force(), now()) if dues else {}
    return [card_of(person, due, known.get(due.customer) or Known()) for due in dues]


def card_of(person: Person, due: Due, known: Known) -> Card:
    """One card."""
    today, zone = timezone.localdate(), timezone.get_current_timezone()
    touch = due.plan.touches.get(due.name)
    name = due.customer_name or _("a customer without a name")
    taken = due.is_taken(today, zone)
    kinds = REACHED_BY.get(due.channel, ())
    return Card(
        due=due,
        id=mint(now()),
        customer_name=name,
        by=str(BY.get(due.channel, due.channel)),
        made=str(MADE.get(due.channel, _("Done"))),
        no_answer=str(NO_ANSWER.get(due.channel, "")),
        is_mine=taken and due.by == person.id,
        is_taken=taken and due.by != person.id,
        is_later=due.state in ("tried", "deferred"),
        overdue=due.due_on < today,
        reached_at=next((known.identifiers[kind] for kind in kinds if kind in known.identifiers), ""),
        steps=script_for(due.plan, touch, name, person.name) if touch else [],
        facts=list(_facts(due.plan, known)),
        unknown=list(_unknown(due, known)),
    )


def asked_of(due: Due, typed: Mapping[str, str]) -> list[Asked]:
    """The plan's questions as an outcome's form has them, the touch's own first; *typed*: what was chosen before."""
    touch = due.plan.touches.get(due.name)
    first = [name for name in (touch.asks if touch else ()) if name in due.plan.questions]
    names = [*first, *(name for name in due.plan.questions if name not in first)]
    return [_asked(due.plan.questions[name], typed.get(f"answer-{name}", "")) for name in names]


def _asked(question: Question, typed: str) -> Asked:
    if question.scale is None:
        return Asked(question.name, question.ask, [Choice(one, one) for one in question.choices], typed=typed)
    low, high = (int(end) for end in question.scale)
    if question.name == "feeling" and (low, high) == (-2, 2):
        return Asked(question.name, question.ask, [Choice(str(n), text) for n, text in FEELINGS.items()], typed=typed)
    if high - low > 10 or (low, high) != question.scale:
        return Asked(question.name, question.ask, (), typed=typed)
    choices = [Choice(str(number), f"{number}".replace("-", "−")) for number in range(low, high + 1)]
    return Asked(question.name, question.ask, choices, (_("not at all"), _("very much")), typed)


def _facts(plan: Plan, known: Known) -> Iterable[Fact]:
    if known.last:
        yield Fact(_("Last with us"), known.last[0], known.last[1])
    for name, question in plan.questions.items():
        said = known.answers.get(name)
        if said is not None and (now() - said.at).days <= question.good_for_days:
            yield Fact(name, _said(question, said.value, said.number), said.at)
    if known.balance is not None:
        text = signed(known.balance)
        if known.open_points >= _FELT_AT_LEAST_POINTS:
            text = _("%(balance)s, with %(points)s points not yet made good") % {
                "balance": text, "points": f"{known.open_points:.1f}",
            }  # fmt: skip
        yield Fact(_("Balance"), text)
    for what, due_on in known.promises[:2]:
        yield Fact(_("Promised"), what, datetime.combine(due_on, datetime.min.time(), timezone.get_current_timezone()))


def _said(question: Question, value: str, number: float | None) -> str:
    if number is None:
        return value
    if question.name == "feeling" and question.scale == (-2.0, 2.0):
        return f"{FEELINGS[max(-2, min(2, round(number)))]} ({number:+g})".replace("-", "−")
    high = question.scale[1] if question.scale else 0.0
    return _("%(number)s of %(most)s") % {"number": f"{number:g}", "most": f"{high:g}"}


def _unknown(due: Due, known: Known) -> Iterable[Fact]:
    """The questions that nobody has answered, or whose answer is too old; the touch's own first."""
    for asked in asked_of(due, {}):
        said = known.answers.get(asked.name)
        if said is None:
            yield Fact(asked.name, asked.ask)
        elif (now() - said.at).days > due.plan.questions[asked.name].good_for_days:
            yield Fact(asked.name, asked.ask, said.at)
