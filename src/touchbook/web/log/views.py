"""Log a moment: the page, its form for browsers without script, and whom it finds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.errors import TouchbookError
from touchbook.kernel.ids import mint
from touchbook.store.models import Moment
from touchbook.store.people_search import met_lately
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.log.journey import touchpoints_for
from touchbook.web.log.people import code_in, people_found, people_of_code, told
from touchbook.web.log.requests import id_of, moment_of
from touchbook.web.origin import origin_of
from touchbook.workflows.log_moment import Asked, log_moment

_RECENT = 3


@needs(May.LOG)
def show(request: PersonRequest) -> HttpResponse:
    """What just happened? A form without script is sent to the same address."""
    if request.method == "POST":
        return _take_form(request)
    return _page(request, {"touchpoint": request.GET.get("touchpoint", "")})


@needs(May.LOG)
def people(request: PersonRequest) -> HttpResponse:
    """Whom the typed words may mean, or who has a whole identifier; as JSON."""
    if code := request.GET.get("code", ""):
        return JsonResponse({"people": people_of_code(request.person, code)})
    words = request.GET.get("q", "")[:200].replace("\0", "")
    return JsonResponse({"people": people_found(request.person, words, request.GET.get("staff") == "1")})


@require_POST
@needs(May.LOG)
def scan(request: PersonRequest) -> HttpResponse:
    """Who is meant by the code in a photo; as JSON."""
    value = code_in(request.FILES.get("photo"))
    return JsonResponse({"value": value, "people": people_of_code(request.person, value)})


def _take_form(request: PersonRequest) -> HttpResponse:
    """Log what the plain form says; what is refused is shown above it, with all that was typed."""
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in ("id", "touchpoint", "code", "note")}
    typed["practices"] = request.POST.getlist("practice")
    happened = [
        {"kind": kind, "practice": name} for kind, _colon, name in (one.partition(":") for one in typed["practices"])
    ]
    try:
        before = Moment.objects.filter(id=id_of(typed, "id"), staff=request.person.id).first()  # sent twice
        said = {**typed, "at": (before.at if before else now()).isoformat(), "happened": happened}
        done = log_moment(
            moment_of(said, request.person, origin_of(request)), Asked(request.plan_version, request.person.id)
        )
    except TouchbookError as error:
        return _page(request, typed, str(error), 422)
    messages.success(request, _("The moment is saved.") if done.is_new else _("This moment was saved before."))
    return redirect("log")


def _page(request: PersonRequest, typed: dict[str, Any], refused: str = "", status: int = 200) -> HttpResponse:
    places = touchpoints_for(request.person)
    chosen = next((one for one in places if one["name"] == typed.get("touchpoint")), places[0] if places else None)
    recent = [told(one) for one in met_lately(request.person, _RECENT)]
    context = {
        "places": places,
        "chosen": chosen,
        "typed": {"id": str(mint(now())), **{name: value for name, value in typed.items() if value}},
        "refused": refused.splitlines(),
        "data": {"person": str(request.person.id), "touchpoints": places, "recent": recent, "recent_max": _RECENT},
    }
    return render(request, "log/log.html", context, status=status)
