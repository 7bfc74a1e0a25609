"""What went wrong, as a page, a fragment or JSON: always a sentence, and a way on."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from touchbook.web.typed.keeping import is_ours, keep


def told(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """A sentence for whoever asked, in the form in which they asked."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"sentence": sentence}, status=status)
    template = "mistake_fragment.html" if getattr(request, "htmx", False) else "mistake.html"
    return render(request, template, {"sentence": sentence, "status": status}, status=status)


def refused(request: HttpRequest, status: int = 403) -> HttpResponse:
    """Whoever is signed in may not do this."""
    return told(request, _("Your role does not include this page; ask an administrator if it should."), status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  Django's
    """A step that was left out, as when an address for the middle of something is opened by itself."""
    return told(request, _("This cannot be done from here; begin again from the menu."), 403)


def too_often(request: HttpRequest) -> HttpResponse:
    """Somebody, or a program of theirs, tries too much."""
    answer = told(request, _("That was tried too often in a short time; wait a minute, then try again."), 429)
    answer.headers["Retry-After"] = "60"
    return answer


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that is not as browsers send it; or to a name that this server was not told it has."""
    if isinstance(exception, DisallowedHost):
        name = request.META.get("HTTP_HOST", "")
        sentence = _(
            "Touchbook does not know that it may be reached as %(name)s; whoever runs it names that in TOUCHBOOK_HOSTS."
        )
        return HttpResponse(sentence % {"name": name}, status=400, content_type="text/plain; charset=utf-8")
    if isinstance(exception, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // (1024 * 1024)
        sentence = _("That is too much at once: at most %(count)d MB of text can be sent. Go back, and send less.")
        return told(request, sentence % {"count": most}, 413)
    return told(request, _("This request could not be read; go back, load the page again, and try once more."), 400)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django gives its reason
    """A form from before the last sign-in: where a page of ours sent it, its text is kept, to be sent once more."""
    person = getattr(request, "person", None)
    view = request.resolver_match.func if request.resolver_match else None
    if person is not None and getattr(view, "needs", None) and is_ours(request) and keep(request, person.id):
        return redirect("more-typed")
    return told(request, _("This form is from an earlier visit; go back, load the page again, and send it anew."), 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or nothing that the visitor may see."""
    said = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return told(request, said or _("There is no such page; choose another from the menu."), 404)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    sentence = _("Something broke on our side, and it was written down. What you had saved is safe; please try again.")
    return told(request, sentence, 500)
