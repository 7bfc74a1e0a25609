"""Records in words, for a preview."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from touchbook.workflows.import_records.currencies import money_words
from touchbook.workflows.import_records.records import (
    CustomerRecord,
    Identifier,
    MomentRecord,
    OutcomeRecord,
    Record,
)
from touchbook.workflows.import_records.values import shown


def words_of(record: Record) -> str:
    """One line that says how a row would be recorded."""
    who = _who(record.identifiers)
    if isinstance(record, CustomerRecord):
        return ", ".join([who, *_said_of(record)])
    when = _when(record.at, record.offset_minutes)
    if isinstance(record, MomentRecord):
        return f"{when}, {who}, {_happened(record)}"
    if isinstance(record, OutcomeRecord):
        money = f", {money_words(record.value_minor, record.currency)}" if record.value_minor is not None else ""
        referred = f", referred by {_who(record.referrer)}" if record.referrer else ""
        return f"{when}, {who}: {record.outcome}{money}{referred}"
    answer = record.value if record.number_value is None else f"{record.number_value:g}"
    return f"{when}, {who}: {record.question} = {answer or shown(record.words)}"


def _happened(record: MomentRecord) -> str:
    place = record.meaning.place
    told = ", ".join(practice.words() for practice in record.meaning.practices)
    seen = len(record.witnesses) + record.unnamed
    parts = [f"{place.name if place else ''}: {told}"]
    if seen:
        parts.append(f"seen by {seen}")
    if record.recovers:
        parts.append(f"makes good {shown(record.recovers)}")
    return ", ".join(parts)


def _said_of(record: CustomerRecord) -> list[str]:
    said = [f"name {record.name}"] if record.name else []
    said += [f"since {record.since}"] if record.since else []
    said += [f"time zone {record.timezone}"] if record.timezone else []
    said += [f"owner {record.owner}"] if record.owner else []
    said += [f"{name} {value}" for name, value in record.attributes.items()]
    said += [
        f"{' '.join(filter(None, key)) or 'everything'} {'allowed' if allowed else 'not allowed'}"
        for key, allowed in record.consents.items()
    ]
    return said


def _when(at: datetime, offset_minutes: int) -> str:
    local = at.astimezone(timezone(timedelta(minutes=offset_minutes)))
    return f"{local:%Y-%m-%d %H:%M %z}".replace(" -", " −")


def _who(identifiers: tuple[Identifier, ...]) -> str:
    return " = ".join(f"{kind} {value}" for kind, value in identifiers) or "an unknown guest"
