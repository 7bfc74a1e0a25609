"""What every view of a week begins with: the run, its plan, and what the visitor may decide of it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from touchbook.kernel.errors import NotFound
from touchbook.plan.model import Plan
from touchbook.store.models import PlanRun
from touchbook.store.queries import plan_said_by
from touchbook.store.weeks import Scope, runs, scope_of
from touchbook.web.access import May, PersonRequest, may


def run_numbered(number: int) -> PlanRun:
    """A run by its number. Raises ``NotFound``."""
    run = runs().filter(number=number).first()
    if run is None:
        raise NotFound(_("There is no such plan; the history of weeks lists those that were made."))
    return run


def plan_of(run: PlanRun) -> Plan:
    """The plan that a run was made under."""
    return plan_said_by(run.plan_version)


def deciding(request: PersonRequest) -> Scope:
    """What the visitor may decide."""
    return scope_of(request.person) if may(request.person, May.DECIDE_WEEK) else Scope(False)
