"""The allow-list of conditions, and their types: every node that may stand in one, and what it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sqlglot import exp

from touchbook.kernel.language import later, say, say_digits, say_now
from touchbook.plan.forms import shown, suggestion
from touchbook.plan.model import ValueKind
from touchbook.plan.vocabulary import Vocabulary

FUNCTIONS = {
    "coalesce": "the first of its arguments that is known",
    "least": "the smallest of its arguments",
    "greatest": "the largest of its arguments",
    "abs": "a number without its sign",
    "round": "a number rounded, to so many digits if a second argument says so",
    "lower": "a text in small letters",
    "upper": "a text in capitals",
    "length": "the number of characters of a text",
}
MAX_NUMBER = 1e15

_NUMBER, _TEXT, _YES_NO, _DATE = ValueKind.NUMBER, ValueKind.TEXT, ValueKind.YES_NO, ValueKind.DATE
Kind = ValueKind | None  # None: null, or not known because of a fault


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a condition, at an offset into its text, and what to write instead."""

    offset: int
    what: str
    remedy: str
    severity: Literal["error", "warning"] = "error"
    rule: str = "condition"


@dataclass(slots=True)
class TypeChecker:
    """Walks a parse tree; ``faults`` are what it found, ``used`` the columns it met."""

    text: str
    vocabulary: Vocabulary
    faults: list[Fault] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def expect(self, node: exp.Expression, wanted: ValueKind) -> Kind:
        """Check a node and that it gives what is wanted."""
        kind = self.kind(node)
        if kind is None or kind is wanted:
            return kind
        what = say(
            "%(value)s is %(kind)s, where %(wanted)s is needed",
            value=self._shown(node),
            kind=_a(kind),
            wanted=_a(wanted),
        )
        number, other = say("compare it, as in balance < 0"), say("compare it, as in standing = 'engaged'")
        if wanted is _YES_NO:
            remedy = number if kind is _NUMBER else other
        else:
            remedy = say("write an expression that gives %(wanted)s", wanted=_a(wanted))
        self._fault(node, what, remedy)
        return None

    def kind(self, node: exp.Expression) -> Kind:
        """What a node gives; None when that is unknown."""
        for allowed, rule in _RULES:
            if isinstance(node, allowed):
                return rule(self, node)
        self._refuse(node)
        return None

    def column(self, node: exp.Column) -> Kind:
        """A column by its name alone."""
        if node.args.get("table") or not isinstance(node.this, exp.Identifier):
            self._refuse(node)
            return None
        name = node.name.lower()
        if name in self.vocabulary.columns:
            self.used.add(name)
            return self.vocabulary.columns[name].kind
        self._unknown_column(node, node.name)
        return None

    def literal(self, node: exp.Literal) -> Kind:
        """A number or a text."""
        if node.is_string:
            return _TEXT
        if not re.fullmatch(r"\d+(\.\d*)?([eE][+-]?\d+)?|\.\d+", node.name, re.ASCII) or float(node.name) > MAX_NUMBER:
            what = say("%(text)s is no usable number", text=shown(node.name))
            self._fault(node, what, say("write a plain number below a thousand billion"))
        return _NUMBER

    def logic(self, node: exp.Expression) -> Kind:
        """and, or, not."""
        for part in chain(node):
            self.expect(part, _YES_NO)
        return _YES_NO

    def comparison(self, node: exp.Expression) -> Kind:
        """Two sides of the same type."""
        self._compare(node.this, [node.args["expression"]])
        return _YES_NO

    def between(self, node: exp.Between) -> Kind:
        """A value between two others."""
        if node.args.get("symmetric"):
            self._refuse(node)
        self._compare(node.this, [node.args["low"], node.args["high"]])
        return _YES_NO

    def membership(self, node: exp.In) -> Kind:
        """A value among literals."""
        others = any(node.args.get(other) for other in ("query", "unnest", "field", "is_global"))
        if others or not node.expressions:
            what = say("'in' is followed by something else than a list of values")
            self._fault(node, what, say("write %(text)s", text="in ('a', 'b')"))
            return _YES_NO
        for item in node.expressions:
            if not isinstance(_bare(item), exp.Literal | exp.Neg | exp.Null):
                what = say("%(value)s in the list of 'in' is no plain value", value=self._shown(item))
                self._fault(item, what, say("write %(text)s", text="in ('a', 'b')"))
                return _YES_NO
        self._compare(node.this, node.expressions)
        return _YES_NO

    def null_test(self, node: exp.Is) -> Kind:
        """is null, is true, is false."""
        kind = self.kind(node.this)
        other = node.expression
        if isinstance(other, exp.Boolean):
            if kind not in (_YES_NO, None):
                what = say("%(value)s is %(kind)s, not yes or no", value=self._shown(node.this), kind=_a(kind))
                self._fault(node, what, say("compare it with a value"))
        elif not isinstance(other, exp.Null):
            self._fault(node, say("'is' goes with null, true or false only"), say("write '=' instead"))
        return _YES_NO

    def pattern(self, node: exp.Expression) -> Kind:
        """like, ilike."""
        self.expect(node.this, _TEXT)
        wanted = node.args["expression"]
        if not (isinstance(wanted, exp.Literal) and wanted.is_string) or "\\" in wanted.name:
            self._fault(node, say("a pattern that is no plain text"), say("write %(text)s", text="like 'beginning%'"))
        return _YES_NO

    def arithmetic(self, node: exp.Expression) -> Kind:
        """Numbers in, a number out."""
        for part in _arguments(node):
            self.expect(part, _NUMBER)
        return _NUMBER

    def text_function(self, node: exp.Expression) -> Kind:
        """Text in; text, or its length, out."""
        if set(_present(node)) - {"this"}:
            self._refuse(node)
        self.expect(node.this, _TEXT)
        return _NUMBER if isinstance(node, exp.Length) else _TEXT

    def rounding(self, node: exp.Round) -> Kind:
        """round(number) or round(number, digits)."""
        digits = node.args.get("decimals")
        if digits is not None and not (isinstance(digits, exp.Literal) and re.fullmatch("[0-9]", digits.name)):
            remedy = say("write %(text)s", text="round(value, 2)")
            self._fault(node, say("round takes a whole number of digits"), remedy)
        if set(_present(node)) - {"this", "decimals"}:
            self._refuse(node)
        return self.expect(node.this, _NUMBER)

    def same(self, node: exp.Expression) -> Kind:
        """coalesce, least, greatest: all of one type."""
        return self._agree([node.this, *node.expressions])

    def case(self, node: exp.Case) -> Kind:
        """case when … then … else … end."""
        results = [branch.args["true"] for branch in node.args["ifs"]]
        for branch in node.args["ifs"]:
            if node.this is None:
                self.expect(branch.this, _YES_NO)
            else:
                self._compare(node.this, [branch.this])
        if node.args.get("default") is not None:
            results.append(node.args["default"])
        return self._agree(results)

    def _agree(self, nodes: Iterable[exp.Expression]) -> Kind:
        found: Kind = None
        for node in nodes:
            kind = self.kind(node)
            if kind and found and kind is not found:
                what = say(
                    "%(value)s is %(kind)s, while the others are %(found)s",
                    value=self._shown(node),
                    kind=_a(kind),
                    found=_a(found),
                )
                self._fault(node, what, say("let all of them be of one type"))
            found = found or kind
        return found

    def _compare(self, left: exp.Expression, others: list[exp.Expression]) -> None:
        kind = self.kind(left)
        for other in others:
            against = self.kind(other)
            if isinstance(_bare(other), exp.Null) or isinstance(_bare(left), exp.Null):
                remedy = say("write 'is null' or 'is not null'")
                self._fault(other, say("a comparison with null never holds"), remedy)
            if kind and against and kind is not against:
                self._mismatch(left, kind, other, against)
            elif kind:
                self._check_words(left, other)
                self._check_words(other, left)

    def _mismatch(self, left: exp.Expression, kind: ValueKind, other: exp.Expression, against: ValueKind) -> None:
        if {kind, against} == {_DATE, _TEXT}:
            text = other if against is _TEXT else left
            if isinstance(_bare(text), exp.Literal) and _is_date(_bare(text).name):
                return
            remedy = say("write dates as %(text)s", text="'2026-01-31'")
            self._fault(text, say("%(value)s is no date", value=self._shown(text)), remedy)
            return
        value, column = (left, other) if isinstance(_bare(left), exp.Literal) else (other, left)
        value_kind, column_kind = (kind, against) if value is left else (against, kind)
        what = say(
            "%(column)s is %(kind)s and %(value)s is %(other)s",
            column=self._shown(column),
            kind=_a(column_kind),
            value=self._shown(value),
            other=_a(value_kind),
        )
        self._fault(value, what, _conversion(_bare(value), column, column_kind))

    def _check_words(self, column: exp.Expression, value: exp.Expression) -> None:
        column, value = _bare(column), _bare(value)
        if not isinstance(column, exp.Column):
            return
        name = column.name.lower()
        words, scale = self.vocabulary.words.get(name), self.vocabulary.scales.get(name)
        text = value.name if isinstance(value, exp.Literal) and value.is_string else None
        if words and words.words and text is not None and text not in words.words:
            otherwise = say("write one of: %(words)s", words=", ".join(words.words))
            remedy = suggestion(text, words.words, otherwise)
            severity: Literal["error", "warning"] = "error" if words.strict else "warning"
            what = say("%(column)s is never %(text)s", column=name, text=shown(text))
            self.faults.append(Fault(self._offset(value), what, remedy, severity, "condition-value"))
        number = _number(value)
        if scale and number is not None and not scale[0] <= number <= scale[1]:
            low, high, told = (say_digits(f"{one:g}") for one in (*scale, number))
            what = say("%(number)s lies outside the scale of %(column)s", number=told, column=name)
            remedy = say("use a number from %(low)s to %(high)s", low=low, high=high)
            self.faults.append(Fault(self._offset(value), what, remedy, "warning", "condition-value"))

    def _unknown_column(self, node: exp.Column, name: str) -> None:
        if name.lower() in self.vocabulary.later:
            remedy = say("use columns that are known from the facts; see the reference of the plan file")
            what = say("the column '%(name)s' is not yet known here", name=name)
            self._fault(node, what, remedy, "unknown-column")
            return
        otherwise = say("declare it under 'attributes', or use a documented column")
        if node.this.args.get("quoted"):
            otherwise = say("write '%(text)s' in single quotes if it is a text", text=name)
        elif any(name in words.words for words in self.vocabulary.words.values()):
            otherwise = say("write '%(text)s' in single quotes", text=name)
        remedy = suggestion(name, self.vocabulary.columns, otherwise)
        self._fault(node, say("unknown column %(name)s", name=shown(name)), remedy, "unknown-column")

    def _refuse(self, node: exp.Expression) -> None:
        what, remedy = _refusal(node)
        self._fault(node, what, remedy, "not-allowed")

    def _fault(self, node: exp.Expression, what: str, remedy: str, rule: str = "condition") -> None:
        self.faults.append(Fault(self._offset(node), what, remedy, rule=rule))

    def _offset(self, node: exp.Expression) -> int:
        starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
        return min(starts, default=0)

    def _shown(self, node: exp.Expression) -> str:
        bare = _bare(node)
        if isinstance(bare, exp.Column):
            return say("'%(text)s'", text=bare.name)
        return shown(bare.sql("duckdb")) if not isinstance(bare, exp.Literal) else bare.sql("duckdb")


def _a(kind: ValueKind) -> str:
    """A kind of value, as it stands in a sentence."""
    words = {_NUMBER: say("a number"), _TEXT: say("text"), _YES_NO: say("yes or no"), _DATE: say("a date")}
    return words[kind]


Rule = Callable[[TypeChecker, exp.Expression], Kind]


def _rule(method: Callable[..., Kind]) -> Rule:
    return method


def _paren(checker: TypeChecker, node: exp.Expression) -> Kind:
    return checker.kind(node.this)


def _boolean(_: TypeChecker, __: exp.Expression) -> Kind:
    return _YES_NO


def _null(_: TypeChecker, __: exp.Expression) -> Kind:
    return None


_RULES: tuple[tuple[tuple[type[exp.Expression], ...], Rule], ...] = (
    ((exp.And, exp.Or, exp.Not), _rule(TypeChecker.logic)),
    ((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE), _rule(TypeChecker.comparison)),
    ((exp.Between,), _rule(TypeChecker.between)),
    ((exp.In,), _rule(TypeChecker.membership)),
    ((exp.Is,), _rule(TypeChecker.null_test)),
    ((exp.Like, exp.ILike), _rule(TypeChecker.pattern)),
    ((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.Abs), _rule(TypeChecker.arithmetic)),
    ((exp.Coalesce, exp.Least, exp.Greatest), _rule(TypeChecker.same)),
    ((exp.Lower, exp.Upper, exp.Length), _rule(TypeChecker.text_function)),
    ((exp.Round,), _rule(TypeChecker.rounding)),
    ((exp.Case,), _rule(TypeChecker.case)),
    ((exp.Paren,), _paren),
    ((exp.Column,), _rule(TypeChecker.column)),
    ((exp.Literal,), _rule(TypeChecker.literal)),
    ((exp.Boolean,), _boolean),
    ((exp.Null,), _null),
)


def _bare(node: exp.Expression) -> exp.Expression:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def chain(node: exp.Expression) -> list[exp.Expression]:
    """The parts of ``a and b and c``, or of not, without walking down a long chain by recursion."""
    parts: list[exp.Expression] = []
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if part is node or (type(part) is type(node) and isinstance(node, exp.Connector)):
            waiting.extend(reversed(_arguments(part)))
        else:
            parts.append(part)
    return parts


def _present(node: exp.Expression) -> list[str]:
    return [name for name, value in node.args.items() if value not in (None, False, [])]


def _arguments(node: exp.Expression) -> list[exp.Expression]:
    return [value for value in (node.this, node.args.get("expression")) if isinstance(value, exp.Expression)]


def _number(node: exp.Expression) -> float | None:
    if isinstance(node, exp.Neg):
        inner = _number(_bare(node.this))
        return None if inner is None else -inner
    if isinstance(node, exp.Literal) and not node.is_string:
        return float(node.name)
    return None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _conversion(value: exp.Expression, column: exp.Expression, wanted: ValueKind) -> str:
    """What to write when a value is of the wrong type."""
    if wanted is _NUMBER and isinstance(value, exp.Literal) and re.fullmatch(r"-?[0-9.]+", value.name):
        return say("write %(text)s without quotes", text=value.name)
    if wanted is _TEXT and isinstance(value, exp.Literal):
        return say("write '%(text)s' in single quotes", text=value.name)
    if wanted is _YES_NO and isinstance(column, exp.Column):
        return say("write %(column)s or not %(column)s", column=column.sql("duckdb"))
    return (
        say("compare it with true or false") if wanted is _YES_NO else say("compare it with %(kind)s", kind=_a(wanted))
    )


_REFUSALS: tuple[tuple[tuple[type[exp.Expression], ...], str, str], ...] = (
    (
        (exp.Query, exp.Exists, exp.Subquery),
        later("sub-queries are not allowed"),
        later("use the documented columns of the state"),
    ),
    ((exp.Window,), later("window functions are not allowed"), later("use the documented columns of the state")),
    ((exp.Star,), later("'*' is not allowed"), later("name the columns")),
    ((exp.Cast,), later("conversions are not allowed"), later("compare the column as it is")),
)


def _refusal(node: exp.Expression) -> tuple[str, str]:
    """Why a node may not stand in a condition."""
    for kinds, what, remedy in _REFUSALS:
        if isinstance(node, kinds):
            return say_now(what), say_now(remedy)
    text = shown(node.sql("duckdb"))
    if isinstance(node, exp.Column):
        what = say("%(text)s is not a column's name alone", text=text)
        return what, say("name the column without a table or star")
    if isinstance(node, exp.Func):
        names: Callable[[], list[str]] = node.sql_names
        name = (node.name if isinstance(node, exp.Anonymous) else names()[0]).lower()
        what = say("the function %(name)s is not allowed", name=shown(name))
        return what, say("the allowed ones are %(names)s", names=", ".join(FUNCTIONS))
    what = say("%(text)s is not allowed in a condition", text=text)
    return what, say("use comparisons joined by and, or, not")
