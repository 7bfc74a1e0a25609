"""What went wrong, as a page, a fragment or JSON: always a sentence, and a way on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def told(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """A sentence for whoever asked, in the form in which they asked."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"sentence": sentence}, status=status)
    template = "mistake_fragment.html" if getattr(request, "htmx", False) else "mistake.html"
    return render(request, template, {"sentence": sentence, "status": status}, status=status)


def refused(request: HttpRequest, status: int = 403) -> HttpResponse:
    """Whoever is signed in may not do this."""
    return told(request, _("Your role does not include this page; ask an administrator if it should."), status)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django gives its reason
    """A form from before the last sign-in."""
    return told(request, _("This form is from an earlier visit; go back, load the page again, and send it anew."), 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or nothing that the visitor may see."""
    said = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return told(request, said or _("There is no such page; choose another from the menu."), 404)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    sentence = _("Something broke on our side, and it was written down. What you had saved is safe; please try again.")
    return told(request, sentence, 500)
