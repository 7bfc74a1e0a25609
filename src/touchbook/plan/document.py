"""YAML text as a tree that knows where everything stands, and nothing about plans.

Every scalar stays the text that was written: ``no``, ``1:30`` and ``0123`` mean what the reader of a key decides, so
YAML's guesses cannot spring a trap. Anchors, aliases and tags are refused, which also keeps small texts small.
Everything that is wrong is a ``Problem`` with its line and column. Used for plans and for the map files of imports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from touchbook.kernel.errors import Problem
from touchbook.kernel.language import say, say_digits
from touchbook.plan.forms import shown
from touchbook.plan.syntax import MAX_CHARACTERS, syntax_problem, undecodable, unreadable_characters

MAX_DEPTH = 20
MAX_PARTS = 10_000  # keys, values and items; a plan for a large house has a tenth
MAX_LINE = 10_000  # characters; a condition has at most 4,000
MAX_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A piece of text. ``line`` and ``column`` count from 1; ``start`` and ``end`` are offsets into the text."""

    value: str
    line: int
    column: int
    start: int
    end: int
    quoted: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing at all was written."""
        return not self.quoted and self.value == ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value."""

    key: ScalarNode
    value: Node


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys with values, in the order of the text; a key that came twice keeps its first value."""

    entries: Mapping[str, Entry]
    line: int
    column: int
    start: int
    end: int
    flow: bool = False


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int
    start: int
    end: int
    flow: bool = False


Node = ScalarNode | MappingNode | SequenceNode


@dataclass(frozen=True, slots=True)
class Document:
    """What could be read of a text (``root`` is None when nothing could), with all that is wrong with it as YAML."""

    text: str
    root: MappingNode | None
    problems: tuple[Problem, ...] = ()

    def at(self, path: tuple[str | int, ...]) -> Node | None:
        """The value at a path of keys and list positions, or None."""
        node: Node | None = self.root
        for step in path:
            if isinstance(node, MappingNode) and isinstance(step, str) and step in node.entries:
                node = node.entries[step].value
            elif isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.items):
                node = node.items[step]
            else:
                return None
        return node

    def place(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        """Line and column of the key at a path, or of the nearest part of the path that is there; (0, 0) if none."""
        for length in range(len(path), 0, -1):
            parent, last = self.at(path[: length - 1]), path[length - 1]
            if isinstance(parent, MappingNode) and isinstance(last, str) and last in parent.entries:
                key = parent.entries[last].key
                return key.line, key.column
            node = self.at(path[:length])
            if node is not None:
                return node.line, node.column
        return (0, 0)


def decode(data: bytes) -> str:
    """UTF-8 bytes as text, without a byte order mark. Raises UnicodeDecodeError."""
    return data.decode("utf-8").removeprefix("\ufeff")


def read(text: str | bytes) -> Document:
    """Read a YAML text whose top is a mapping. Never raises for what the text says; see ``Document.problems``."""
    if len(text) > MAX_CHARACTERS:
        most = say_digits(f"{MAX_CHARACTERS:,}")
        what = say("the text is longer than %(most)s characters, which no file of this kind needs", most=most)
        return Document("", None, (Problem(0, 0, what, say("check that this is the right file")),))
    try:
        text = decode(text) if isinstance(text, bytes) else text.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        return Document("", None, (undecodable(error.object, error.start),))
    strange = unreadable_characters(text) or _long_line(text)
    if strange:
        return Document(text, None, strange)
    builder = _Builder()
    root: MappingNode | None = None
    try:
        root = builder.document(YAML(typ="safe", pure=True).parse(text))
    except _GivenUp as error:
        builder.problems.append(error.problem)
    except MarkedYAMLError as error:
        builder.problems.append(syntax_problem(error, text))
    except (YAMLError, RecursionError, ValueError):
        builder.problems.append(Problem(0, 0, say("the text is not YAML"), say("write it as 'key: value' lines")))
    return Document(text, root, tuple(sorted(builder.problems)))


def _long_line(text: str) -> tuple[Problem, ...]:
    """The first line that is too long for any plan: reading on might take longer than anybody waits."""
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            has, most = say_digits(f"{len(line):,}"), say_digits(f"{MAX_LINE:,}")
            what = say("this line has %(has)s characters, and %(most)s are allowed", has=has, most=most)
            return (Problem(number, 1, what, say("break it into several lines")),)
    return ()


class _GivenUp(Exception):
    """What is read is too deep, too large or too wrong to read on."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


@dataclass(slots=True)
class _Builder:
    """Builds the tree from the parser's events; aliases never expand, because they are never followed."""

    problems: list[Problem] = field(default_factory=list)
    parts: int = 0

    def document(self, events: Iterator[Event]) -> MappingNode | None:
        top: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    remedy = say("keep one document and remove this '---'")
                    self._problem(event, say("a second document begins here"), remedy)
                    break
            elif isinstance(event, NodeEvent):
                top = self._node(event, events, 0)
        if isinstance(top, MappingNode):
            return top
        if top is None or (isinstance(top, ScalarNode) and top.empty):
            remedy = say("write at least its first 'key: value' line")
            self.problems.append(Problem(0, 0, say("the file is empty"), remedy))
        else:
            a_list, a_text = say("the file is a list at its top"), say("the file is a single piece of text at its top")
            what, remedy = a_list if isinstance(top, SequenceNode) else a_text, say("write 'key: value' lines there")
            self.problems.append(Problem(top.line, top.column, what, remedy, rule="syntax"))
        return None

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        if depth > MAX_DEPTH:
            line, column = _place(event)
            what = say("brackets or indents are nested more than %(most)s deep here", most=MAX_DEPTH)
            raise _GivenUp(Problem(line, column, what, say("flatten this part")))
        self.parts += 1
        if self.parts > MAX_PARTS:
            most = say_digits(f"{MAX_PARTS:,}")
            what = say("the text has more than %(most)s names and values, which no file of this kind needs", most=most)
            raise _GivenUp(Problem(*_place(event), what, say("check that this is the right file")))
        self._refuse_extras(event)
        line, column = _place(event)
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, ScalarEvent):
            quoted = event.style in ("'", '"', "|", ">")
            return ScalarNode(event.value, line, column, start, end, quoted)
        if isinstance(event, MappingStartEvent):
            entries, end = self._entries(events, depth)
            return MappingNode(entries, line, column, start, end, bool(event.flow_style))
        if isinstance(event, SequenceStartEvent):
            items, end = self._items(events, depth)
            return SequenceNode(items, line, column, start, end, bool(event.flow_style))
        return ScalarNode("", line, column, start, end)  # an alias, already refused

    def _entries(self, events: Iterator[Event], depth: int) -> tuple[dict[str, Entry], int]:
        entries: dict[str, Entry] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                return entries, event.end_mark.index
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, ScalarNode):
                self._problem(
                    event, say("a key in brackets or braces"), say("write a plain name, or put quotes around it")
                )
            elif key.empty and not isinstance(event, AliasEvent):
                self._problem(event, say("a value without a key"), say("write a name before the ':'"))
            elif key.value in entries:
                first = entries[key.value].key.line
                what = say(
                    "%(text)s stands here a second time; the first is on line %(line)s",
                    text=shown(key.value),
                    line=first,
                )
                self._problem(event, what, say("keep one of the two"), rule="duplicate-key")
            else:
                entries[key.value] = Entry(key, value)
        raise AssertionError("a mapping always ends with its own event")

    def _items(self, events: Iterator[Event], depth: int) -> tuple[tuple[Node, ...], int]:
        items: list[Node] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                return tuple(items), event.end_mark.index
            items.append(self._node(event, events, depth + 1))
        raise AssertionError("a list always ends with its own event")

    def _refuse_extras(self, event: Event) -> None:
        anchor = getattr(event, "anchor", None)
        if isinstance(event, AliasEvent):
            what = say("'%(text)s' repeats another part of the file", text=f"*{anchor}")
            self._problem(event, what, say("write that part out, or put quotes around a text that begins with '*'"))
        elif anchor:
            what = say("'%(text)s' names a part of the file", text=f"&{anchor}")
            self._problem(event, what, say("remove it, or put quotes around a text that begins with '&'"))
        tag = getattr(event, "ctag", None) if isinstance(event, NodeEvent) else None
        if tag and not isinstance(event, AliasEvent):
            remedy = say("remove it, or put quotes around a text that begins with '!'")
            self._problem(event, say("'%(tag)s' is a YAML tag", tag=tag), remedy)

    def _problem(self, event: Event, what: str, remedy: str, rule: str = "syntax") -> None:
        line, column = _place(event)
        self.problems.append(Problem(line, column, what, remedy, rule=rule))
        if len(self.problems) >= MAX_PROBLEMS:
            what = say("after so many mistakes the rest was not read")
            raise _GivenUp(Problem(line, column, what, say("mend those above")))


def _place(event: Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
