"""Changing the text of a plan without disturbing it: comments, order and layout stay as their owner wrote them.

A value is replaced where it stands; nothing else of the text is touched. ``normalise`` is the one function that lays
out anew, and it keeps the comments too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode as YamlScalar
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

from touchbook.kernel.errors import PlanInvalid
from touchbook.plan.document import Document, Entry, MappingNode, Node, ScalarNode, SequenceNode, read

Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]
Path = tuple[str | int, ...]
_TEXT = Tag(suffix="tag:yaml.org,2002:str")
_WIDTH = 120
_INDENT = 2


class _TextResolver(VersionedResolver):
    """Takes every scalar for text, so that 007, 1:30 and no are printed as they were written."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """The tag of a node: text for a scalar."""
        return _TEXT if kind is YamlScalar else super().resolve(kind, value, implicit)


def set_value(text: str, path: Path, value: Value) -> str:
    """The text with the value at a path of keys and list positions replaced, or a new last key added.

    Keys above the last one must be there. ``None`` removes the key with its value. Raises PlanInvalid when the text
    is no YAML, KeyError when the path leads nowhere.
    """
    document = read(text)
    if document.root is None or document.problems:
        raise PlanInvalid(document.problems)
    text = document.text
    if not path:
        raise KeyError(path)
    found = document.at(path)
    if value is None:
        return _removed(document, path)
    if found is not None:
        changed = _replaced(text, found, value)
    else:
        parent, key = document.at(path[:-1]), path[-1]
        if not isinstance(parent, MappingNode) or not isinstance(key, str):
            raise KeyError(path)
        changed = _added(text, parent, key, value)
    return _proven(changed, path, value)


def normalise(text: str) -> str:
    """The whole plan laid out anew: two spaces of indent, no trailing spaces, one line feed at the end.

    Comments, order and quotation marks stay. Raises PlanInvalid when the text is no YAML.
    """
    document = read(text)
    if document.root is None or document.problems:
        raise PlanInvalid(document.problems)
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=_INDENT, sequence=_INDENT + 2, offset=_INDENT)
    yaml.Resolver = _TextResolver
    out = StringIO()
    yaml.dump(yaml.load(document.text), out)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join(lines).strip("\n") + "\n"


def as_text(value: Value) -> str:
    """A value as YAML on one line, with quotation marks only where they are needed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.12g}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(key)}: {as_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(as_text(item) for item in value) + "]"
    return _quoted(value or "")


def _quoted(text: str) -> str:
    """A text that reads back as itself wherever it stands, in braces too."""
    if _reads_back(text, text):
        return text
    if all(character.isprintable() for character in text):
        return "'" + text.replace("'", "''") + "'"
    escaped = "".join(_ESCAPED.get(character, character) for character in text)
    return f'"{escaped}"'


_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x85": "\\N"}


def _reads_back(written: str, text: str) -> bool:
    """Whether what is written is that text as a key, in a list in braces, and alone after a colon."""
    document = read(f"a: {{{written}: [{written}]}}\nb: {written}\n")
    places = [document.at(path) for path in (("a", text, 0), ("b",))]
    alone = isinstance(items := document.at(("a", text)), SequenceNode) and len(items.items) == 1
    if document.problems or not alone:
        return False
    return all(isinstance(place, ScalarNode) and place.value == text and not place.empty for place in places)


def _replaced(text: str, node: Node, value: Value) -> str:
    written = as_text(value)
    start, end = node.start, _end(text, node)
    if isinstance(node, MappingNode | SequenceNode) and not node.flow:
        # The keys begin on the lines after their own key; the new value takes its place beside that key.
        head = text[:start].rstrip()
        return f"{head} {written}{text[end:]}"
    if isinstance(node, ScalarNode) and node.empty:
        # The parser places what is not there at the next token; the colon of its key is the last one before that.
        colon = text.rindex(":", 0, start + 1)
        return f"{text[: colon + 1]} {written}{text[colon + 1 :]}"
    return text[:start] + written + text[end:]


def _added(text: str, parent: MappingNode, key: str, value: Value) -> str:
    entry = f"{_quoted(key)}: {as_text(value)}"
    if parent.flow:
        closing = parent.end - 1
        head = text[:closing].rstrip()
        return f"{head}{', ' if parent.entries else ''}{entry}{text[closing:]}"
    last = list(parent.entries.values())[-1]
    end = _end(text, last.value)
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    indent = " " * (parent.column - 1)
    return f"{text[:line_end]}\n{indent}{entry}{text[line_end:] or chr(10)}"


def _removed(document: Document, path: Path) -> str:
    parent, key = document.at(path[:-1]), path[-1]
    if not isinstance(parent, MappingNode) or not isinstance(key, str) or key not in parent.entries:
        raise KeyError(path)
    text, entry = document.text, parent.entries[key]
    if len(parent.entries) == 1:
        raise KeyError(path)
    changed = _removed_flow(text, parent, entry) if parent.flow else _removed_block(text, entry)
    after = read(changed)
    if after.problems or after.at(path) is not None:
        raise KeyError(path)
    return changed


def _removed_flow(text: str, parent: MappingNode, entry: Entry) -> str:
    entries = list(parent.entries.values())
    index = entries.index(entry)
    if index + 1 < len(entries):
        return text[: entry.key.start] + text[entries[index + 1].key.start :]
    return text[: _end(text, entries[index - 1].value)] + text[_end(text, entry.value) :]


def _removed_block(text: str, entry: Entry) -> str:
    start = text.rfind("\n", 0, entry.key.start) + 1
    end = max(_end(text, entry.value), entry.key.end)
    line_end = text.find("\n", end)
    return text[:start] + (text[line_end + 1 :] if line_end >= 0 else "")


def _end(text: str, node: Node) -> int:
    """Where a value's own text ends: block mappings and lists end with their last part, not at the next token."""
    if isinstance(node, ScalarNode) or node.flow:
        return node.end if node.end <= node.start else len(text[: node.end].rstrip())
    parts: list[Node]
    if isinstance(node, MappingNode):
        parts = [part for entry in node.entries.values() for part in (entry.key, entry.value)]
    else:
        parts = list(node.items)
    ends = [_end(text, part) for part in parts if not (isinstance(part, ScalarNode) and part.empty)]
    return max(ends, default=node.start)


def _proven(changed: str, path: Path, value: Value) -> str:
    """The changed text, once it is proven to say what it should."""
    after = read(changed)
    if after.problems or not _says(after.at(path), value):
        raise KeyError(path)
    return changed


def _says(node: Node | None, value: Value) -> bool:
    if isinstance(value, Mapping):
        return isinstance(node, MappingNode) and all(
            key in node.entries and _says(node.entries[key].value, item) for key, item in value.items()
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return isinstance(node, SequenceNode) and all(map(_says, node.items, value))
    wanted = value if isinstance(value, str) else as_text(value)
    return isinstance(node, ScalarNode) and node.value == wanted
