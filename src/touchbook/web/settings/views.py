"""Settings: which sections there are, and what is in each now."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from touchbook.store.audit_trail import TrailFilter, entries
from touchbook.store.models import ApiKey, Department, Import, Team
from touchbook.store.people import Person
from touchbook.store.queries import plan_in_force, version_in_force
from touchbook.store.staff_list import listed_for
from touchbook.store.team_hours import teams_with_hours
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.settings.sections import sections_of
from touchbook.web.templatetags.words import ago, whole
from touchbook.workflows.uploads import uploads


@needs(May.SEE_PEOPLE)
def show(request: PersonRequest) -> HttpResponse:
    """Who works here, and what came in?"""
    found = [(section, _NOW[section.url](request.person)) for section in sections_of(request.person)]
    return render(request, "settings/settings.html", {"found": found})


def _people(person: Person) -> str:
    count = listed_for(person).filter(retired_at=None).count()
    if not count:
        return _("Nobody works here yet.")
    return ngettext("%(count)s person works here.", "%(count)s people work here.", count) % {"count": whole(count)}


def _teams(_person: Person) -> str:
    plan = plan_in_force()[1] if version_in_force() else None
    short = [team.name for team in teams_with_hours(plan) if team.short_by]
    if short:
        said = ngettext(
            "%(count)s team has less time than the plan counts on.",
            "%(count)s teams have less time than the plan counts on.",
            len(short),
        )
        return said % {"count": whole(len(short))}
    if not Team.objects.exists():
        return _("No team yet.")
    return _("Every team has the time that the plan counts on.")


def _departments(_person: Person) -> str:
    count = Department.objects.count()
    if not count:
        return _("No department yet.")
    return ngettext("%(count)s department.", "%(count)s departments.", count) % {"count": whole(count)}


def _imports(_person: Person) -> str:
    if any(one.state == "running" for one in uploads()):
        return _("A file is being imported now.")
    waiting = sum(one.state in ("draft", "stopped") for one in uploads())
    if waiting:
        said = ngettext("%(count)s file waits for you.", "%(count)s files wait for you.", waiting)
        return said % {"count": whole(waiting)}
    last = Import.objects.order_by("-started_at").first()
    if last is None:
        return _("Nothing was imported yet.")
    return _("The latest came %(ago)s: %(file)s.") % {"ago": ago(last.started_at), "file": last.file_name}


def _keys(_person: Person) -> str:
    count = ApiKey.objects.filter(revoked_at=None).count()
    if not count:
        return _("No program may come in yet.")
    said = ngettext("%(count)s program may come in.", "%(count)s programs may come in.", count)
    return said % {"count": whole(count)}


def _audit(_person: Person) -> str:
    last = entries(TrailFilter(), None, 1)
    if not last:
        return _("Nothing was changed yet.")
    return _("The latest change was %(ago)s, by %(who)s.") % {"ago": ago(last[0].at), "who": last[0].actor or "—"}


_NOW: dict[str, Callable[[Person], str]] = {
    "settings-people": _people,
    "settings-teams": _teams,
    "settings-departments": _departments,
    "settings-imports": _imports,
    "settings-keys": _keys,
    "settings-audit": _audit,
}
