"""Conditions: SQL expressions over the columns of a customer's state, made safe.

A condition passes three gates: its characters (no statement, comment, parameter or conversion can even be written),
its parse tree (an allow-list of nodes and functions, columns by name alone) and its types. What passes is printed
again from the tree, so that the text which runs is never the text that was typed. See ``condition_types``.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from touchbook.kernel.language import later, say, say_digits, say_now
from touchbook.plan.condition_types import Fault, TypeChecker
from touchbook.plan.model import Condition, ValueKind
from touchbook.plan.vocabulary import Vocabulary

MAX_CHARACTERS = 4000
MAX_NESTING = 12
MAX_DEPTH = 40
MAX_TOKENS = 400
_DIALECT = "duckdb"

_PREDICATES = (
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
    exp.Between,
    exp.In,
    exp.Is,
    exp.Like,
    exp.ILike,
    exp.Not,
)
_WIDENED = (exp.Add, exp.Sub, exp.Mul)
_OUTSIDE = re.compile(r"[A-Za-z0-9_ \t\n=<>!+\-*/%(),.]")
_CURLY = "\u2018\u2019\u201c\u201d\u201a\u201e\u00b4`"
_WHY_NOT = {
    ";": (later("a condition is one expression, and ';' ends a statement"), later("remove the ';' and what follows")),
    ":": (later("conversions and parameters (':') are not allowed"), later("compare the column as it is")),
    "?": (later("parameters ('?') are not allowed"), later("write the value itself")),
    "$": (
        later("parameters and dollar quotes ('$') are not allowed"),
        later("write the value itself, text in single quotes"),
    ),
    "[": (later("lists and subscripts ('[') are not allowed"), later("write a list of values as in ('a', 'b')")),
    "{": (later("structures ('{') are not allowed"), later("compare columns with plain values")),
    "&": (later("'&' is not allowed"), later("write 'and'")),
    "|": (later("'|' is not allowed"), later("write 'or'")),
    "~": (later("patterns with '~' are not allowed"), later("use like")),
    "#": (later("'#' is not allowed"), later("name the column")),
    "@": (later("'@' is not allowed"), later("name the column")),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A condition that was read: None when it has errors. ``faults`` may be warnings alone."""

    condition: Condition | None
    faults: tuple[Fault, ...] = ()


def check(text: str, vocabulary: Vocabulary, result: Literal["yes/no", "number"] = "yes/no", line: int = 0) -> Checked:
    """Read a condition and check it against a vocabulary; *result* is what it must give. Never raises for the text."""
    faults = tuple(_gate(text))
    if faults:
        return Checked(None, faults)
    try:
        return _check_tree(text, vocabulary, ValueKind(result), line)
    except SqlglotError as error:
        return Checked(None, (_unparsable(text, error),))
    except RecursionError:
        return Checked(None, (_too_deep(),))


def _check_tree(text: str, vocabulary: Vocabulary, result: ValueKind, line: int) -> Checked:
    tree = _parse(text)
    if _depth(tree) > MAX_DEPTH:
        return Checked(None, (_too_deep(),))
    checker = TypeChecker(text, vocabulary)
    checker.expect(tree, result)
    if any(fault.severity == "error" for fault in checker.faults):
        return Checked(None, tuple(checker.faults))
    sql = _normalised(tree)
    if _nesting(sql) > MAX_NESTING + 2:
        return Checked(None, (_too_deep(),))
    return Checked(Condition(text, sql, frozenset(checker.used), line), tuple(checker.faults))


def to_dialect(condition: Condition, dialect: str) -> str:
    """The condition in another of sqlglot's dialects, such as ``spark``; it means the same there."""
    return sqlglot.parse_one(condition.sql, read=_DIALECT, into=exp.Condition).sql(dialect, identify=True)


def tree_of(condition: Condition) -> exp.Expression:
    """The parse tree of a checked condition, as it was written (for those who reason about it)."""
    return _parse(condition.text)


def _parse(text: str) -> exp.Expression:
    return sqlglot.parse_one(text, read=_DIALECT, into=exp.Condition)


def _too_deep() -> Fault:
    return Fault(0, say("the condition is nested too deeply"), say("split it, or remove parentheses"))


def _gate(text: str) -> Iterator[Fault]:
    """What no condition contains, found before any parser sees it."""
    if not text.strip():
        yield Fault(0, say("the condition is empty"), say("write one, such as balance < 0, or true for everybody"))
        return
    if len(text) > MAX_CHARACTERS:
        most = say_digits(f"{MAX_CHARACTERS:,}")
        what = say("the condition is longer than %(most)s characters", most=most)
        yield Fault(0, what, say("split it into several types or touches"))
        return
    outside = yield from _scan(text)
    comment = re.search(r"--|/\*|\*/", outside)
    if comment:
        what = say("a comment inside the condition")
        yield Fault(comment.start(), what, say("put it above the line, after a '#'"))
    if _nesting(outside) > MAX_NESTING:
        yield _too_deep()
    if len(re.findall(r"\w+|[^\w\s]", outside)) > MAX_TOKENS:
        what = say("the condition has more than %(most)s words", most=MAX_TOKENS)
        yield Fault(0, what, say("split it into several types or touches"))


def _scan(text: str) -> Generator[Fault, None, str]:
    """Faults of single characters; returns the text with all that stands in quotes blanked."""
    quote, opened, outside = "", 0, []
    for offset, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
            if not character.isprintable() and character not in "\t\n":
                yield Fault(offset, say("an invisible character inside quotes"), say("delete it"))
            outside.append(" ")
        elif character in "'\"":
            quote, opened = character, offset
            outside.append(" ")
        else:
            if not _OUTSIDE.fullmatch(character):
                yield _strange(offset, character)
            outside.append(character)
    if quote:
        what = say("a quotation mark is opened here and never closed")
        yield Fault(opened, what, say("close it; double it inside a text"))
    return "".join(outside)


def _strange(offset: int, character: str) -> Fault:
    if character in _CURLY:
        what = say("the quotation mark %(character)s is not a straight one", character=character)
        return Fault(offset, what, say("write ' around a text"))
    if character in _WHY_NOT:
        what, remedy = _WHY_NOT[character]
        return Fault(offset, say_now(what), say_now(remedy))
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    what = say("the character %(character)s cannot stand outside quotes", character=shown)
    return Fault(offset, what, say("use the plain letters of column names"))


def _nesting(text: str) -> int:
    """How deep parentheses stand inside each other."""
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def _depth(tree: exp.Expression) -> int:
    """How deep the tree is; a chain of and, or of or, counts once, because nothing recurses along it."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        for child in node.iter_expressions():
            chained = isinstance(node, exp.Connector) and type(child) is type(node)
            waiting.append((child, depth if chained else depth + 1))
    return deepest


def _unparsable(text: str, error: SqlglotError) -> Fault:
    details = getattr(error, "errors", None) or [{}]
    offset = 0
    line, column = details[0].get("line"), details[0].get("col")
    if line and column:
        lines = text.split("\n")
        offset = sum(len(before) + 1 for before in lines[: line - 1]) + max(column - 1, 0)
    near = str(details[0].get("highlight") or "").strip()
    here, somewhere = (
        say("the condition cannot be read near '%(text)s'", text=near[:30]),
        say("the condition cannot be read"),
    )
    return Fault(
        min(offset, max(len(text) - 1, 0)),
        here if near else somewhere,
        say("write a comparison such as balance < 0, joined by and, or, not"),
    )


def _normalised(tree: exp.Expression) -> str:
    """The tree as DuckDB SQL that fails on no row.

    Division by zero gives null (DuckDB alone would give infinity, Spark an error), sums and products are taken
    as floating point (integers would overflow), every column is quoted, and predicates inside predicates get
    parentheses (``a = b = c`` is a syntax error otherwise).
    """

    def safe(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column):
            return exp.column(node.name.lower(), quoted=True)
        if isinstance(node, exp.Div | exp.Mod) and not isinstance(node.expression, exp.Nullif):
            node.set("expression", exp.Nullif(this=node.expression, expression=exp.Literal.number(0)))
        elif isinstance(node, _WIDENED) and not isinstance(node.this, (*_WIDENED, exp.Cast, exp.Div)):
            node.set("this", exp.cast(node.this, "double"))
        elif isinstance(node, _PREDICATES) and not isinstance(node, exp.Not):
            for name, operand in list(node.args.items()):
                if isinstance(operand, (*_PREDICATES, exp.And, exp.Or)):
                    node.set(name, exp.paren(operand))
        return node

    return str(tree.copy().transform(safe).sql(_DIALECT, identify=True, comments=False))
