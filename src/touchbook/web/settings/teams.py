"""Teams and hours: who has time for touches, beside what the plan counts on."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
from touchbook.kernel.ids import mint
from touchbook.store.models import Department, Role, Staff, Touchpoint
from touchbook.store.people import Person
from touchbook.store.plan_names import departments_of
from touchbook.store.queries import plan_in_force, version_in_force
from touchbook.store.staff_list import listed_for
from touchbook.store.team_hours import Owner, TeamHours, owners_with_hours, teams_with_hours
from touchbook.web.access import May, PersonRequest, may, needs
from touchbook.web.origin import origin_of
from touchbook.web.settings.forms import by_field, form_id, text
from touchbook.workflows.change_department import DepartmentChange, change_department
from touchbook.workflows.change_team import TeamChange, change_team
from touchbook.workflows.form_checks import FormRefused


@require_http_methods(["GET", "HEAD", "POST"])
@needs(May.SEE_PEOPLE)
def teams(request: PersonRequest) -> HttpResponse:
    """Who has time for touches?"""
    is_admin = may(request.person, May.RUN_HOUSE)
    form, said, problems = mint(now()), "", {}
    if request.method == "POST" and is_admin:
        form, said = form_id(request), text(request, "name")
        ask = TeamChange(form, form, said, now(), is_new=True, by=request.person.name, origin=origin_of(request))
        try:
            change_team(ask)
        except FormRefused as error:
            problems = by_field(error.problems)
        else:
            messages.success(request, _("There is a team “%(name)s” now.") % {"name": said})
            return redirect("settings-teams")
    plan = plan_in_force()[1] if version_in_force() else None
    each, owners = owners_with_hours(plan)
    visible, owners = _seen_by(request.person, teams_with_hours(plan), owners)
    told = {
        "teams": visible, "each": each, "owners": owners, "form": form, "said": said, "problems": problems,
        "seen": set(listed_for(request.person).values_list("id", flat=True)), "has_plan": plan is not None,
    }  # fmt: skip
    return render(request, "settings/teams.html", told, status=422 if problems else 200)


def _seen_by(person: Person, found: list[TeamHours], owners: list[Owner]) -> tuple[list[TeamHours], list[Owner]]:
    """A manager sees the teams in which people of theirs are, and those of their people who look after customers."""
    if person.role != Role.MANAGER:
        return found, owners
    theirs = set(listed_for(person).values_list("id", flat=True))
    return (
        [team for team in found if any(one.id in theirs for one in team.people)],
        [owner for owner in owners if owner.staff.id in theirs],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(May.RUN_HOUSE)
def team(request: PersonRequest, team: UUID) -> HttpResponse:
    """What is this team called?"""
    plan = plan_in_force()[1] if version_in_force() else None
    row = next((one for one in teams_with_hours(plan) if one.id == team), None)
    if row is None:
        raise NotFound(_("There is no such team; choose another."))
    form, said, problems = mint(now()), row.name, {}
    if request.method == "POST":
        form, said = form_id(request), text(request, "name")
        try:
            change_team(TeamChange(form, team, said, now(), by=request.person.name, origin=origin_of(request)))
        except FormRefused as error:
            problems = by_field(error.problems)
        else:
            messages.success(request, _("The team is called “%(name)s” now.") % {"name": said})
            return redirect("settings-teams")
    told = {"thing": row, "kind": "team", "form": form, "said": said, "problems": problems, "back": "settings-teams"}
    return render(request, "settings/rename.html", told, status=422 if problems else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(May.RUN_HOUSE)
def departments(request: PersonRequest) -> HttpResponse:
    """Who looks after which touchpoints?"""
    form, said, problems = mint(now()), "", {}
    if request.method == "POST":
        form, said = form_id(request), text(request, "name")
        try:
            change_department(
                DepartmentChange(
                    form, form, said, now(), is_new=True, by=request.person.name, origin=origin_of(request)
                )
            )
        except FormRefused as error:
            problems = by_field(error.problems)
        else:
            messages.success(request, _("There is a department “%(name)s” now.") % {"name": said})
            return redirect("settings-departments")
    told = {"departments": _departments(), "form": form, "said": said, "problems": problems}
    return render(request, "settings/departments.html", told, status=422 if problems else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(May.RUN_HOUSE)
def department(request: PersonRequest, department: UUID) -> HttpResponse:
    """What is this department called?"""
    row = next((one for one in _departments() if one["id"] == department), None)
    if row is None:
        raise NotFound(_("There is no such department; choose another."))
    form, said, problems = mint(now()), row["name"], {}
    if request.method == "POST":
        form, said = form_id(request), text(request, "name")
        change = DepartmentChange(form, department, said, now(), by=request.person.name, origin=origin_of(request))
        try:
            change_department(change)
        except FormRefused as error:
            problems = by_field(error.problems)
        else:
            messages.success(request, _("The department is called “%(name)s” now.") % {"name": said})
            return redirect("settings-departments")
    told = {"thing": row, "kind": "department", "form": form, "said": said, "problems": problems}
    return render(
        request, "settings/rename.html", {**told, "back": "settings-departments"}, status=422 if problems else 200
    )


def _departments() -> list[dict[str, object]]:
    """Every department with its touchpoints, its people and those who answer for it."""
    named = departments_of(plan_in_force()[1]) if version_in_force() else frozenset()
    places: dict[UUID | None, list[str]] = {}
    for name, of in Touchpoint.objects.filter(retired_at=None).order_by("name").values_list("name", "department"):
        places.setdefault(of, []).append(name)
    people: dict[UUID | None, int] = {}
    for of in Staff.objects.filter(retired_at=None).values_list("department", flat=True):
        people[of] = people.get(of, 0) + 1
    answering: dict[UUID, list[str]] = {}
    chosen = Staff.objects.filter(retired_at=None, role=Role.MANAGER).order_by("name")
    for one in chosen.prefetch_related("departments"):
        own = {one.department_id} if one.department_id else set()
        for of in own | {also.id for also in one.departments.all()}:
            answering.setdefault(of, []).append(one.name)
    return [
        {
            "id": row.id, "name": row.name, "is_in_plan": row.name in named, "touchpoints": places.get(row.id, []),
            "people": people.get(row.id, 0), "managers": answering.get(row.id, []),
        }
        for row in Department.objects.order_by("name")
    ]  # fmt: skip
