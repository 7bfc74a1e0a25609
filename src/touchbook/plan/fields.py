"""Reading the keys of one section: typed values come out, and every problem is noted with its place.

Knows documents and schemas, not plans: import maps are read with it too. A value that cannot be read is noted and
replaced by its default, so that reading goes on and all problems are found at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from touchbook.kernel.errors import Problem
from touchbook.kernel.language import say, say_digits
from touchbook.plan import forms
from touchbook.plan.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from touchbook.plan.forms import FormError, cut, shown, suggestion
from touchbook.plan.schema import Key, Section

Value = TypeVar("Value")
MAX_NAME = 200


@dataclass(slots=True)
class Notes:
    """Where problems are noted."""

    problems: list[Problem] = field(default_factory=list)

    def error(self, node: Node, what: str, remedy: str, rule: str = "") -> None:
        """Note an error at a place."""
        self.problems.append(Problem(node.line, node.column, what, remedy, rule=rule))

    def warning(self, node: Node, what: str, remedy: str, rule: str = "") -> None:
        """Note a warning at a place."""
        self.problems.append(Problem(node.line, node.column, what, remedy, "warning", rule))


@dataclass(slots=True)
class Fields:
    """The keys of one section, read by its schema. ``title`` is how messages call the section."""

    section: Section
    node: MappingNode
    notes: Notes
    title: str

    def __post_init__(self) -> None:
        for name, entry in self.node.entries.items():
            if name not in self.section.names:
                known = ", ".join(self.section.names)
                otherwise = say("remove it, or use one of: %(known)s", known=known)
                what = say("unknown key %(key)s in %(title)s", key=shown(name), title=self.title)
                self.notes.error(entry.key, what, suggestion(name, self.section.names, otherwise), "unknown-key")
        for name in self.section.required:
            if self.find(name) is None:
                what = say("%(title)s has no '%(key)s'", title=self.title, key=name)
                remedy = say("write '%(text)s'", text=f"{name}: {self.section.key(name).example}")
                self.notes.error(self.node, what, remedy, "missing-key")

    def find(self, name: str) -> Node | None:
        """The value of a key, or None when the key is not there or has no value."""
        entry = self.node.entries.get(name)
        if entry is None or (isinstance(entry.value, ScalarNode) and entry.value.empty):
            return None
        return entry.value

    def scalar(self, name: str) -> ScalarNode | None:
        """The value of a key that must be plain text."""
        node = self.find(name)
        if node is None or isinstance(node, ScalarNode):
            return node
        example = self.section.key(name).example
        key = self.key_title(name)
        a_list, keys = say("%(key)s has a list", key=key), say("%(key)s has keys of its own", key=key)
        what = a_list if isinstance(node, SequenceNode) else keys
        self.notes.error(node, what, say("write one value, such as %(example)s", example=example), "form")
        return None

    def read(self, name: str, form: Callable[[str], Value], default: Value) -> Value:
        """The value of a key in a given form, within the key's range."""
        node = self.scalar(name)
        if node is None:
            return default
        value = read_scalar(node, form, default, self.key_title(name), self.notes)
        if isinstance(value, int | float) and not self._in_range(node, self.section.key(name), float(value)):
            return default
        return value

    def _in_range(self, node: ScalarNode, key: Key, value: float) -> bool:
        if (key.least is None or value >= key.least) and (key.most is None or value <= key.most):
            return True
        percent = key.form == "share"
        limits = [limit if limit is not None else 0.0 for limit in (key.least, key.most)]
        low, high = (f"{limit * 100:g}%" if percent else f"{limit:,.10g}" for limit in limits)
        what = say(
            "%(key)s is %(value)s, outside %(low)s to %(high)s",
            key=self.key_title(key.name),
            value=shown(node.value),
            low=say_digits(low),
            high=say_digits(high),
        )
        self.notes.error(node, what, say("write a value such as %(example)s", example=key.example), "range")
        return False

    def text(self, name: str, default: str = "") -> str:
        """One line of text."""
        node = self.scalar(name)
        return default if node is None else " ".join(node.value.split())

    def word(self, name: str, default: str) -> str:
        """One of the key's choices."""
        return self.read(name, lambda text: forms.one_of(text, self.section.key(name).choices, name), default)

    def names(self, name: str) -> tuple[ScalarNode, ...]:
        """One name or a list of names, each with its place; repeated names are noted and dropped."""
        node = self.find(name)
        if node is None:
            return ()
        if isinstance(node, MappingNode):
            what = say("%(key)s has keys of its own", key=self.key_title(name))
            self.notes.error(node, what, say("write a list: [one, two]"), "form")
            return ()
        seen: dict[str, ScalarNode] = {}
        for item in (node,) if isinstance(node, ScalarNode) else node.items:
            if not isinstance(item, ScalarNode) or item.empty:
                what = say("%(key)s has an item that is no name", key=self.key_title(name))
                self.notes.error(item, what, say("write plain names"), "form")
            elif item.value in seen:
                what = say("%(text)s is in this list twice", text=shown(item.value))
                self.notes.error(item, what, say("keep one of the two"), "form")
            else:
                seen[item.value] = item
        return tuple(seen.values())

    def mapping(self, name: str, shape: str) -> MappingNode | None:
        """The value of a key that must have keys of its own; *shape* shows how."""
        node = self.find(name)
        if node is None or isinstance(node, MappingNode):
            return node
        what = say("%(key)s should have keys of its own", key=self.key_title(name))
        self.notes.error(node, what, say("write %(text)s", text=shape), "form")
        return None

    def key_title(self, name: str) -> str:
        """How messages call a key of the section."""
        return say("'%(key)s' in %(title)s", key=name, title=self.title)


def read_scalar(node: Node, form: Callable[[str], Value], default: Value, title: str, notes: Notes) -> Value:
    """One value in a form; when it cannot be read, that is noted and the default returned."""
    if not isinstance(node, ScalarNode):
        notes.error(node, say("%(title)s should be one value", title=title), say("write plain text there"), "form")
        return default
    try:
        return form(" ".join(node.value.split()))
    except FormError as error:
        notes.error(node, say("%(title)s: %(what)s", title=title, what=error.what), error.remedy, "form")
        return default


def named(node: MappingNode, title: Callable[[str], str], notes: Notes) -> Iterator[tuple[str, Entry]]:
    """The names of a section with their values; names that are too long are noted.

    *title* gives how messages call what has a name.
    """
    for name, entry in node.entries.items():
        if len(name) > MAX_NAME:
            what = say(
                "the name of %(title)s is longer than %(most)s characters", title=title(cut(name)), most=MAX_NAME
            )
            notes.error(entry.key, what, say("shorten it"), "form")
        elif name != " ".join(name.split()):
            what = say("the name of %(title)s has stray spaces", title=title(cut(name)))
            notes.error(entry.key, what, say("remove them"), "form")
        else:
            yield name, entry
