"""What one part of a plan says of another: every name must be there."""

from __future__ import annotations

from collections.abc import Iterable

from touchbook.kernel.language import say
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
            otherwise = say("ask it under 'questions': %(names)s", names=_list(plan.questions))
            what = say("this decision needs %(name)s, which is neither a question nor a column", name=shown(need.value))
            _unknown(need, what, suggestion(need.value, known, otherwise), notes)
    for act in fields.names("acts"):
        if plan.touches and act.value not in plan.touches:
            otherwise = say("use one of the touches: %(names)s", names=_list(plan.touches))
            what = say("this decision acts through %(name)s, which is no touch", name=shown(act.value))
            _unknown(act, what, suggestion(act.value, plan.touches, otherwise), notes)


def check_recovery(fields: Fields, plan: Plan, notes: Notes) -> None:
    """A recovery is offered by roles, for withdrawals at touchpoints."""
    for item in fields.names("by"):
        if item.value not in SERVING:
            otherwise = say("use one of the roles: %(names)s", names=_list(SERVING))
            what = say(
                "%(title)s is offered by %(name)s, which is no role that serves",
                title=fields.title,
                name=shown(item.value),
            )
            _unknown(item, what, suggestion(item.value, SERVING, otherwise), notes)
    for item in fields.names("at"):
        if item.value not in plan.touchpoints:
            known = plan.touchpoints
            otherwise = say("use one of the touchpoints: %(names)s", names=_list(known))
            name = shown(item.value)
            what = say("%(title)s is for %(name)s, which is no touchpoint", title=fields.title, name=name)
            _unknown(item, what, suggestion(item.value, known, otherwise), notes)


def check_touch(fields: Fields, plan: Plan, notes: Notes) -> None:
    """A touch goes to types, asks questions and answers choices."""
    for item in fields.names("to"):
        if item.value not in plan.types:
            otherwise = say("use one of the types: %(names)s", names=_list(plan.types))
            name = shown(item.value)
            what = say("%(title)s goes to %(name)s, which is no type", title=fields.title, name=name)
            _unknown(item, what, suggestion(item.value, plan.types, otherwise), notes)
    for item in fields.names("asks"):
        if item.value not in plan.questions:
            otherwise = say("use one of the questions: %(names)s", names=_list(plan.questions))
            name = shown(item.value)
            what = say("%(title)s asks %(name)s, which is no question", title=fields.title, name=name)
            _unknown(item, what, suggestion(item.value, plan.questions, otherwise), notes)
    choices = [choice for question in plan.questions.values() for choice in question.choices]
    for item in fields.names("answers"):
        if item.value not in choices:
            otherwise = say("use a choice of a question: %(names)s", names=_list(choices))
            name = shown(item.value)
            what = say("%(title)s answers %(name)s, which no question offers", title=fields.title, name=name)
            _unknown(item, what, suggestion(item.value, choices, otherwise), notes)


def _unknown(place: ScalarNode, what: str, remedy: str, notes: Notes) -> None:
    notes.error(place, what, remedy, "unknown-name")


def _list(names: Iterable[str], most: int = 8) -> str:
    known = list(names)
    return ", ".join(known[:most]) + (", …" if len(known) > most else "") if known else say("there are none yet")
