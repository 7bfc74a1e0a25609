"""Who may do what: one table, and the mark that every view carries.

A view without a mark is refused to everybody; a test goes through all addresses with three fixed people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext

from touchbook.store.models import Customer, PlanVersion, Role
from touchbook.store.people import Person, customers_seen_by

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


class May(StrEnum):
    """What a page or an action needs."""

    LOG = "log moments and make touches"
    SEE_CUSTOMERS = "see customers"
    SEE_CONTACTS = "see how a customer is reached"
    CHANGE_CUSTOMERS = "change what a customer allows and was promised"
    SEE_JOURNEY = "see where deposits and withdrawals happen"
    READ_PLAN = "read the plan"
    PUBLISH_PLAN = "publish a plan"
    SEE_WEEK = "see what the planner decided"
    DECIDE_WEEK = "approve, withdraw and plan again"
    READ_SQL = "take a filter as SQL"
    SEE_PEOPLE = "see people and teams"
    RUN_HOUSE = "change people, keys and imports, and read the audit trail"
    BE_ONESELF = "see one's own page"


_SERVING = {May.LOG, May.SEE_CUSTOMERS, May.SEE_CONTACTS, May.CHANGE_CUSTOMERS, May.BE_ONESELF}
_READING = {May.SEE_CUSTOMERS, May.SEE_JOURNEY, May.READ_PLAN, May.SEE_WEEK, May.READ_SQL, May.BE_ONESELF}

GRANTED: Mapping[Role, frozenset[May]] = {
    Role.FRONT_LINE: frozenset(_SERVING),
    Role.MANAGER: frozenset(_SERVING | {May.SEE_JOURNEY, May.READ_PLAN, May.SEE_WEEK, May.DECIDE_WEEK, May.SEE_PEOPLE}),
    Role.STRATEGIST: frozenset(_SERVING | _READING | {May.PUBLISH_PLAN, May.DECIDE_WEEK, May.SEE_PEOPLE}),
    Role.ANALYST: frozenset(_READING),
    Role.ADMINISTRATOR: frozenset(May),
}


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in; the middleware has seen to it."""

    person: Person
    plan_version: PlanVersion | None


def may(person: Person, what: May) -> bool:
    """Whether a person's role grants something."""
    return what in GRANTED[person.role]


def needs(what: May) -> Callable[[Callable[Concatenate[Any, P], R]], Callable[Concatenate[Any, P], R]]:
    """Mark a view with what its visitor must be allowed to do; ``web.middleware`` sees to it before the view runs."""

    def mark(view: Callable[Concatenate[Any, P], R]) -> Callable[Concatenate[Any, P], R]:
        view.needs = what  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(view: Callable[Concatenate[Any, P], R]) -> Callable[Concatenate[Any, P], R]:
    """Mark a view that strangers may see: there is nothing of anybody's in it."""
    view.needs = None  # type: ignore[attr-defined]
    return view


def customer_or_404(request: PersonRequest, customer: UUID) -> Customer:
    """A customer whom the visitor may see. Whoever they may not see is not there: 404, as for an unknown id."""
    found = customers_seen_by(request.person).select_related("owner").filter(id=customer).first()
    if found is None:
        raise Http404(gettext("There is no such customer among those you may see."))
    return found
