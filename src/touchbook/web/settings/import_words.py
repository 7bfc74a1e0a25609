"""A row of a file as it would be recorded, in the words, dates and numbers of the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from touchbook.web.settings.audit_labels import consent_said, label_of
from touchbook.web.settings.audit_words import worded
from touchbook.web.templatetags.words import day, points
from touchbook.workflows.import_records.currencies import money_words
from touchbook.workflows.import_records.date_orders import order_words
from touchbook.workflows.import_records.dates import Order
from touchbook.workflows.import_records.playbook import Practised
from touchbook.workflows.import_records.records import (
    CustomerRecord,
    Identifier,
    MomentRecord,
    OutcomeRecord,
    Record,
)

_FOUND_OUT: Mapping[str, str | Promise] = {
    "day first": gettext_lazy("the day comes first"),
    "month first": gettext_lazy("the month comes first"),
    order_words(Order.NONE): gettext_lazy("each is clear by itself"),
}


def said_of(record: Record) -> str:
    """One line that says how a row would be recorded."""
    who = _who(record.identifiers)
    if isinstance(record, CustomerRecord):
        return ", ".join([who, *_customer(record)])
    when = _when(record.at, record.offset_minutes)
    if isinstance(record, MomentRecord):
        return ", ".join([when, who, *_moment(record)])
    if isinstance(record, OutcomeRecord):
        parts = [record.outcome]
        if record.value_minor is not None:
            parts.append(money_words(record.value_minor, record.currency))
        if record.referrer:
            parts.append(_("referred by %(who)s") % {"who": _who(record.referrer)})
        return ", ".join([when, who, *parts])
    answer = record.value if record.number_value is None else worded(record.number_value)
    return ", ".join([when, who, f"{record.question}: {answer or record.words}"])


def example_of(written: str, at: datetime) -> str:
    """An instant as a format of dates writes it; what was found out where nobody said the format."""
    return at.strftime(written) if "%" in written else str(_FOUND_OUT.get(written, written))


def _customer(record: CustomerRecord) -> Iterator[str]:
    told = (("name", record.name), ("since", record.since and day(record.since)), ("timezone", record.timezone))
    yield from (f"{label_of(key)} {value}" for key, value in (*told, ("owner", record.owner)) if value)
    for name, value in record.attributes.items():
        yield f"{name.replace('_', ' ')} {worded(value)}"
    for (channel, purpose), allowed in record.consents.items():
        yield consent_said(f"{channel}/{purpose}", allowed)


def _moment(record: MomentRecord) -> Iterator[str]:
    place = record.meaning.place
    if place is not None:
        yield place.name
    yield from map(_practice, record.meaning.practices)
    if seen := len(record.witnesses) + record.unnamed:
        yield ngettext("seen by %(count)s other", "seen by %(count)s others", seen) % {"count": worded(seen)}
    if record.recovers:
        yield _("makes good %(record)s") % {"record": record.recovers}


def _practice(practice: Practised) -> str:
    return f"{'+' if practice.kind == 'deposit' else '−'} {practice.name} ({points(practice.points)})"


def _when(at: datetime, offset_minutes: int) -> str:
    """The day and the time where it happened, with how far that is from UTC."""
    local = at.astimezone(timezone(timedelta(minutes=offset_minutes)))
    zone = f"{local:%z}".replace("-", "−")
    return f"{day(local.date())}, {local:%H:%M} (UTC{zone[:3]}:{zone[3:5]})"


def _who(identifiers: Sequence[Identifier]) -> str:
    return " = ".join(f"{kind} {value}" for kind, value in identifiers) or _("an unknown guest")
