"""What is known of a customer, in words: feeling, answers and their age, how to reach them, what they allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from touchbook.insight.feeling import Feeling
from touchbook.plan.model import Channel, Purpose, Question, ValueKind
from touchbook.planner.phrases import number
from touchbook.store import customer_now
from touchbook.store.models import AuditEntry, Consent, Customer
from touchbook.web.feelings import feeling_in_words
from touchbook.workflows.describe_customer import Described

PREFERENCES = ("preferred_channel", "reached_best", "prefers")  # attributes that say how somebody likes to be reached
CHANNELS: dict[str, str | Lazy] = {
    Channel.PHONE: _("phone"), Channel.VISIT: _("visit"), Channel.EMAIL: _("e-mail"), Channel.SMS: _("text message"),
    Channel.LETTER: _("letter"), Channel.WEBHOOK: _("webhook"),
}  # fmt: skip
PURPOSES: dict[str, str | Lazy] = {
    Purpose.INFORM: _("news"), Purpose.ASK: _("questions"), Purpose.HELP: _("help"), Purpose.HEADS_UP: _("notices"),
    Purpose.THANK: _("thanks"), Purpose.CELEBRATE: _("good wishes"), Purpose.APOLOGISE: _("apologies"),
    Purpose.INVITE: _("invitations"), Purpose.SELL: _("offers"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that was answered: the question's name, the answer in words, when, and whether it has gone stale."""

    name: str
    ask: str
    says: str
    at: datetime
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a customer said about being reached, who wrote it down, and when they said it."""

    channel: str
    purpose: str
    says: str
    allowed: bool
    said_at: datetime
    by: str


def feeling_words(feeling: Feeling, question: Question | None) -> str:
    """The level on the question's scale, and where it is going."""
    return feeling_in_words(feeling.level, feeling.trend, question.scale if question else None)


def answers(described: Described) -> tuple[list[Known], list[str]]:
    """What was answered, and the names of what was never asked or never answered. The feeling stands by itself."""
    found, missing = [], []
    for told in described.told:
        if told.value is None or told.at is None:
            missing.append(told.question.name)
        elif told.question.name != "feeling" or not told.question.scale:
            says = number(told.value)
            if told.question.scale:
                low, high = (number(end) for end in told.question.scale)
                says = gettext("%(value)s, on a scale from %(low)s to %(high)s") % {
                    "value": says, "low": low, "high": high,
                }  # fmt: skip
            found.append(Known(told.question.name, told.question.ask, says, told.at, told.is_stale))
    return found, missing


def attributes(described: Described) -> list[tuple[str, str]]:
    """What the company keeps of them, by the names of its plan."""
    if described.plan is None:
        return []
    row = described.state.to_pylist()[0]
    kept = []
    for name, attribute in described.plan.attributes.items():
        value = row.get(name)
        if value is None or name in PREFERENCES:
            continue
        if attribute.kind is ValueKind.YES_NO:
            value = gettext("yes") if value else gettext("no")
        kept.append((name.replace("_", " "), number(value)))
    return kept


def reached_by(customer: Customer) -> str:
    """How they like to be reached: what they said, else how it has been done so far."""
    for name in PREFERENCES:
        if said := customer.attributes.get(name):
            return gettext("prefers to be reached by %(channel)s") % {"channel": CHANNELS.get(str(said), str(said))}
    steps = customer_now.steps(customer.id)
    for event in ("answered", "made"):
        counted = Counter(step.channel for step in steps if step.event == event)
        if counted:
            channel, times = counted.most_common(1)[0]
            told = {"channel": CHANNELS.get(channel, channel), "times": times, "all": counted.total()}
            if event == "answered":
                return gettext("usually answers by %(channel)s (%(times)d of %(all)d answers)") % told
            return gettext("usually reached by %(channel)s (%(times)d of %(all)d touches)") % told
    return ""


def consents(customer: UUID) -> list[Allowed]:
    """What they said about being reached, the broadest first."""
    rows = sorted(
        Consent.objects.filter(customer=customer), key=lambda row: (row.channel != "", row.channel, row.purpose)
    )
    if not rows:
        return []
    trail = (
        AuditEntry.objects.filter(subject=customer, action="consent").order_by("number").values_list("after", "actor")
    )
    by = {(after.get("channel", ""), after.get("purpose", "")): actor for after, actor in trail if after}
    return [
        Allowed(
            row.channel, row.purpose, scope(row.channel, row.purpose), row.allowed,
            row.said_at or row.changed_at, by.get((row.channel, row.purpose), ""),
        )
        for row in rows
    ]  # fmt: skip


def scope(channel: str, purpose: str) -> str:
    """What a consent is about, in words."""
    way, what = CHANNELS.get(channel, channel), PURPOSES.get(purpose, purpose)
    if channel and purpose:
        return gettext("%(purpose)s by %(channel)s") % {"purpose": what, "channel": way}
    if channel:
        return gettext("everything by %(channel)s") % {"channel": way}
    if purpose:
        return gettext("%(purpose)s by any way") % {"purpose": what}
    return gettext("everything, by any way")


def listed(names: Sequence[str]) -> str:
    """Names one after the other."""
    return ", ".join(names)
