"""The sections that say what the company wants and knows: success, types, questions, intelligence, ledger."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from touchbook.kernel.language import say, say_digits
from touchbook.plan import conditions, forms, schema, titles
from touchbook.plan.columns import BUILT_IN
from touchbook.plan.document import MappingNode, Node, ScalarNode, SequenceNode
from touchbook.plan.fields import Fields, Notes, named, read_scalar
from touchbook.plan.model import Attribute, Condition, Decision, LedgerTerms, Question, Success, ValueKind
from touchbook.plan.vocabulary import RESERVED, Vocabulary, is_identifier

EVERYBODY = Condition("true", "TRUE", frozenset())


def condition(
    node: Node, vocabulary: Vocabulary, notes: Notes, title: str, result: Literal["yes/no", "number"] = "yes/no"
) -> Condition | None:
    """Read a condition; its faults are noted where they stand in the text."""
    if not isinstance(node, ScalarNode):
        remedy = say("write one line of SQL such as balance < 0, in quotes when it contains commas or braces")
        notes.error(node, say("%(title)s should be one condition", title=title), remedy, "condition")
        return None
    checked = conditions.check(node.value, vocabulary, result, node.line)
    for fault in checked.faults:
        note = notes.error if fault.severity == "error" else notes.warning
        what = say("%(title)s: %(what)s", title=title, what=fault.what)
        note(_moved(node, fault.offset), what, fault.remedy, fault.rule)
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
    fields = Fields(schema.SUCCESS, node, notes, say("success"))
    worth_node = fields.find("worth")
    worth = condition(worth_node, vocabulary, notes, say("worth"), "number") if worth_node else None
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
    for name, entry in named(node, titles.attribute, notes):
        if not _good_column(name, entry.key, titles.attribute, notes):
            continue
        kind = read_scalar(entry.value, _value_kind, ValueKind.TEXT, titles.attribute(name), notes)
        found[name] = Attribute(name, kind)
    for name, attribute in found.items():
        if attribute.kind is ValueKind.DATE and f"{name}_in_days" in found:
            entry = node.entries[f"{name}_in_days"]
            what = say("%(title)s clashes with '%(other)s'", title=titles.attribute(f"{name}_in_days"), other=name)
            remedy = say("remove it, the date '%(name)s' gives this column", name=name)
            notes.error(entry.key, what, remedy, "name")
    return found


def _value_kind(text: str) -> ValueKind:
    return ValueKind(forms.one_of(text, [kind.value for kind in ValueKind], say("type of attribute")))


def _good_column(name: str, key: ScalarNode, title: Callable[[str], str], notes: Notes) -> bool:
    """Whether a name can be a column of the state; if not, that is noted."""
    built_in = {column.name: column.meaning for column in BUILT_IN}
    if name in built_in:
        remove, choose = say("remove it, the column is always there"), say("choose another name")
        what = say("%(title)s has the name of a built-in column", title=title(name))
        notes.error(key, what, remove if title is titles.attribute else choose, "name")
    elif not is_identifier(name):
        better = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "seats"
        better = better if is_identifier(better) else f"a_{better}"[:60]
        remedy = say("use small letters, digits and underscores, such as %(name)s", name=better)
        notes.error(key, say("%(title)s cannot be a column's name", title=title(forms.cut(name))), remedy, "name")
    elif name in RESERVED or not _parses_as_column(name):
        remedy = say("choose another name, such as %(name)s", name=f"{name}_value")
        notes.error(key, say("%(title)s is a word of SQL", title=title(name)), remedy, "name")
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
    for name, entry in named(node, titles.question, notes):
        if not _good_column(name, entry.key, titles.question, notes):
            continue
        taken = next((column for column in (name, f"{name}_age_days") if column in attributes or column in found), None)
        taken = taken or next((other for other in found if f"{other}_age_days" == name), None)
        if taken:
            what = say("%(title)s clashes with '%(other)s'", title=titles.question(name), other=taken)
            notes.error(entry.key, what, say("choose another name"), "name")
            continue
        if not isinstance(entry.value, MappingNode):
            example = "{ask: How are you?, scale: 0..10, good_for: 90 days}"
            what = say("%(title)s has no keys of its own", title=titles.question(name))
            notes.error(entry.value, what, say("write %(text)s", text=example), "form")
            continue
        found[name] = _question(name, entry.key, entry.value, notes)
    return found


def _question(name: str, key: ScalarNode, node: MappingNode, notes: Notes) -> Question:
    fields = Fields(schema.QUESTIONS, node, notes, titles.question(name))
    scale = fields.read("scale", _some_scale, None)
    choices = tuple(choice.value for choice in fields.names("choices"))
    if fields.find("scale") and fields.find("choices"):
        what = say("%(title)s has both a scale and choices", title=fields.title)
        notes.error(key, what, say("keep one of the two"), "form")
    elif name == "feeling" and not fields.find("scale"):
        notes.error(key, say("the question 'feeling' has no scale"), say("write scale: -2..2"), "form")
    if len(choices) == 1:
        notes.error(key, say("%(title)s has one choice alone", title=fields.title), say("give at least two"), "form")
    good_for = fields.read("good_for", forms.days, 90.0)
    return Question(name, fields.text("ask"), good_for, scale, choices, key.line)


def _some_scale(text: str) -> tuple[float, float] | None:
    return forms.scale(text)


def types(node: MappingNode, vocabulary: Vocabulary, notes: Notes) -> dict[str, Condition]:
    """The kinds of customer, in order."""
    found: dict[str, Condition] = {}
    for name, entry in named(node, titles.customer_type, notes):
        found[name] = condition(entry.value, vocabulary, notes, titles.customer_type(name)) or EVERYBODY
    return found


def intelligence(node: Node, notes: Notes) -> tuple[tuple[Decision, Fields], ...]:
    """The decisions, each with its fields for the checks of what it names."""
    if not isinstance(node, SequenceNode):
        remedy = say("write '- decision: …' lines under it")
        notes.error(node, say("'intelligence' should be a list of decisions"), remedy, "form")
        return ()
    found = []
    for item in node.items:
        if not isinstance(item, MappingNode):
            remedy = say("write '- decision: …' with needs and acts")
            notes.error(item, say("this decision has no keys of its own"), remedy, "form")
            continue
        fields = Fields(schema.INTELLIGENCE, item, notes, say("this decision"))
        needs = tuple(need.value for need in fields.names("needs"))
        acts = tuple(act.value for act in fields.names("acts"))
        decision = Decision(fields.text("decision"), needs, acts, fields.text("review"), item.line)
        found.append((decision, fields))
    return tuple(found)


def ledger(node: MappingNode, notes: Notes) -> LedgerTerms:
    """The ledger's parameters."""
    fields = Fields(schema.LEDGER, node, notes, say("ledger"))
    usual = LedgerTerms()
    asymmetry = fields.read("asymmetry", forms.number, usual.asymmetry)
    at = fields.scalar("asymmetry")
    if at is not None and not 1 <= asymmetry <= 5:
        value = say_digits(f"{asymmetry:g}")
        what = say("an asymmetry of %(value)s is far from what was ever found", value=value)
        notes.warning(at, what, say("use 1 to 5"), "asymmetry")
    half_life = fields.read("half_life", forms.days, usual.half_life_days)
    unresolved = fields.read("unresolved_half_life", forms.days, usual.unresolved_half_life_days)
    if unresolved < half_life:
        place = fields.find("unresolved_half_life") or fields.find("half_life") or node
        what = say("a withdrawal that nobody made good fades faster than one that was")
        notes.warning(place, what, say("let unresolved_half_life be at least half_life"), "unresolved-half-life")
    return LedgerTerms(
        half_life_days=half_life,
        unresolved_half_life_days=unresolved,
        asymmetry=asymmetry,
        witness=fields.read("witness", forms.number, usual.witness),
        engaged_at=fields.read("engaged_at", forms.number, usual.engaged_at),
    )
