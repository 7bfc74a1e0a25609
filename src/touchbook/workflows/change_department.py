"""Add a department that the plan does not name, or give such a department another name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from touchbook.kernel.language import say
from touchbook.store.models import Department
from touchbook.store.plan_names import departments_of
from touchbook.store.queries import plan_in_force, version_in_force
from touchbook.workflows.form_checks import FormChecks
from touchbook.workflows.naming import Naming, name_thing


@dataclass(frozen=True, slots=True)
class DepartmentChange:
    """A department's name; of a new one, ``is_new``, *department* is the form's own id."""

    id: UUID
    department: UUID
    name: str
    at: datetime
    is_new: bool = False
    by: str = ""
    origin: str = ""


def change_department(request: DepartmentChange) -> bool:
    """Make or rename a department; returns False when that was done before.

    Raises ``NotFound`` for one that is not there, ``FormRefused`` for a name that is taken, and for a department that
    the plan names: it is renamed there.
    """
    naming = Naming("department", request.id, request.department, request.name, request.at, request.is_new)
    return name_thing(Department, naming, _check, request.by, request.origin)


def _check(checks: FormChecks, before: str, after: str) -> None:  # noqa: ARG001  any other name is as good
    named = departments_of(plan_in_force()[1]) if version_in_force() else frozenset()
    if before and before in named:
        checks.refuse("name", say("The plan names the department “%(before)s”; rename it in the plan.", before=before))
