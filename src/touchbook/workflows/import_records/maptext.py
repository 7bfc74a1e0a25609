"""Reading a map file's text: keys, columns and values, with every problem at its line and column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from touchbook.kernel.errors import Problem
from touchbook.kernel.language import say
from touchbook.plan.document import MappingNode, Node, ScalarNode, SequenceNode
from touchbook.workflows.import_records.values import BadValue, closest, shown


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value comes from: a column of the file, or (``index`` −1) the map itself, the same for every row."""

    column: str = ""
    index: int = -1
    constant: str = ""
    values: Mapping[str, str] = field(default_factory=dict)  # what a cell says, case folded -> what it means

    def text(self, fields: Sequence[str]) -> str:
        """The value of a row. Raises ``BadValue`` for one that the map's ``values`` do not list."""
        if self.index < 0:
            return self.constant
        text = fields[self.index].strip()
        if not self.values:
            return text
        meant = self.values.get(text.casefold())
        if meant is None:
            if not text:
                return ""
            what = say("'%(text)s' is not among the values in the map", text=shown(text))
            raise BadValue(what, say("add it to 'values' there"))
        return meant


class MapReader:
    """Takes a map's tree apart and collects what is wrong with it.

    *columns* are the file's; a column that the file lacks is a problem here, not in every row.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.problems: list[Problem] = []
        self.names = tuple(columns)
        self.columns = {name: place for place, name in enumerate(columns) if name}

    def wrong(self, node: Node | None, what: str, remedy: str) -> None:
        """Note a problem at a node, or (None) one of the whole map."""
        line, column = (node.line, node.column) if node is not None else (0, 0)
        self.problems.append(Problem(line, column, what, remedy))

    def unknown(self, node: Node, what: str, name: str, known: Iterable[str], remedy: str = "") -> None:
        """A name that is not among the known ones, with the nearest one as remedy."""
        listed = list(known)
        near = closest(name, listed)
        some = ", ".join(say("'%(text)s'", text=word) for word in listed[:8]) + (" …" if len(listed) > 8 else "")
        meant = say("did you mean '%(name)s'", name=near) if near else ""
        self.wrong(node, what, meant or remedy or say("write one of %(words)s", words=some))

    def keys(self, node: MappingNode, allowed: Sequence[str], where: str) -> dict[str, Node]:
        """The values of a mapping's keys; keys that mean nothing here are problems."""
        found: dict[str, Node] = {}
        for name, entry in node.entries.items():
            if name in allowed:
                found[name] = entry.value
            else:
                what = say("'%(name)s' means nothing %(where)s", name=name, where=where)
                self.unknown(entry.key, what, name, allowed)
        return found

    def text(self, node: Node | None, what: str) -> str:
        """A single piece of text; "" and a problem for anything else."""
        if node is None:
            return ""
        if not isinstance(node, ScalarNode) or not node.value.strip():
            remedy = say("write %(what)s as one text", what=what)
            self.wrong(node, say("%(what)s is not a single text", what=what), remedy)
            return ""
        return node.value.strip()

    def texts(self, node: Node, what: str) -> list[tuple[ScalarNode, str]]:
        """One text, or a list of them, each with its place. An empty text in quotes counts."""
        nodes = node.items if isinstance(node, SequenceNode) else (node,)
        found = []
        for part in nodes:
            if isinstance(part, ScalarNode) and (part.value.strip() or part.quoted):
                found.append((part, part.value.strip()))
            else:
                remedy = say("write %(what)s as a text, or a list of texts", what=what)
                self.wrong(part, say("%(what)s is not a text", what=what), remedy)
        return found

    def index(self, node: Node, name: str) -> int:
        """Where a column stands in the file's rows; −1 and a problem when the file has no such column."""
        place = self.columns.get(name)
        if place is None:
            self.unknown(node, say("the file has no column '%(name)s'", name=name), name, self.columns)
            return -1
        return place

    def cell(
        self, node: Node | None, what: str, *, extra: Sequence[str] = (), fixed: bool = False
    ) -> tuple[Cell | None, dict[str, Node]]:
        """A column: its name, or ``{column: NAME, values: {…}}``; with *fixed*, ``{value: TEXT}`` too.

        Returns the cell (None with a problem) and the nodes of the *extra* keys.
        """
        if node is None:
            return None, {}
        if isinstance(node, ScalarNode):
            name = self.text(node, what)
            place = self.index(node, name) if name else -1
            return (Cell(name, place) if place >= 0 else None), {}
        if not isinstance(node, MappingNode):
            self.wrong(node, say("%(what)s is a list", what=what), say("write the name of a column"))
            return None, {}
        where = say("under %(what)s", what=what)
        found = self.keys(node, ("column", "values", *(("value",) if fixed else ()), *extra), where)
        if "value" in found and "column" not in found:
            constant = self.text(found["value"], say("the value of %(what)s", what=what))
            return (Cell(constant=constant) if constant else None), found
        if "column" not in found:
            column, either = say("add 'column: NAME'"), say("add 'column: NAME' or 'value: TEXT'")
            self.wrong(node, say("%(what)s names no column", what=what), either if fixed else column)
            return None, found
        name = self.text(found["column"], say("the column of %(what)s", what=what))
        place = self.index(found["column"], name) if name else -1
        values = self.values(found.get("values"), what)
        return (Cell(name, place, values=values) if place >= 0 else None), found

    def values(self, node: Node | None, what: str) -> dict[str, str]:
        """What the cells of a column mean: ``{cell: meaning}``."""
        if node is None:
            return {}
        if not isinstance(node, MappingNode):
            what = say("the values of %(what)s are not a list of pairs", what=what)
            self.wrong(node, what, say("write 'values: {in the file: meaning}'"))
            return {}
        return {
            key.casefold(): self.text(entry.value, say("the meaning of '%(key)s'", key=key))
            for key, entry in node.entries.items()
        }
