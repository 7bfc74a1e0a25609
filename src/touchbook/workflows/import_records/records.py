"""Rows become records: every cell is read, and everything that is wrong with a row is found at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, TypeVar

from touchbook.kernel.language import say, say_digits
from touchbook.plan.model import Plan, Question, ValueKind
from touchbook.workflows.import_records.currencies import currency_of
from touchbook.workflows.import_records.dates import EARLIEST, Dates, Order, zone_named
from touchbook.workflows.import_records.mapping import OUTCOMES, Identity, RecordMap
from touchbook.workflows.import_records.maptext import Cell
from touchbook.workflows.import_records.reading import Row
from touchbook.workflows.import_records.rules import SKIPPED, Meaning
from touchbook.workflows.import_records.values import (
    READERS,
    BadValue,
    closest,
    count,
    minor_units,
    number,
    shown,
    yes_or_no,
)

KEY_CHARACTERS_MAX = 200
IDENTIFIER_CHARACTERS_MAX = 300
CODE_CHARACTERS_MAX = 100
SEPARATOR = ";"  # between several identifiers in one cell
Identifier = tuple[str, str]  # kind and value
T = TypeVar("T")


class Reject(NamedTuple):
    """A row that was set aside: where, what is wrong, and what to do."""

    row: Row
    column: str
    value: str
    problem: str
    remedy: str


class MomentRecord(NamedTuple):
    """One moment as the file has it, in Touchbook's terms."""

    row: Row
    key: str
    at: datetime
    offset_minutes: int
    identifiers: tuple[Identifier, ...]
    attributes: dict[str, Any]
    meaning: Meaning
    staff: str
    channel: str
    note: str
    witnesses: tuple[Identifier, ...]
    unnamed: int
    recovers: str


class CustomerRecord(NamedTuple):
    """What a file says of one customer; None and missing keys are not said."""

    row: Row
    identifiers: tuple[Identifier, ...]
    name: str
    since: date | None
    timezone: str
    owner: str  # the code of a member of staff
    attributes: dict[str, Any]
    consents: dict[tuple[str, str], bool]  # (channel, purpose)


class OutcomeRecord(NamedTuple):
    """One outcome."""

    row: Row
    key: str
    at: datetime
    offset_minutes: int
    identifiers: tuple[Identifier, ...]
    outcome: str
    value_minor: int | None
    currency: str
    referrer: tuple[Identifier, ...]


class AnswerRecord(NamedTuple):
    """One answer."""

    row: Row
    key: str
    at: datetime
    offset_minutes: int
    identifiers: tuple[Identifier, ...]
    question: str
    value: str
    number_value: float | None
    words: str


_NO_MONEY: tuple[int | None, str] = (None, "")
_NO_ANSWER: tuple[str, float | None] = ("", None)
Record = MomentRecord | CustomerRecord | OutcomeRecord | AnswerRecord
_NOWHEN = (EARLIEST, 0)  # never stored: its row is rejected


class Converter:
    """Turns rows into records, rejects, or (None) nothing, for a row that is skipped.

    *orders* are those of the map's columns of dates, *today* is the present instant, *columns* are the file's. Rows
    must come in the file's order, from its first on: where the map names no id, equal rows are told apart by how
    often they came.
    """

    def __init__(
        self, mapped: RecordMap, plan: Plan, orders: dict[str, Order], today: datetime, columns: Sequence[str] = ()
    ) -> None:
        self.map, self.plan, self._columns = mapped, plan, list(columns)
        self._dates = {
            name: Dates(cell.zone, today, cell.format, orders.get(name, Order.NONE))
            for name, cell in (("at", mapped.at), ("since", mapped.since))
            if cell is not None
        }
        self._counted: dict[bytes, int] = {}
        self._faults: list[tuple[BadValue, str, str]] = []
        self._convert: Callable[[Row], Record | None] = {
            "moments": self._moment,
            "customers": self._customer,
            "outcomes": self._outcome,
            "answers": self._answer,
        }[mapped.kind]
        self._key = ""
        self._questions_folded = {name.casefold(): name for name in plan.questions}

    def convert(self, row: Row) -> Record | Reject | None:
        """The record of a row."""
        if row.trouble is not None:
            return Reject(row, "", shown(row.fields[0]) if row.fields else "", *row.trouble)
        if not any(row.fields):
            return None
        self.count(row)
        self._faults = []
        record = self._convert(row)
        if not self._faults:
            return record
        columns = dict.fromkeys(column for _, column, _ in self._faults)
        return Reject(
            row,
            "; ".join(filter(None, columns)),
            self._faults[0][2],
            "; ".join(error.problem for error, _, _ in self._faults),
            "; ".join(dict.fromkeys(error.remedy for error, _, _ in self._faults)),
        )

    def count(self, row: Row) -> None:
        """Note a row that was dealt with before: for the count of equal ones, where the map names no id."""
        if self.map.id is not None or self.map.kind == "customers" or row.trouble is not None:
            return
        digest = hashlib.blake2b(digest_size=16)
        for index in self.map.used:
            digest.update(row.fields[index].strip().encode(errors="replace") + b"\x1f")
        content = digest.digest()
        times = self._counted[content] = self._counted.get(content, 0) + 1
        self._key = f"content:{content.hex()}:{times}"

    def _moment(self, row: Row) -> MomentRecord | None:
        fields, mapped = row.fields, self.map
        meaning = self._deciding(fields)
        if meaning is SKIPPED:
            return None
        key = self._identify(fields)
        at, offset = self._when(fields)
        record = MomentRecord(
            row,
            key,
            at,
            offset,
            self._who(fields),
            self._attributes(fields) if mapped.attributes else {},
            meaning,
            self._limited(mapped.staff, fields, CODE_CHARACTERS_MAX) if mapped.staff else "",
            self._limited(mapped.channel, fields, 20) if mapped.channel else "",
            self._text(mapped.note, fields) if mapped.note else "",
            self._several(mapped.witnesses, fields) if mapped.witnesses else (),
            meaning.unnamed_witnesses if mapped.unnamed is None else self._read(mapped.unnamed, fields, count, 0),
            self._key_of(self._text(mapped.recovers, fields)) if mapped.recovers else "",
        )
        if record.recovers and not any(practice.kind == "deposit" for practice in meaning.practices):
            what = say("the row makes good '%(name)s' without a deposit", name=shown(record.recovers))
            self._fault(mapped.recovers, fields, BadValue(what, say("name the practice that made it good")))
        return record

    def _customer(self, row: Row) -> CustomerRecord:
        fields, mapped = row.fields, self.map
        since = self._since(fields)
        zone = self._text(mapped.timezone, fields)
        if zone and zone_named(zone) is None:
            what = say("'%(name)s' is not a time zone", name=shown(zone))
            wrong = BadValue(what, say("write a name such as Europe/London"))
            self._fault(mapped.timezone, fields, wrong)
        consents: dict[tuple[str, str], bool] = {}
        for consent in mapped.consents:
            if self._text(consent.cell, fields):
                allowed = self._read(consent.cell, fields, yes_or_no, default=False)
                consents[consent.channel, consent.purpose] = allowed
        who, name = self._who(fields), self._limited(mapped.name, fields, 300)
        owner = self._limited(mapped.owner, fields, CODE_CHARACTERS_MAX)
        return CustomerRecord(row, who, name, since, zone, owner, self._attributes(fields), consents)

    def _outcome(self, row: Row) -> OutcomeRecord:
        fields, mapped = row.fields, self.map
        at, offset = self._when(fields)
        outcome = self._text(mapped.outcome, fields)
        known = (*OUTCOMES, self.plan.success.outcome)
        if outcome not in known:
            outcome = outcome.casefold()
        if outcome not in known:
            what = say("'%(name)s' is no outcome", name=shown(outcome)) if outcome else say("the outcome is missing")
            self._fault(mapped.outcome, fields, BadValue(what, _one_of(dict.fromkeys(known))))
        said = self._text(mapped.currency, fields).upper()
        if said and not (len(said) == 3 and said.isalpha() and said.isascii()):
            what = say("'%(name)s' is no currency", name=shown(said))
            wrong = BadValue(what, say("write three letters, such as GBP"))
            self._fault(mapped.currency, fields, wrong)
            said = ""
        money, currency = self._read(mapped.value, fields, lambda text: self._money(text, said), _NO_MONEY)
        referrer = self._several(mapped.referrer, fields)[:1] if mapped.referrer else ()
        return OutcomeRecord(
            row, self._identify(fields), at, offset, self._who(fields), outcome[:40], money,
            currency, referrer,
        )  # fmt: skip

    def _money(self, text: str, said: str) -> tuple[int | None, str]:
        currency = currency_of(text, said, self.plan.currency)
        return minor_units(text, currency), currency

    def _answer(self, row: Row) -> AnswerRecord:
        fields, mapped = row.fields, self.map
        at, offset = self._when(fields)
        written = self._text(mapped.question, fields)
        question = self.plan.questions.get(self._questions_folded.get(written.casefold(), written))
        value, figure = _NO_ANSWER
        words = self._text(mapped.words, fields)
        if question is None:
            near = closest(written, self.plan.questions)
            unknown, missing = (
                say("'%(name)s' is no question of the plan", name=shown(written)),
                say("the question is missing"),
            )
            remedy = say("did you mean '%(name)s'", name=near) if near else say("correct it, or add it to the plan")
            self._fault(mapped.question, fields, BadValue(unknown if written else missing, remedy))
        else:
            value, figure = self._read(mapped.value, fields, lambda text: _answer_to(question, text), _NO_ANSWER)
            given = bool(self._text(mapped.value, fields))
            if not given and (question.scale or question.choices or not words):
                wrong = BadValue(say("the answer is missing"), say("fill it in, or remove the row"))
                self._fault(mapped.value, fields, wrong)
        name = question.name if question else ""
        key = self._key_of(f"{self._identify(fields)}/{name}")
        return AnswerRecord(row, key, at, offset, self._who(fields), name, value, figure, words)

    def _deciding(self, fields: Sequence[str]) -> Meaning:
        try:
            return self.map.decider.meaning(fields) if self.map.decider else SKIPPED
        except BadValue as error:
            place = self._columns.index(error.column) if error.column in self._columns else -1
            self._faults.append((error, error.column, shown(fields[place]) if place >= 0 else ""))
            return Meaning(None)

    def _identify(self, fields: Sequence[str]) -> str:
        if self.map.id is None:
            return self._key
        text = self._text(self.map.id, fields)
        if not text:
            remedy = say("fill it in; without 'id' in the map rows are told apart by content")
            wrong = BadValue(say("the id is missing"), remedy)
            self._fault(self.map.id, fields, wrong)
        return self._key_of(text)

    @staticmethod
    def _key_of(text: str) -> str:
        if len(text) <= KEY_CHARACTERS_MAX:
            return text
        return f"digest:{hashlib.blake2b(text.encode(), digest_size=32).hexdigest()}"

    def _when(self, fields: Sequence[str]) -> tuple[datetime, int]:
        mapped = self.map.at
        return (
            _NOWHEN if mapped is None else self._read(mapped.cell, fields, self._dates["at"].instant, None) or _NOWHEN
        )

    def _since(self, fields: Sequence[str]) -> date | None:
        if self.map.since is None or not self._text(self.map.since.cell, fields):
            return None
        return self._read(self.map.since.cell, fields, self._dates["since"].joined, None)

    def _who(self, fields: Sequence[str]) -> tuple[Identifier, ...]:
        if len(self.map.identities) == 1:
            identity = self.map.identities[0]
            found = _identifier(identity.kind, self._text(identity.cell, fields))
            who: tuple[Identifier, ...] = (found,) if found[1] else ()
        else:
            parts = (_identifier(one.kind, self._text(one.cell, fields)) for one in self.map.identities)
            who = tuple(dict.fromkeys(part for part in parts if part[1]))
        if not who and self.map.kind != "moments":
            wrong = BadValue(say("the customer is missing"), say("fill in who it was"))
            self._fault(self.map.identities[0].cell if self.map.identities else None, fields, wrong)
        if who and max([len(value) for _, value in who]) > IDENTIFIER_CHARACTERS_MAX:
            what = say("an identifier is longer than %(most)s characters", most=IDENTIFIER_CHARACTERS_MAX)
            wrong = BadValue(what, say("shorten it"))
            self._fault(self.map.identities[0].cell, fields, wrong)
        return who

    def _several(self, identity: Identity, fields: Sequence[str]) -> tuple[Identifier, ...]:
        parts = self._text(identity.cell, fields).split(SEPARATOR)
        found = (_identifier(identity.kind, part.strip()[:IDENTIFIER_CHARACTERS_MAX]) for part in parts)
        return tuple(dict.fromkeys(one for one in found if one[1]))

    def _attributes(self, fields: Sequence[str]) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for attribute in self.map.attributes:
            if not self._text(attribute.cell, fields):
                continue
            read = _day_text if attribute.kind is ValueKind.DATE else READERS[attribute.kind]
            value = self._read(attribute.cell, fields, read, None)
            if value is not None:
                said[attribute.name] = value
        return said

    def _text(self, cell: Cell | None, fields: Sequence[str]) -> str:
        if cell is None:
            return ""
        if cell.index >= 0 and not cell.values:
            return fields[cell.index].strip()
        try:
            return cell.text(fields)
        except BadValue as error:
            self._fault(cell, fields, error)
            return ""

    def _limited(self, cell: Cell | None, fields: Sequence[str], characters_max: int) -> str:
        text = self._text(cell, fields)
        if len(text) > characters_max:
            what = say("the text is longer than %(most)s characters", most=characters_max)
            self._fault(cell, fields, BadValue(what, say("shorten it")))
        return text

    def _read(self, cell: Cell | None, fields: Sequence[str], read: Callable[[str], T], default: T) -> T:
        """A cell's value; *default* when the cell is empty (a date must be there) or wrong."""
        text = self._text(cell, fields)
        if (not text and default is not None) or cell is None:
            return default
        if not text and (self.map.at is None or cell is not self.map.at.cell):
            return default
        try:
            return read(text)
        except BadValue as error:
            self._fault(cell, fields, error)
            return default

    def _fault(self, cell: Cell | None, fields: Sequence[str], error: BadValue) -> None:
        if cell is None:
            self._faults.append((error, "", ""))
        elif not any(fault[0].problem == error.problem and fault[1] == cell.column for fault in self._faults):
            value = fields[cell.index] if cell.index >= 0 else cell.constant
            self._faults.append((error, cell.column, shown(value)))


def _identifier(kind: str, value: str) -> Identifier:
    return kind, value.lower() if kind in ("email", "e-mail") else value


def _one_of(words: Iterable[str]) -> str:
    return say("write one of %(words)s, or list it under 'values' in the map", words=", ".join(words))


_DAYS = Dates(UTC, EARLIEST)


def _day_text(text: str) -> str:
    return _DAYS.day(text).isoformat()


def _answer_to(question: Question, text: str) -> tuple[str, float | None]:
    """An answer as text, and as a number where the question has a scale."""
    if question.scale:
        low, high = question.scale
        value = number(text)
        if not low <= value <= high:
            what = say(
                "'%(text)s' is outside the scale of '%(name)s', %(low)s to %(high)s",
                text=shown(text),
                name=question.name,
                low=say_digits(f"{low:g}"),
                high=say_digits(f"{high:g}"),
            )
            raise BadValue(what, say("correct it, or translate it under 'values' in the map"))
        return "", value
    if question.choices:
        by_fold = {choice.casefold(): choice for choice in question.choices}
        if text.casefold() not in by_fold:
            what = say("'%(text)s' is none of the choices of '%(name)s'", text=shown(text), name=question.name)
            words = ", ".join(question.choices)
            raise BadValue(what, say("write one of %(words)s, or translate it under 'values' in the map", words=words))
        return by_fold[text.casefold()], None
    if len(text) > 200:
        raise BadValue(say("the answer is longer than 200 characters"), say("put it into the column of 'words'"))
    return text, None
