"""What was typed before a session ended: send it, or let it go."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.templatetags.words import day
from touchbook.web.typed.keeping import forget, typed_by

_SHOWN_MAX = 2000


@require_http_methods(["GET", "HEAD", "POST"])
@needs(May.BE_ONESELF)
def typed(request: PersonRequest) -> HttpResponse:
    """Do you still want to send this? The page's own form sends it where it was to go; one to here lets it go."""
    kept = typed_by(request, request.person.id)
    if request.method == "POST":
        forget(request)
        return redirect(kept.page if kept else "home")
    if kept is None:
        return redirect("home")
    written = [(label, _shown(value)) for label, value in kept.written]
    return render(request, "typed/typed.html", {"typed": kept, "written": written})


def _shown(value: str) -> str:
    """What was typed, a day as the pages have it, and of a long text the beginning."""
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return value if len(value) <= _SHOWN_MAX else f"{value[:_SHOWN_MAX]}…"
