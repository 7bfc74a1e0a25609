"""Whom do I reach today? The list, and one touch of it by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.planner.schedule import HORIZON_DAYS
from touchbook.store.models import Customer
from touchbook.store.people import Person
from touchbook.store.queries import version_in_force
from touchbook.store.today import Due, due_touches, next_day, next_week_starts, promises_due, runs_now, touch_of
from touchbook.store.watch import Leak, worst_leak
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.only_mine import is_only_mine
from touchbook.web.today.cards import cards_of
from touchbook.web.today.panels import panel_of
from touchbook.web.today.words import reasons

AT_FIRST, AT_MOST = 15, 50
_HOURS_FROM_MINUTES = 120
_LOOKED_AT_FOR_SECONDS = 300  # what a department lost in four weeks hardly changes within five minutes


@needs(May.LOG)
def show(request: PersonRequest) -> HttpResponse:
    """Everybody whom the visitor may reach today, with what to say."""
    person, today = request.person, timezone.localdate()
    runs = runs_now(now())
    until = _until(request.GET.get("until", ""), today)
    dues = due_touches(person, runs, until, is_only_mine(request))
    free = [due for due in dues if not _is_taken(due, person)]
    taken = [due for due in dues if _is_taken(due, person)]
    shown = AT_MOST if request.GET.get("more") else AT_FIRST
    promises = promises_due(person, today)
    begins = None if runs else next_week_starts(today)
    context = {
        **head_of(person, free, today),
        "cards": cards_of(person, free[:shown]),
        "more": max(0, min(len(free), AT_MOST) - shown),
        "rest": max(0, len(free) - AT_MOST),
        "taken": taken,
        "promises": [(promise, mint(now()), mint(now())) for promise in promises],
        "today": today,
        "until": until if until > today else None,
        "watch": _watch(person),
        "reasons": reasons(),
        "empty": "" if free or promises else _empty(person, bool(runs), begins),
        "begins": begins,
        "next_day": None if free else next_day(person, runs, until),
    }
    return render(request, "today/today.html", context)


@needs(May.LOG)
def one(request: PersonRequest, touch: UUID) -> HttpResponse:
    """One touch by itself: open, or settled with room for what was learnt."""
    due = due_or_404(request.person, touch)
    return touch_page(request, due)


def touch_page(request: PersonRequest, due: Due, status: int = 200, **more: Any) -> HttpResponse:
    """A touch by itself; *more* is what a form that failed had in it."""
    panel = more.pop("panel", None) or panel_of(request.person, due)
    context = {"due": due, "panel": panel, "reasons": reasons(), "today": timezone.localdate(), **more}
    context["card"] = None if panel else cards_of(request.person, [due])[0]
    return render(request, "today/touch.html", context, status=status)


def head_of(person: Person, free: list[Due], today: date) -> dict[str, Any]:
    """The greeting, how many people there are, and about how many minutes they take."""
    minutes = sum(due.minutes for due in free)
    return {
        "greeting": _greeting(person),
        "people": len({due.customer for due in free}),
        "minutes": round(minutes),
        "hours": round(minutes / 60) if minutes >= _HOURS_FROM_MINUTES else 0,
        "today": today,
    }


def free_touches(request: PersonRequest) -> list[Due]:
    """What is on the visitor's list and taken by nobody else."""
    dues = due_touches(request.person, runs_now(now()), timezone.localdate(), is_only_mine(request))
    return [due for due in dues if not _is_taken(due, request.person)]


def due_or_404(person: Person, touch: UUID) -> Due:
    """A touch of the visitor's list; whatever is not on it is not there."""
    due = touch_of(person, touch)
    if due is None:
        raise Http404(_("There is no such touch among those of your team, or of customers whom you look after."))
    return due


def _is_taken(due: Due, person: Person) -> bool:
    return due.by != person.id and due.is_taken(timezone.localdate(), timezone.get_current_timezone())


def _until(raw: str, today: date) -> date:
    """The day up to which touches are shown: today, or one of the days after it that was asked for."""
    try:
        asked = date.fromisoformat(raw)
    except ValueError:
        return today
    return min(max(asked, today), today + timedelta(HORIZON_DAYS))


def _greeting(person: Person) -> str:
    hour, first = timezone.localtime().hour, person.name
    if hour < 12:
        return _("Good morning, %(name)s") % {"name": first}
    if hour < 18:
        return _("Good afternoon, %(name)s") % {"name": first}
    return _("Good evening, %(name)s") % {"name": first}


def _watch(person: Person) -> Leak | None:
    """Where the visitor's department lost most lately."""
    if not person.departments:
        return None
    key = "watch-" + "-".join(sorted(one.hex for one in person.departments))
    kept = cache.get(key)
    if kept is None:
        kept = (worst_leak(person.departments, now()),)
        cache.set(key, kept, _LOOKED_AT_FOR_SECONDS)
    leak: Leak | None = kept[0]
    return leak


def _empty(person: Person, has_run: bool, begins: date | None) -> str:
    """Why there is nothing on the list: what to do first depends on it."""
    if version_in_force() is None:
        return "no plan"
    if not has_run and begins is None:
        return "no week"
    if not person.team and not Customer.objects.filter(owner=person.id).exists():
        return "no team"
    return "done" if has_run else "later"
