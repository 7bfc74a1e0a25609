"""From the text of a plan file to a ``Plan``, with every error and every warning at once.

The text becomes a tree (``document``), the tree's sections are read by their schemas (``strategy``, ``outreach``),
names are checked across sections (``references``), and what can be read is looked at as a strategy (``lint``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from touchbook.kernel.errors import PlanInvalid, Problem
from touchbook.kernel.language import ENGLISH, LANGUAGES, say
from touchbook.plan import document, lint, outreach, references, schema, strategy
from touchbook.plan.document import Document, MappingNode
from touchbook.plan.fields import Fields, Notes
from touchbook.plan.forms import FormError, closest, shown, suggestion
from touchbook.plan.model import Plan
from touchbook.plan.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a text: the plan (None when there is any error) and all problems, in the order of the text.

    Not ``complete`` when errors kept some warnings from being looked for.
    """

    plan: Plan | None
    problems: tuple[Problem, ...]
    document: Document
    source: str = "plan.yaml"
    complete: bool = True

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the plan from being used."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that a plan can live with."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def load(text: str | bytes, source: str = "plan.yaml") -> Loaded:
    """Read a plan file; *source* is how messages call it. Never raises for what the text says."""
    read = document.read(text)
    notes = Notes(list(read.problems))
    plan = _plan(read.root, notes) if read.root is not None else None
    errors = [problem for problem in notes.problems if problem.severity == "error"]
    complete = False
    if plan is not None:
        linted = lint.lint(plan, read, tuple(errors))
        notes.problems.extend(linted.warnings)
        complete = linted.complete
    problems = tuple(sorted(set(notes.problems)))
    return Loaded(None if errors else plan, problems, read, source, complete)


def read_plan(text: str | bytes, source: str = "plan.yaml") -> Plan:
    """Read a plan file that must be sound. Raises PlanInvalid with every error at once."""
    loaded = load(text, source)
    if loaded.plan is None:
        raise PlanInvalid(loaded.errors, source)
    return loaded.plan


def _plan(root: MappingNode, notes: Notes) -> Plan:
    """Everything that could be read, with defaults where something could not."""
    top = Fields(schema.TOP, root, notes, say("the plan"))
    currency = top.read("currency", _currency, "")  # noted when it is none
    attributes = strategy.attributes(_section(top, "attributes"), notes)
    questions = strategy.questions(_section(top, "questions"), attributes, notes)
    types_node, touchpoints_node = _section(top, "types", True), _section(top, "touchpoints")
    names = tuple(types_node.entries), tuple(touchpoints_node.entries)
    facts = vocabulary(attributes, questions, *names, upto="facts")
    everything = vocabulary(attributes, questions, *names)
    touches = outreach.touches(_section(top, "touches", True), everything, currency, notes)
    recoveries = outreach.recoveries(_section(top, "recoveries"), currency, notes)
    teams = tuple(dict.fromkeys(touch.team for touch, _ in touches.values() if touch.team))
    decisions_node = top.find("intelligence")
    decisions = strategy.intelligence(decisions_node, notes) if decisions_node else ()
    plan = Plan(
        name=_name(top),
        currency=currency,
        timezone=top.read("timezone", _timezone, "UTC"),
        language=top.read("language", _language, ENGLISH),
        success=strategy.success(_section(top, "success"), facts, notes),
        types=strategy.types(types_node, facts, notes),
        touchpoints=outreach.touchpoints(touchpoints_node, notes),
        recoveries={name: recovery for name, (recovery, _) in recoveries.items()},
        touches={name: touch for name, (touch, _) in touches.items()},
        attributes=attributes,
        intelligence=tuple(decision for decision, _ in decisions),
        questions=questions,
        ledger=strategy.ledger(_section(top, "ledger"), notes),
        guardrails=outreach.guardrails(_section(top, "guardrails"), everything, notes),
        capacity=outreach.capacity(_section(top, "capacity"), teams, currency, notes),
    )
    for _, fields in decisions:
        references.check_decision(fields, plan, notes)
    for _, fields in recoveries.values():
        references.check_recovery(fields, plan, notes)
    for _, fields in touches.values():
        references.check_touch(fields, plan, notes)
    return plan


def _name(top: Fields) -> str:
    name, node = top.text("plan"), top.scalar("plan")
    if node is not None and not name:
        remedy = say("write '%(text)s'", text=f"plan: {top.section.key('plan').example}")
        top.notes.error(node, say("the plan's name is empty"), remedy, "form")
    return name


def _section(top: Fields, name: str, filled: bool = False) -> MappingNode:
    """A section's keys; none when it is not there. *filled*: it must not be empty."""
    example = top.section.key(name).example
    node = top.mapping(name, say("'%(text)s'", text=f"{name}: {example}"))
    if node is None:
        return MappingNode({}, top.node.line, top.node.column, top.node.start, top.node.start)
    if filled and not node.entries:
        what = say("the plan has no %(section)s", section=name)
        remedy = say("write at least one, as in '%(text)s'", text=f"{name}: {example}")
        top.notes.error(node, what, remedy, "missing-key")
    return node


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise FormError(
            say("%(text)s is no currency", text=shown(text)), say("write three capital letters such as GBP")
        )
    return text


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime"}  # on some systems, a name for whatever they are set to


def _timezone(text: str) -> str:
    if text not in _timezones():
        remedy = suggestion(text, _timezones(), say("write one such as Europe/London"))
        raise FormError(say("%(text)s is no time zone", text=shown(text)), remedy)
    return text


def _language(text: str) -> str:
    if text not in LANGUAGES:
        called = (
            {code: code for code in LANGUAGES} | {name: code for code, name in LANGUAGES.items()} | {"German": "de"}
        )
        code = called.get(closest(text, called) or "")
        meant, otherwise = (
            say("did you mean '%(name)s'?", name=code),
            say("write one of: %(words)s", words=", ".join(LANGUAGES)),
        )
        what = say("%(text)s is no language that Touchbook speaks", text=shown(text))
        raise FormError(what, meant if code else otherwise)
    return text
