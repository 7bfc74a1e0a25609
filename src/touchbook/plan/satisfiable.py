"""Whether any customer at all can meet several conditions together.

Sound, not complete: "no" is certain, and whatever is not understood counts as possible. A condition becomes a list of
alternatives, each saying which values every column may have; putting conditions together crosses their alternatives
and drops the empty ones. SQL's third truth value is kept apart: that an earlier type does not hold means that it is
false *or unknown*.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import Literal

from sqlglot import exp

from touchbook.plan.condition_types import chain
from touchbook.plan.conditions import tree_of
from touchbook.plan.model import Condition
from touchbook.plan.vocabulary import Vocabulary

MAX_ALTERNATIVES = 500
Wanted = Literal["true", "false", "not true", "not false"]

_OPPOSITE: Mapping[Wanted, Wanted] = {
    "true": "false",
    "false": "true",
    "not true": "not false",
    "not false": "not true",
}
_COUNTERS = (
    *("open_withdrawals", "moments_90", "deposits_30", "withdrawals_30", "referrals"),
    *("touches_30", "touches_90", "asks_90", "known", "stale"),
)


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a column may have: numbers in a range, or words and yes/no by name; and whether it is known."""

    low: float = -math.inf
    low_open: bool = False
    high: float = math.inf
    high_open: bool = False
    allowed: frozenset[str | bool] | None = None
    excluded: frozenset[str | bool | float] = frozenset()
    known: bool | None = None  # None: either

    def meet(self, other: Domain) -> Domain | None:
        """What both allow; None when that is nothing."""
        if self.known is not None and other.known is not None and self.known is not other.known:
            return None
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, not_open = min((self.high, not self.high_open), (other.high, not other.high_open))
        sets = [domain.allowed for domain in (self, other) if domain.allowed is not None]
        allowed = frozenset.intersection(*sets) if sets else None
        known = self.known if self.known is not None else other.known
        both = Domain(low, low_open, high, not not_open, allowed, self.excluded | other.excluded, known)
        if both.has_value():
            return both
        return None if known else replace(both, known=False)

    def has_value(self) -> bool:
        """Whether any value is left."""
        if self.allowed is not None and not self.allowed - self.excluded:
            return False
        if self.low > self.high or (self.low == self.high and (self.low_open or self.high_open)):
            return False
        return not (self.low == self.high and self.low in self.excluded)


Alternative = Mapping[str, Domain]
_ANYTHING: tuple[Alternative, ...] = ({},)
_NOTHING: tuple[Alternative, ...] = ()


def satisfiable(
    holding: Iterable[Condition], not_holding: Iterable[Condition], vocabulary: Vocabulary, fixed: Mapping[str, str]
) -> bool:
    """False only when no customer can meet all of *holding* and none of *not_holding*, with *fixed* text columns."""
    start = _bounds(vocabulary)
    for column, word in fixed.items():
        start[column] = Domain(allowed=frozenset({word}), known=True)
    found: tuple[Alternative, ...] = (start,)
    for wanted, conditions in (("true", holding), ("not true", not_holding)):
        for condition in conditions:
            found = _cross(found, _of(condition, "true" if wanted == "true" else "not true"))
    return bool(found)


def always(condition: Condition, vocabulary: Vocabulary) -> bool:
    """True only when the condition holds for every customer."""
    return not satisfiable((), (condition,), vocabulary, {})


@lru_cache(maxsize=4096)
def _of(condition: Condition, wanted: Wanted) -> tuple[Alternative, ...]:
    """The alternatives of a condition, kept: every touch is held against the same types."""
    return _alternatives(tree_of(condition), wanted)


def _bounds(vocabulary: Vocabulary) -> dict[str, Domain]:
    bounds = {name: Domain(low=0.0) for name in _COUNTERS}
    bounds["stay_probability"] = Domain(low=0.0, high=1.0)
    bounds |= {name: Domain(low=low, high=high) for name, (low, high) in vocabulary.scales.items()}
    strict = {name: words.words for name, words in vocabulary.words.items() if words.strict and words.words}
    bounds |= {name: Domain(allowed=frozenset(words)) for name, words in strict.items()}
    return bounds


def _cross(left: tuple[Alternative, ...], right: tuple[Alternative, ...]) -> tuple[Alternative, ...]:
    """All pairs of alternatives that agree; the left ones when there would be too many."""
    if len(left) * len(right) > MAX_ALTERNATIVES:
        return left
    pairs = (_merge(one, other) for one in left for other in right)
    return tuple(pair for pair in pairs if pair is not None)


def _merge(one: Alternative, other: Alternative) -> Alternative | None:
    merged = dict(one)
    for column, domain in other.items():
        both = merged[column].meet(domain) if column in merged else domain
        if both is None or (both.known and not both.has_value()):
            return None
        merged[column] = both
    return merged


def _alternatives(node: exp.Expression, wanted: Wanted) -> tuple[Alternative, ...]:
    if isinstance(node, exp.Paren):
        return _alternatives(node.this, wanted)
    if isinstance(node, exp.Not):
        return _alternatives(node.this, _OPPOSITE[wanted])
    if isinstance(node, exp.And | exp.Or):
        parts = [_alternatives(part, wanted) for part in chain(node)]
        both = isinstance(node, exp.And) == (wanted in ("true", "not false"))
        return reduce(_cross if both else _either, parts)
    if isinstance(node, exp.Boolean):
        return _ANYTHING if node.this == (wanted in ("true", "not false")) else _NOTHING
    if isinstance(node, exp.Is):
        return _is(node, wanted)
    return _predicate(node, wanted)


def _either(left: tuple[Alternative, ...], right: tuple[Alternative, ...]) -> tuple[Alternative, ...]:
    return left + right if len(left) + len(right) <= MAX_ALTERNATIVES else _ANYTHING


def _is(node: exp.Is, wanted: Wanted) -> tuple[Alternative, ...]:
    """``is`` is never unknown itself."""
    positive = wanted in ("true", "not false")
    if isinstance(node.expression, exp.Null):
        subject = _bare(node.this)
        return ({subject.name.lower(): Domain(known=not positive)},) if isinstance(subject, exp.Column) else _ANYTHING
    if node.expression.this:
        return _alternatives(node.this, "true" if positive else "not true")
    return _alternatives(node.this, "false" if positive else "not false")


def _predicate(node: exp.Expression, wanted: Wanted) -> tuple[Alternative, ...]:
    """A comparison of one column with literals; anything else is possible."""
    read = _read(node)
    if read is None:
        return _ANYTHING
    column, holds, fails = read
    domains = list(holds if wanted in ("true", "not false") else fails)
    if wanted in ("not true", "not false"):
        domains.append(Domain(known=False))
    return tuple({column: domain} for domain in domains)


_Read = tuple[str, tuple[Domain, ...], tuple[Domain, ...]]
_MIRROR: Mapping[type[exp.Expression], type[exp.Expression]] = {
    exp.LT: exp.GT,
    exp.GT: exp.LT,
    exp.LTE: exp.GTE,
    exp.GTE: exp.LTE,
}


def _read(node: exp.Expression) -> _Read | None:
    """The column of a predicate, where it holds, and where it is false."""
    if isinstance(node, exp.Column):
        return _words(node.name.lower(), frozenset({True}))
    if isinstance(node, exp.In):
        values = [_value(item) for item in node.expressions]
        words = frozenset(value for value in values if isinstance(value, str))
        subject = _bare(node.this)
        return _words(subject.name.lower(), words) if _is_column(subject) and len(words) == len(set(values)) else None
    if isinstance(node, exp.Between):
        subject, low, high = _bare(node.this), _value(node.args["low"]), _value(node.args["high"])
        if not _is_column(subject) or not isinstance(low, float) or not isinstance(high, float):
            return None
        outside = (Domain(high=low, high_open=True, known=True), Domain(low=high, low_open=True, known=True))
        return subject.name.lower(), (Domain(low=low, high=high, known=True),), outside
    if isinstance(node, exp.EQ | exp.NEQ | exp.LT | exp.GT | exp.LTE | exp.GTE):
        return _comparison(node)
    return None


def _comparison(node: exp.Expression) -> _Read | None:
    left, right, kind = _bare(node.this), _bare(node.args["expression"]), type(node)
    if _is_column(right) and not _is_column(left):
        left, right, kind = right, left, _MIRROR.get(kind, kind)
    value = _value(right)
    if not _is_column(left) or value is None:
        return None
    column = left.name.lower()
    if kind in (exp.EQ, exp.NEQ):
        read = _number(column, value) if isinstance(value, float) else _words(column, frozenset({value}))
        return read if kind is exp.EQ else (column, read[2], read[1])
    if not isinstance(value, float):
        return None
    below = Domain(high=value, high_open=kind in (exp.LT, exp.GTE), known=True)
    above = Domain(low=value, low_open=kind in (exp.GT, exp.LTE), known=True)
    return (column, (below,), (above,)) if kind in (exp.LT, exp.LTE) else (column, (above,), (below,))


def _number(column: str, value: float) -> _Read:
    return column, (Domain(low=value, high=value, known=True),), (Domain(excluded=frozenset({value}), known=True),)


def _words(column: str, words: frozenset[str | bool] | frozenset[str] | frozenset[bool]) -> _Read:
    chosen: frozenset[str | bool] = frozenset(words)
    if chosen <= {True, False}:
        others = (Domain(allowed=frozenset({True, False}) - chosen, known=True),)
    else:
        others = (Domain(excluded=frozenset(chosen), known=True),)
    return column, (Domain(allowed=chosen, known=True),), others


def _value(node: exp.Expression) -> str | bool | float | None:
    bare = _bare(node)
    if isinstance(bare, exp.Literal):
        return str(bare.this) if bare.is_string else float(bare.this)
    if isinstance(bare, exp.Boolean):
        return bool(bare.this)
    if isinstance(bare, exp.Neg):
        inner = _value(bare.this)
        return -inner if isinstance(inner, float) else None
    return None


def _is_column(node: exp.Expression) -> bool:
    return isinstance(node, exp.Column)


def _bare(node: exp.Expression) -> exp.Expression:
    while isinstance(node, exp.Paren):
        node = node.this
    return node
