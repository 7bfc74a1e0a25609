"""What one part of a plan says of another: every name must be there."""

from __future__ import annotations

from collections.abc import Iterable

from touchbook.plan.columns import catalogue
from touchbook.plan.document import ScalarNode
from touchbook.plan.fields import Fields, Notes
from touchbook.plan.forms import shown, suggestion
from touchbook.plan.model import SERVING, Plan


def check_decision(fields: Fields, plan: Plan, notes: Notes) -> None:
    """A decision needs questions or columns, and acts through touches."""
    columns = [name for name in catalogue(plan.attributes, plan.questions) if name not in plan.questions]
    for need in fields.names("needs"):
        if need.value not in plan.questions and need.value not in columns:
            known = [*plan.questions, *columns]
            remedy = suggestion(need.value, known, f"ask it under 'questions': {_list(plan.questions)}")
            _unknown(need, f"needs {shown(need.value)}, which is neither a question nor a column", remedy, notes)
    for act in fields.names("acts"):
        if plan.touches and act.value not in plan.touches:
            remedy = suggestion(act.value, plan.touches, f"use one of the touches: {_list(plan.touches)}")
            _unknown(act, f"acts through {shown(act.value)}, which is no touch", remedy, notes)


def check_recovery(fields: Fields, plan: Plan, notes: Notes) -> None:
    """A recovery is offered by roles, for withdrawals at touchpoints."""
    for item in fields.names("by"):
        if item.value not in SERVING:
            remedy = suggestion(item.value, SERVING, f"use one of the roles: {_list(SERVING)}")
            _unknown(
                item, f"{fields.title} is offered by {shown(item.value)}, which is no role that serves", remedy, notes
            )
    for item in fields.names("at"):
        if item.value not in plan.touchpoints:
            known = plan.touchpoints
            remedy = suggestion(item.value, known, f"use one of the touchpoints: {_list(known)}")
            _unknown(item, f"{fields.title} is for {shown(item.value)}, which is no touchpoint", remedy, notes)


def check_touch(fields: Fields, plan: Plan, notes: Notes) -> None:
    """A touch goes to types, asks questions and answers choices."""
    for item in fields.names("to"):
        if item.value not in plan.types:
            remedy = suggestion(item.value, plan.types, f"use one of the types: {_list(plan.types)}")
            _unknown(item, f"{fields.title} goes to {shown(item.value)}, which is no type", remedy, notes)
    for item in fields.names("asks"):
        if item.value not in plan.questions:
            remedy = suggestion(item.value, plan.questions, f"use one of the questions: {_list(plan.questions)}")
            _unknown(item, f"{fields.title} asks {shown(item.value)}, which is no question", remedy, notes)
    choices = [choice for question in plan.questions.values() for choice in question.choices]
    for item in fields.names("answers"):
        if item.value not in choices:
            remedy = suggestion(item.value, choices, f"use a choice of a question: {_list(choices)}")
            _unknown(item, f"{fields.title} answers {shown(item.value)}, which no question offers", remedy, notes)


def _unknown(place: ScalarNode, what: str, remedy: str, notes: Notes) -> None:
    sentence = what if what.startswith("the ") else f"this decision {what}"
    notes.error(place, sentence, remedy, "unknown-name")


def _list(names: Iterable[str], most: int = 8) -> str:
    known = list(names)
    return ", ".join(known[:most]) + (", …" if len(known) > most else "") if known else "there are none yet"
