"""The sections that say what the company wants and knows: success, types, questions, intelligence, ledger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from touchbook.plan import conditions, forms, schema
from touchbook.plan.columns import BUILT_IN
from touchbook.plan.document import MappingNode, Node, ScalarNode, SequenceNode
from touchbook.plan.fields import Fields, Notes, named, read_scalar
from touchbook.plan.forms import shown
from touchbook.plan.model import Attribute, Condition, Decision, LedgerTerms, Question, Success, ValueKind
from touchbook.plan.vocabulary import RESERVED, Vocabulary, is_identifier

EVERYBODY = Condition("true", "TRUE", frozenset())


def condition(
    node: Node, vocabulary: Vocabulary, notes: Notes, title: str, result: Literal["yes/no", "number"] = "yes/no"
) -> Condition | None:
    """Read a condition; its faults are noted where they stand in the text."""
    if not isinstance(node, ScalarNode):
        remedy = "write one line of SQL such as balance < 0, in quotes when it contains commas or braces"
        notes.error(node, f"{title} should be one condition", remedy, "condition")
        return None
    checked = conditions.check(node.value, vocabulary, result, node.line)
    for fault in checked.faults:
        note = notes.error if fault.severity == "error" else notes.warning
        note(_moved(node, fault.offset), f"{title}: {fault.what}", fault.remedy, fault.rule)
    return checked.condition


def _moved(node: ScalarNode, offset: int) -> ScalarNode:
    """The place of an offset into a text that was written on one line; the text's own place otherwise."""
    before = 1 if node.quoted else 0
    if node.end - node.start != len(node.value) + 2 * before:
        return node
    return ScalarNode("", node.line, node.column + before + offset, node.start, node.end)


def success(node: MappingNode, vocabulary: Vocabulary, notes: Notes) -> Success:
    """What the company calls success; an empty node stands for a section that is not there, noted already."""
    if not node.entries:
        return Success("", "renewal", Condition("0", "0", frozenset()))
    fields = Fields(schema.SUCCESS, node, notes, "success")
    worth_node = fields.find("worth")
    worth = condition(worth_node, vocabulary, notes, "worth", "number") if worth_node else None
    return Success(
        outcome=fields.text("outcome"),
        kind=cast(Literal["renewal", "repeat"], fields.word("kind", "renewal")),
        worth=worth or Condition("0", "0", frozenset()),
        period_days=fields.read("period", forms.days, 365.0),
        discount=fields.read("discount", forms.share, 0.10),
    )


def attributes(node: MappingNode, notes: Notes) -> dict[str, Attribute]:
    """The facts about customers that the company keeps, by name."""
    found: dict[str, Attribute] = {}
    for name, entry in named(node, "attribute", notes):
        if not _good_column(name, entry.key, "attribute", notes):
            continue
        kind = read_scalar(entry.value, _value_kind, ValueKind.TEXT, f"the attribute '{name}'", notes)
        found[name] = Attribute(name, kind)
    for name, attribute in found.items():
        if attribute.kind is ValueKind.DATE and f"{name}_in_days" in found:
            entry = node.entries[f"{name}_in_days"]
            remedy = f"remove it, the date '{name}' gives this column"
            notes.error(entry.key, f"the attribute '{name}_in_days' clashes with '{name}'", remedy, "name")
    return found


def _value_kind(text: str) -> ValueKind:
    return ValueKind(forms.one_of(text, [kind.value for kind in ValueKind], "type of attribute"))


def _good_column(name: str, key: ScalarNode, noun: str, notes: Notes) -> bool:
    """Whether a name can be a column of the state; if not, that is noted."""
    built_in = {column.name: column.meaning for column in BUILT_IN}
    if name in built_in:
        remedy = "remove it, the column is always there" if noun == "attribute" else "choose another name"
        notes.error(key, f"the {noun} '{name}' has the name of a built-in column", remedy, "name")
    elif not is_identifier(name):
        better = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "seats"
        better = better if is_identifier(better) else f"a_{better}"[:60]
        remedy = f"use small letters, digits and underscores, such as {better}"
        notes.error(key, f"the {noun} {shown(name)} cannot be a column's name", remedy, "name")
    elif name in RESERVED or not _parses_as_column(name):
        notes.error(key, f"the {noun} '{name}' is a word of SQL", f"choose another name, such as {name}_value", "name")
    else:
        return True
    return False


def _parses_as_column(name: str) -> bool:
    try:
        return isinstance(sqlglot.parse_one(name, read="duckdb", into=exp.Condition), exp.Column)
    except SqlglotError:
        return False


def questions(node: MappingNode, known: Mapping[str, Attribute], notes: Notes) -> dict[str, Question]:
    """What customers are asked, by name."""
    found: dict[str, Question] = {}
    attributes = set(known) | {f"{one.name}_in_days" for one in known.values() if one.kind is ValueKind.DATE}
    for name, entry in named(node, "question", notes):
        if not _good_column(name, entry.key, "question", notes):
            continue
        taken = next((column for column in (name, f"{name}_age_days") if column in attributes or column in found), None)
        taken = taken or next((other for other in found if f"{other}_age_days" == name), None)
        if taken:
            notes.error(entry.key, f"the question '{name}' clashes with '{taken}'", "choose another name", "name")
            continue
        if not isinstance(entry.value, MappingNode):
            example = "{ask: How are you?, scale: 0..10, good_for: 90 days}"
            notes.error(entry.value, f"the question '{name}' has no keys of its own", f"write {example}", "form")
            continue
        found[name] = _question(name, entry.key, entry.value, notes)
    return found


def _question(name: str, key: ScalarNode, node: MappingNode, notes: Notes) -> Question:
    fields = Fields(schema.QUESTIONS, node, notes, f"the question '{name}'")
    scale = fields.read("scale", _some_scale, None)
    choices = tuple(choice.value for choice in fields.names("choices"))
    if fields.find("scale") and fields.find("choices"):
        notes.error(key, f"the question '{name}' has both a scale and choices", "keep one of the two", "form")
    elif name == "feeling" and not fields.find("scale"):
        notes.error(key, "the question 'feeling' has no scale", "write scale: -2..2", "form")
    if len(choices) == 1:
        notes.error(key, f"the question '{name}' has one choice alone", "give at least two", "form")
    good_for = fields.read("good_for", forms.days, 90.0)
    return Question(name, fields.text("ask"), good_for, scale, choices, key.line)


def _some_scale(text: str) -> tuple[float, float] | None:
    return forms.scale(text)


def types(node: MappingNode, vocabulary: Vocabulary, notes: Notes) -> dict[str, Condition]:
    """The kinds of customer, in order."""
    found: dict[str, Condition] = {}
    for name, entry in named(node, "type", notes):
        found[name] = condition(entry.value, vocabulary, notes, f"the type '{name}'") or EVERYBODY
    return found


def intelligence(node: Node, notes: Notes) -> tuple[tuple[Decision, Fields], ...]:
    """The decisions, each with its fields for the checks of what it names."""
    if not isinstance(node, SequenceNode):
        remedy = "write '- decision: …' lines under it"
        notes.error(node, "'intelligence' should be a list of decisions", remedy, "form")
        return ()
    found = []
    for item in node.items:
        if not isinstance(item, MappingNode):
            notes.error(
                item, "this decision has no keys of its own", "write '- decision: …' with needs and acts", "form"
            )
            continue
        fields = Fields(schema.INTELLIGENCE, item, notes, "this decision")
        needs = tuple(need.value for need in fields.names("needs"))
        acts = tuple(act.value for act in fields.names("acts"))
        decision = Decision(fields.text("decision"), needs, acts, fields.text("review"), item.line)
        found.append((decision, fields))
    return tuple(found)


def ledger(node: MappingNode, notes: Notes) -> LedgerTerms:
    """The ledger's parameters."""
    fields = Fields(schema.LEDGER, node, notes, "ledger")
    usual = LedgerTerms()
    asymmetry = fields.read("asymmetry", forms.number, usual.asymmetry)
    at = fields.scalar("asymmetry")
    if at is not None and not 1 <= asymmetry <= 5:
        notes.warning(at, f"an asymmetry of {asymmetry:g} is far from what was ever found", "use 1 to 5", "asymmetry")
    half_life = fields.read("half_life", forms.days, usual.half_life_days)
    unresolved = fields.read("unresolved_half_life", forms.days, usual.unresolved_half_life_days)
    if unresolved < half_life:
        place = fields.find("unresolved_half_life") or fields.find("half_life") or node
        what = "a withdrawal that nobody made good fades faster than one that was"
        notes.warning(place, what, "let unresolved_half_life be at least half_life", "unresolved-half-life")
    return LedgerTerms(
        half_life_days=half_life,
        unresolved_half_life_days=unresolved,
        asymmetry=asymmetry,
        witness=fields.read("witness", forms.number, usual.witness),
        engaged_at=fields.read("engaged_at", forms.number, usual.engaged_at),
    )
