"""Add a team that the plan does not name, or give such a team another name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from touchbook.kernel.language import say
from touchbook.store.models import PlannedTouch, Team
from touchbook.store.plan_names import teams_of
from touchbook.store.queries import plan_in_force, version_in_force
from touchbook.workflows.form_checks import FormChecks
from touchbook.workflows.naming import Naming, name_thing


@dataclass(frozen=True, slots=True)
class TeamChange:
    """A team's name; of a new team, ``is_new``, *team* is the form's own id."""

    id: UUID
    team: UUID
    name: str
    at: datetime
    is_new: bool = False
    by: str = ""
    origin: str = ""


def change_team(request: TeamChange) -> bool:
    """Make or rename a team; returns False when that was done before.

    Raises ``NotFound`` for a team that is not there, ``FormRefused`` for a name that is taken, and for a team that the
    plan names: it is renamed there.
    """
    naming = Naming("team", request.id, request.team, request.name, request.at, request.is_new)
    return name_thing(Team, naming, _check, request.by, request.origin)


def _check(checks: FormChecks, before: str, after: str) -> None:
    named = teams_of(plan_in_force()[1]) if version_in_force() else frozenset()
    if before and before in named:
        checks.refuse("name", say("The plan names the team “%(before)s”; rename it in the plan.", before=before))
    elif before and before != after and PlannedTouch.objects.filter(team=before).exists():
        checks.refuse(
            "name",
            say("Touches were planned for “%(before)s” under this name; add another team instead.", before=before),
        )
