"""The words that a condition may use: columns with their types, and the texts that some columns can hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from touchbook.plan.columns import Column, Stage, catalogue
from touchbook.plan.model import Attribute, Question

STANDINGS = ("overdrawn", "neutral", "engaged", "advocate")
ENTRY_KINDS = ("deposit", "withdrawal")

# Words that SQL keeps for itself in DuckDB or Spark, and names that the state's own tables use beside its columns.
_RESERVED_WORDS = """
all analyse analyze and anti any array as asc asymmetric at authorization between bigint binary boolean both by
case cast char check collate collation column concurrently constraint create cross current_catalog current_date
current_role current_schema current_time current_timestamp current_user date day default deferrable desc describe
distinct div do double else end escape except exists extract false fetch filter float for foreign freeze from full
generated glob grant group having hour if ilike in initially inner int integer intersect interval into is isnull
join lambda lateral leading left like limit localtime localtimestamp map minus minute month natural not notnull
null offset on only or order outer over overlaps pivot placing positional primary qualify range references
regexp returning right rlike row rows second select semi session_user show similar smallint some struct summarize
symmetric table tablesample then time timestamp tinyint to trailing true try_cast union unique unknown unnest
unpivot user using values varchar variadic when where window with within year
customer customer_id customer_name id name now number timezone
"""
RESERVED = frozenset(_RESERVED_WORDS.split())


@dataclass(frozen=True, slots=True)
class Words:
    """The texts that a column can hold; ``strict`` when another text is surely a mistake."""

    words: tuple[str, ...]
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a condition may use at a stage: columns, the texts some of them hold, the scales of others.

    ``later`` are the columns that are known only at a later stage.
    """

    columns: Mapping[str, Column]
    words: Mapping[str, Words]
    scales: Mapping[str, tuple[float, float]]
    later: frozenset[str] = frozenset()


def vocabulary(
    attributes: Mapping[str, Attribute],
    questions: Mapping[str, Question],
    types: tuple[str, ...] = (),
    touchpoints: tuple[str, ...] = (),
    upto: Stage = "stay",
) -> Vocabulary:
    """The vocabulary of a plan at a stage."""
    columns = catalogue(attributes, questions, upto)
    words = {
        "standing": Words(STANDINGS),
        "last_kind": Words(ENTRY_KINDS),
        "type": Words(types),
        "last_touchpoint": Words(touchpoints, strict=False),
        "worst_open_touchpoint": Words(touchpoints, strict=False),
    }
    words |= {question.name: Words(question.choices) for question in questions.values() if question.choices}
    scales = {question.name: question.scale for question in questions.values() if question.scale}
    later = frozenset(catalogue(attributes, questions)) - frozenset(columns)
    return Vocabulary(columns, words, scales, later)


def is_identifier(name: str) -> bool:
    """Whether a name can be a column: small letters, digits and underscores, beginning with a letter."""
    return re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) is not None
