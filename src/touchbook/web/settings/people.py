"""People: who works here, where, and what they may do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.signin.models import Login
from touchbook.store.models import Department, Role, Staff, Team
from touchbook.store.staff_list import StaffFilter, changeable, customers_owned, found, listed_for
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.mistakes import refused
from touchbook.web.origin import origin_of
from touchbook.web.settings.forms import by_field, choice, form_id, instant_or_none, text, uuid_or_none
from touchbook.workflows.change_staff import StaffChange, StaffValues, change_staff, values_of
from touchbook.workflows.form_checks import FormRefused
from touchbook.workflows.retire_staff import Retirement, retire_staff
from touchbook.workflows.retire_staff import take_back as take_back_staff

ROWS = 50
ROLES: dict[str, tuple[str | Promise, str | Promise]] = {
    Role.FRONT_LINE: (gettext_lazy("Front line"), gettext_lazy("logs moments and makes touches")),
    Role.MANAGER: (gettext_lazy("Manager"), gettext_lazy("sees their departments, and decides about the week")),
    Role.STRATEGIST: (gettext_lazy("Strategist"), gettext_lazy("writes and publishes the plan")),
    Role.ANALYST: (gettext_lazy("Analyst"), gettext_lazy("reads everything but how a customer is reached")),
    Role.ADMINISTRATOR: (gettext_lazy("Administrator"), gettext_lazy("also runs people, imports and keys")),
}


@needs(May.SEE_PEOPLE)
def people(request: PersonRequest) -> HttpResponse:
    """Who works here?"""
    role = request.GET.get("role", "")
    wanted = StaffFilter(
        request.GET.get("text", "").replace("\0", "").strip(),
        uuid_or_none(request.GET.get("department", "")),
        uuid_or_none(request.GET.get("team", "")),
        role if role in Role.values else "",
        request.GET.get("left") == "1",
    )
    page = max(1, int(raw) if (raw := request.GET.get("page", "1")).isdecimal() and len(raw) < 6 else 1)
    rows = found(request.person, wanted)
    shown = list(rows[(page - 1) * ROWS : page * ROWS + 1])
    there = listed_for(request.person).filter(retired_at=None)
    query = request.GET.copy()
    query.pop("page", None)
    told = {
        "wanted": wanted, "rows": [_listed(one) for one in shown[:ROWS]], "count": rows.count(), "page": page,
        "has_more": len(shown) > ROWS, "query": query.urlencode(), "here_count": there.count(),
        "departments": Department.objects.order_by("name"), "teams": Team.objects.order_by("name"),
        "roles": [(key, label) for key, (label, _what) in ROLES.items()],
    }  # fmt: skip
    return render(request, "settings/people_rows.html" if request.htmx else "settings/people.html", told)  # type: ignore[attr-defined]


def _listed(row: Staff) -> dict[str, Any]:
    return {"staff": row, "role": ROLES[row.role][0] if row.role in ROLES else row.role}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(May.RUN_HOUSE)
def new_person(request: PersonRequest) -> HttpResponse:
    """Who joins us?"""
    if request.method != "POST":
        return _form(request, None, {"role": str(Role.FRONT_LINE)}, {}, mint(now()))
    form = form_id(request)
    values = _typed(request)
    try:
        change_staff(
            StaffChange(form, form, values, now(), is_new=True, by=request.person.name, origin=origin_of(request))
        )
    except FormRefused as error:
        return _form(request, None, _said(values), by_field(error.problems), form)
    messages.success(request, _("%(name)s works here now.") % {"name": values.name})
    return redirect("settings-person", form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(May.SEE_PEOPLE)
def person(request: PersonRequest, staff: UUID) -> HttpResponse:
    """Who is this, and what may they do?"""
    row = staff_or_404(request, staff)
    if request.method != "POST":
        return _form(request, row, _said(values_of(row)), {}, mint(now()))
    only = changeable(request.person, row)
    if only is None:
        return refused(request)
    typed = _typed(request)
    change = StaffChange(
        form_id(request), staff, typed, now(), only=only, seen_at=instant_or_none(request.POST.get("seen_at", "")),
        by=request.person.name, origin=origin_of(request),
    )  # fmt: skip
    try:
        changed = change_staff(change)
    except FormRefused as error:
        before = _said(values_of(row))
        typed_said = _said(typed)
        said = {key: typed_said[key] if not only or key in only else before[key] for key in before}
        return _form(request, row, said, by_field(error.problems), change.id)
    row.refresh_from_db()
    told = _("What you changed of %(name)s is saved.") if changed else _("Nothing of %(name)s had to be changed.")
    messages.success(request, told % {"name": row.name})
    return redirect("settings-person", staff)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(May.RUN_HOUSE)
def retire(request: PersonRequest, staff: UUID) -> HttpResponse:
    """What happens when somebody leaves?"""
    row = staff_or_404(request, staff)
    form, said, problems = mint(now()), request.POST.get("heir", ""), {}
    if request.method == "POST":
        form = form_id(request)
        heir = uuid_or_none(said)
        ask = Retirement(
            form, staff, now(), heir=heir, is_heir_chosen=said == "nobody" or heir is not None,
            by=request.person.name, origin=origin_of(request),
        )  # fmt: skip
        try:
            retire_staff(ask)
        except FormRefused as error:
            problems = by_field(error.problems)
        else:
            messages.success(request, _("%(name)s has left; their name stays in the book.") % {"name": row.name})
            return redirect("settings-person", staff)
    told = {
        "staff": row, "form": form, "said": said, "problems": problems, "customers": customers_owned(staff),
        "managed": Staff.objects.filter(manager=row, retired_at=None).count(),
        "heirs": Staff.objects.filter(retired_at=None).exclude(id=staff).order_by("name"),
    }  # fmt: skip
    return render(request, "settings/retire.html", told, status=422 if problems else 200)


@require_POST
@needs(May.RUN_HOUSE)
def take_back(request: PersonRequest, staff: UUID) -> HttpResponse:
    """Somebody returns."""
    row = staff_or_404(request, staff)
    take_back_staff(form_id(request), staff, now(), request.person.name, origin_of(request))
    messages.success(request, _("%(name)s is back.") % {"name": row.name})
    return redirect("settings-person", staff)


def staff_or_404(request: PersonRequest, staff: UUID) -> Staff:
    """Somebody whom the visitor finds in the list; whoever they do not is not there."""
    rows = listed_for(request.person).select_related("department", "team", "manager")
    row = rows.filter(id=staff).first()
    if row is None:
        raise Http404(_("There is no such person among those you may see."))
    return row


def _typed(request: PersonRequest) -> StaffValues:
    minutes = text(request, "minutes_per_week")
    is_whole = minutes.isascii() and minutes.isdecimal() and len(minutes) < 9
    chosen = (uuid_or_none(one) for one in request.POST.getlist("departments"))
    return StaffValues(
        text(request, "name"),
        text(request, "code"),
        choice(request, "department"),
        choice(request, "team"),
        text(request, "role"),
        choice(request, "manager"),
        frozenset(one for one in chosen if one is not None),
        int(minutes) if is_whole else minutes or None,
    )


def _said(values: StaffValues) -> dict[str, Any]:
    """The values as the form shows them: ids as text."""
    ids = {name: str(getattr(values, name) or "") for name in ("department", "team", "manager")}
    return {
        "name": values.name, "code": values.code, "role": values.role, **ids,
        "departments": {str(one) for one in values.departments},
        "minutes_per_week": "" if values.minutes_per_week is None else values.minutes_per_week,
    }  # fmt: skip


def _form(request: PersonRequest, row: Staff | None, said: Any, problems: Any, form: UUID) -> HttpResponse:
    changes = () if row is None else changeable(request.person, row)
    managers = Staff.objects.filter(retired_at=None).order_by("name")
    told = {
        "staff": row, "said": said, "problems": problems, "form": form,
        "may": {name: changes is not None and (not changes or name in changes) for name in _FIELDS},
        "may_any": changes is not None and (row is None or row.retired_at is None),
        "departments": [(str(one.id), one.name) for one in Department.objects.order_by("name")],
        "teams": [(str(one.id), one.name) for one in Team.objects.order_by("name")],
        "managers": [(str(one.id), one.name) for one in managers if row is None or one.id != row.id],
        "roles": [(str(key), label, what) for key, (label, what) in ROLES.items()],
        "role": ROLES.get(said.get("role", ""), ("",))[0],
        "customers": customers_owned(row.id) if row else 0,
        "login": Login.objects.filter(staff=row).first() if row else None,
    }  # fmt: skip
    if row is not None and row.manager is not None and row.manager.retired_at is not None:
        told["managers"] = [(str(row.manager.id), row.manager.name), *told["managers"]]
    return render(request, "settings/person.html", told, status=422 if problems else 200)


_FIELDS = ("name", "code", "department", "team", "role", "manager", "departments", "minutes_per_week")
