"""The map of an import: which column of a file means what, checked against the file and the plan in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from touchbook.kernel.errors import MapInvalid, Problem
from touchbook.kernel.language import say
from touchbook.plan.document import MappingNode, Node, ScalarNode, SequenceNode, read
from touchbook.plan.model import Channel, Plan, Purpose, ValueKind
from touchbook.workflows.import_records.dates import is_format, zone_named
from touchbook.workflows.import_records.maptext import Cell, MapReader
from touchbook.workflows.import_records.playbook import Playbook
from touchbook.workflows.import_records.rules import Decider, by_columns, by_rules, read_rules
from touchbook.workflows.import_records.values import BadValue, yes_or_no

RecordKind = Literal["moments", "customers", "outcomes", "answers"]
KINDS: tuple[RecordKind, ...] = ("moments", "customers", "outcomes", "answers")
OUTCOMES = ("renewed", "returned", "bought", "referred", "left")
CUSTOMER_KIND = "customer"  # of an identifier whose map names no kind

_FILE = ("source", "delimiter", "encoding", "timezone")
_WHO = ("customer", "customers")
KEYS: dict[RecordKind, tuple[str, ...]] = {
    "moments": (
        *_FILE, "id", "at", *_WHO, "staff", "channel", "note", "attributes",
        "entries", "touchpoint", "practice", "witnesses", "unnamed_witnesses", "recovers",
    ),
    "customers": (*_FILE, *_WHO, "name", "since", "owner", "attributes", "hardship", "consents"),
    "outcomes": (*_FILE, "id", "at", *_WHO, "outcome", "value", "currency", "referrer"),
    "answers": (*_FILE, "id", "at", *_WHO, "question", "value", "words"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateCell:
    """A column of dates: its ``strptime`` format (empty: found out) and the zone of times that name none."""

    cell: Cell
    format: str
    zone: ZoneInfo
    line: int
    place: int  # the column in the map's text


@dataclass(frozen=True, slots=True)
class Identity:
    """A column of identifiers of one kind."""

    cell: Cell
    kind: str


@dataclass(frozen=True, slots=True)
class AttributeCell:
    """A column with an attribute that the plan declares."""

    name: str
    kind: ValueKind
    cell: Cell


@dataclass(frozen=True, slots=True)
class ConsentCell:
    """A column that says whether a channel or a purpose is allowed; an empty one means all of them."""

    cell: Cell
    channel: str
    purpose: str


@dataclass(frozen=True, slots=True)
class RecordMap:
    """What a map says, once it has been found sound. What it does not mention is None or empty."""

    kind: RecordKind
    source: str
    identities: tuple[Identity, ...] = ()
    id: Cell | None = None
    at: DateCell | None = None
    decider: Decider | None = None
    staff: Cell | None = None
    channel: Cell | None = None
    note: Cell | None = None
    witnesses: Identity | None = None
    unnamed: Cell | None = None
    recovers: Cell | None = None
    attributes: tuple[AttributeCell, ...] = ()
    question: Cell | None = None
    outcome: Cell | None = None
    value: Cell | None = None
    words: Cell | None = None
    currency: Cell | None = None
    referrer: Identity | None = None
    name: Cell | None = None
    since: DateCell | None = None
    timezone: Cell | None = None
    owner: Cell | None = None
    consents: tuple[ConsentCell, ...] = ()
    used: tuple[int, ...] = ()  # the columns that tell rows without an id apart


@dataclass(frozen=True, slots=True)
class FileTerms:
    """What a map says of the file itself, known before the file is opened."""

    delimiter: str
    encoding: str


def file_terms(text: bytes, source: str) -> FileTerms:
    """The delimiter and the encoding that a map prescribes, "" where it does not. Raises ``MapInvalid``."""
    document = read(text)
    if document.root is None:
        raise MapInvalid(document.problems, source)
    said = {}
    for key in ("delimiter", "encoding"):
        node = document.at((key,))
        said[key] = node.value if isinstance(node, ScalarNode) else ""
    words = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|", "\\t": "\t"}
    delimiter = words.get(said["delimiter"], said["delimiter"])
    if len(delimiter) > 1:
        line, column = document.place(("delimiter",))
        what = say("'%(text)s' is not a delimiter", text=delimiter)
        raise MapInvalid([Problem(line, column, what, say("write one character, or tab"))], source)
    return FileTerms(delimiter, said["encoding"].strip())


def load(
    text: bytes, kind: RecordKind, columns: Sequence[str], plan: Plan, playbook: Playbook, source: str = ""
) -> RecordMap:
    """Read a map for one kind of record.

    *columns* are the file's, *playbook* what the plan in force knows, *source* the map's name in messages.
    Raises ``MapInvalid`` with every problem at once.
    """
    document = read(text)
    if document.root is None:
        raise MapInvalid(document.problems, source)
    loader = _Loader(MapReader(columns), document.root, kind, plan, playbook)
    mapped = loader.record_map()
    problems = (*document.problems, *loader.reader.problems)
    if problems:
        raise MapInvalid(problems, source)
    return mapped


def _key(name: str) -> str:
    """How messages call a key of the map."""
    return say("'%(text)s'", text=name)


def _in_map_of(kind: RecordKind) -> str:
    words: dict[RecordKind, str] = {
        "moments": say("in a map of moments"),
        "customers": say("in a map of customers"),
        "outcomes": say("in a map of outcomes"),
        "answers": say("in a map of answers"),
    }
    return words[kind]


class _Loader:
    def __init__(self, reader: MapReader, root: MappingNode, kind: RecordKind, plan: Plan, playbook: Playbook) -> None:
        self.reader, self.root, self.kind, self.plan, self.playbook = reader, root, kind, plan, playbook
        self.found = reader.keys(root, KEYS[kind], _in_map_of(kind))
        self._used: set[int] = set()
        self.zone = self._zone()

    def record_map(self) -> RecordMap:
        required = ["source"] if self.kind == "customers" else ["source", "at"]
        required += {"outcomes": ["outcome"], "answers": ["question", "value"]}.get(self.kind, [])
        for key in required:
            if key not in self.found:
                source = say("add '%(key)s: …' with where the records come from", key=key)
                column = say("add '%(key)s: …' with a column of the file", key=key)
                remedy = source if key == "source" else column
                self.reader.wrong(None, say("the map has no '%(key)s'", key=key), remedy)
        identities = self._identities()
        if not identities and self.kind != "moments":
            what = say("the map does not say who the customers are")
            self.reader.wrong(None, what, say("add 'customer: COLUMN'"))
        fixed = ("channel", "outcome", "question", "currency")
        plain = {
            key: self._cell(key, fixed=key in fixed)
            for key in (
                "id",
                "staff",
                "channel",
                "note",
                "recovers",
                "question",
                "outcome",
                "value",
                "words",
                "currency",
                "name",
                "owner",
            )
        }
        return RecordMap(
            kind=self.kind,
            source=self.reader.text(self.found.get("source"), say("the source"))[:100],
            identities=identities,
            at=self._date("at"),
            decider=self._decider() if self.kind == "moments" else None,
            witnesses=self._identity("witnesses"),
            unnamed=self._cell("unnamed_witnesses", fixed=True),
            referrer=self._identity("referrer"),
            attributes=self._attributes(),
            since=self._date("since"),
            timezone=self._cell("timezone", fixed=True) if self.kind == "customers" else None,
            consents=self._consents(),
            used=tuple(sorted(self._used)),
            **plain,
        )

    def _cell(self, key: str, *, fixed: bool = False) -> Cell | None:
        cell, _ = self.reader.cell(self.found.get(key), _key(key), fixed=fixed)
        if cell is not None and key in ("outcome", "question", "channel"):
            self._check_meanings(key, cell)
        return self._note_use(cell)

    def _note_use(self, cell: Cell | None) -> Cell | None:
        if cell is not None and cell.index >= 0:
            self._used.add(cell.index)
        return cell

    def _check_meanings(self, key: str, cell: Cell) -> None:
        known: Sequence[str] = {
            "outcome": (*OUTCOMES, self.plan.success.outcome),
            "question": tuple(self.plan.questions),
            "channel": (),
        }[key]
        for meaning in {cell.constant, *cell.values.values()} - {""}:
            if known and meaning not in known:
                question = say("'%(name)s' is no question of the plan", name=meaning)
                outcome = say("'%(name)s' is no outcome", name=meaning)
                what = question if key == "question" else outcome
                self.reader.unknown(self.found[key], what, meaning, dict.fromkeys(known))

    def _zone(self) -> ZoneInfo:
        """The zone of times that name none: the map's, or the plan's."""
        node = self.found.get("timezone")
        if isinstance(node, ScalarNode) and self.kind != "customers":
            return self._zone_named(node)
        return zone_named(self.plan.timezone) or ZoneInfo("UTC")

    def _zone_named(self, node: Node) -> ZoneInfo:
        name = self.reader.text(node, say("the time zone"))
        zone = zone_named(name)
        if zone is None:
            if name:
                what = say("'%(name)s' is not a time zone", name=name)
                self.reader.wrong(node, what, say("write a name such as Europe/London"))
            return ZoneInfo("UTC")
        return zone

    def _date(self, key: str) -> DateCell | None:
        cell, extra = self.reader.cell(self.found.get(key), _key(key), extra=("format", "timezone"))
        zone = self._zone_named(extra["timezone"]) if "timezone" in extra else self.zone
        written = self.reader.text(extra.get("format"), say("the format"))
        if written and not is_format(written):
            what = say("'%(text)s' is not a format of dates", text=written)
            remedy = say("write it with %%d, %%m, %%Y, %%H and %%M, as in %(example)s", example='"%d/%m/%Y %H:%M"')
            self.reader.wrong(extra["format"], what, remedy)
        self._note_use(cell)
        node = self.found.get(key)
        return None if cell is None or node is None else DateCell(cell, written, zone, node.line, node.column)

    def _identities(self) -> tuple[Identity, ...]:
        nodes: list[Node] = []
        for key in _WHO:
            node = self.found.get(key)
            nodes += node.items if isinstance(node, SequenceNode) else [node] if node is not None else []
        if all(key in self.found for key in _WHO):
            what = say("both 'customer' and 'customers' are there")
            self.reader.wrong(self.found["customers"], what, say("keep one of them"))
        return tuple(
            identity for node in nodes if (identity := self._identity_at(node, say("the customer"))) is not None
        )

    def _identity(self, key: str) -> Identity | None:
        node = self.found.get(key)
        return None if node is None else self._identity_at(node, _key(key))

    def _identity_at(self, node: Node, what: str) -> Identity | None:
        cell, extra = self.reader.cell(node, what, extra=("kind",))
        kind = self.reader.text(extra.get("kind"), say("the kind of identifier")) or CUSTOMER_KIND
        self._note_use(cell)
        return None if cell is None else Identity(cell, kind[:100])

    def _decider(self) -> Decider | None:
        direct = [key for key in ("touchpoint", "practice") if key in self.found]
        if "entries" in self.found:
            if direct:
                what = say("'%(key)s' stands beside 'entries'", key=direct[0])
                self.reader.wrong(self.found[direct[0]], what, say("keep one of the two"))
            lists = read_rules(self.reader, self.found["entries"], self.playbook)
            self._used.update(index for rules in lists for rule in rules for index, _ in rule.tests)
            return by_rules(lists, self.reader.names)
        if len(direct) < 2:
            remedy = say("add 'entries:' with rules, or both 'touchpoint: COLUMN' and 'practice: COLUMN'")
            self.reader.wrong(None, say("the map does not say what happened in a moment"), remedy)
            return None
        touchpoint, practice = self._cell("touchpoint", fixed=True), self._cell("practice", fixed=True)
        if touchpoint is None or practice is None:
            return None
        for meaning in {touchpoint.constant, *touchpoint.values.values()} - {""}:
            if self.playbook.place(meaning) is None:
                what = say("the plan has no touchpoint '%(name)s'", name=meaning)
                self.reader.unknown(self.found["touchpoint"], what, meaning, self.playbook.places)
        practices = {one.name for place in self.playbook.places.values() for one in place.practices}
        for meaning in {practice.constant, *practice.values.values()} - {""}:
            if not any(place.named(meaning) for place in self.playbook.places.values()) and ";" not in meaning:
                what = say("the plan has no practice '%(name)s'", name=meaning)
                self.reader.unknown(self.found["practice"], what, meaning, practices)
        return by_columns(touchpoint, practice, self.playbook)

    def _attributes(self) -> tuple[AttributeCell, ...]:
        kinds = {name: attribute.kind for name, attribute in self.plan.attributes.items()}
        kinds.setdefault("hardship", ValueKind.YES_NO)
        cells = []
        node = self.found.get("attributes")
        if node is not None and not isinstance(node, MappingNode):
            remedy = say("write 'attributes: {attribute: COLUMN}'")
            self.reader.wrong(node, say("'attributes' is not a list of pairs"), remedy)
        entries = dict(node.entries) if isinstance(node, MappingNode) else {}
        for name, entry in entries.items():
            cell, _ = self.reader.cell(entry.value, _key(name))
            if name not in kinds:
                remedy = say("add '%(name)s: text' to the plan's attributes", name=name)
                what = say("the plan declares no attribute '%(name)s'", name=name)
                self.reader.unknown(entry.key, what, name, kinds, remedy)
            elif cell is not None:
                self._note_use(cell)
                cells.append(AttributeCell(name, kinds[name], cell))
        hardship = self._cell("hardship")
        if hardship is not None:
            cells.append(AttributeCell("hardship", kinds["hardship"], hardship))
        return tuple(cells)

    def _consents(self) -> tuple[ConsentCell, ...]:
        node = self.found.get("consents")
        if node is None:
            return ()
        if not isinstance(node, SequenceNode):
            remedy = say("write '- {column: NAME, channel: email}' lines")
            self.reader.wrong(node, say("'consents' is not a list"), remedy)
            return ()
        consents = []
        for item in node.items:
            cell, extra = self.reader.cell(item, say("a consent"), extra=("channel", "purpose"))
            channel = self._one_of(extra.get("channel"), "channel", [one.value for one in Channel])
            purpose = self._one_of(extra.get("purpose"), "purpose", [one.value for one in Purpose])
            for meaning in cell.values.values() if cell else ():
                self._checked(item, yes_or_no, meaning)
            if cell is not None:
                self._note_use(cell)
                consents.append(ConsentCell(cell, channel, purpose))
        return tuple(consents)

    def _one_of(self, node: Node | None, key: Literal["channel", "purpose"], known: Sequence[str]) -> str:
        channel, purpose = say("the channel"), say("the purpose")
        text = self.reader.text(node, channel if key == "channel" else purpose)
        if node is not None and text and text not in known:
            channel, purpose = say("'%(name)s' is no channel", name=text), say("'%(name)s' is no purpose", name=text)
            self.reader.unknown(node, channel if key == "channel" else purpose, text, known)
        return text

    def _checked(self, node: Node, read_value: Callable[[str], object], text: str) -> None:
        try:
            read_value(text)
        except BadValue as error:
            self.reader.wrong(node, error.problem, error.remedy)
