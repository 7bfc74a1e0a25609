"""Who is there, whether they may, and how a refusal reaches them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from touchbook.kernel.errors import NotFound, TouchbookError
from touchbook.kernel.language import ENGLISH, speaking
from touchbook.store.queries import plan_said_by
from touchbook.web.access import May, may
from touchbook.web.mistakes import refused, told
from touchbook.web.typed.keeping import forget, keep, page_of, remember

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_SIGNING_IN = ("allauth.", "touchbook.signin.")  # they are for strangers, and guard themselves


class CalmSessionMiddleware(SessionMiddleware):
    """Sessions, with which a late request cannot sign out whoever has just signed in.

    Signing in gives a browser a new session, and ends the one it had. What it still asks for with the old one, such as
    a service worker that looks for its files, is answered without a word about the session, which would undo the new.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Take a session away only from a request that ended it itself."""
        session = request.session
        if settings.SESSION_COOKIE_NAME in request.COOKIES and session.is_empty() and not session.modified:
            if session.accessed:
                patch_vary_headers(response, ("Cookie",))
            return response
        return super().process_response(request, response)


class AddressMiddleware:
    """Behind a server of ours that speaks https, a visitor's address is what that server saw."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take the last address of the list, which that server wrote; those before it anybody may have made up."""
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if settings.SECURE_PROXY_SSL_HEADER and _is_address(seen):
            request.META["REMOTE_ADDR"] = seen
        return self._get_response(request)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class PersonMiddleware:
    """Finds out who asks, and lets nobody into a view that their role does not grant."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Put ``person`` on the request (None for a stranger, and for one who has left), and the plan in force."""
        user = request.user
        arrival = user.arrival if user.is_authenticated else None
        request.person = arrival.person if arrival else None  # type: ignore[attr-defined]
        if arrival and arrival.person is None:
            logout(request)
        version = arrival.version if arrival else None
        request.plan_version = version  # type: ignore[attr-defined]
        zone = plan_said_by(version).timezone if version else "UTC"
        with timezone.override(ZoneInfo(zone)):  # days are those of the place where the plan is at home
            answer = self._get_response(request)
        if user.is_authenticated and not answer.has_header("Cache-Control"):
            answer.headers["Cache-Control"] = "private, no-store"  # whoever uses this screen next goes back to nothing
        if request.person is not None:  # type: ignore[attr-defined]
            remember(request, request.person.id, answer)  # type: ignore[attr-defined]
        return answer

    def process_view(
        self, request: HttpRequest, view: Any, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse before the view runs."""
        if not hasattr(view, "needs"):
            return None if view.__module__.startswith(_SIGNING_IN) else refused(request, 403)
        needed: May | None = view.needs
        if needed is None:
            return None
        person = request.person  # type: ignore[attr-defined]
        if person is None:
            return _to_sign_in(request)
        if request.method == "POST":
            forget(request, request.get_full_path())
        return None if may(person, needed) else refused(request, 403)


class LanguageMiddleware:
    """What lies below the pages speaks the language of the page; see ``kernel.language``."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Speak it for as long as the request lasts."""
        with speaking(get_language() or ENGLISH):
            return self._get_response(request)


class SentenceMiddleware:
    """Turns an error that is for people into its sentence, on a page, in a fragment or as JSON."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing to do on the way in."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What is not for people goes on to the server's log."""
        if not isinstance(error, TouchbookError):
            logging.getLogger("django.request").debug("not for people", exc_info=error)
            return None
        return told(request, str(error), 404 if isinstance(error, NotFound) else 422)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asked, and not a person's browser."""
    return request.headers.get("Accept", "").startswith("application/json")


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """A page leads to signing in and back; a script is told to."""
    address = resolve_url(settings.LOGIN_URL)
    if wants_json(request):
        return JsonResponse({"sentence": _("Sign in again; what you typed is kept.")}, status=401)
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    after = request.get_full_path()
    if request.method == "POST":
        if keep(request):
            after = reverse("more-typed")
            messages.info(request, _("You were signed out before this was saved. What you typed is kept: sign in."))
        else:
            after = page_of(request)
            messages.error(request, _("You were signed out, so nothing was saved. Sign in, and do it once more."))
    return HttpResponseRedirect(f"{address}?next={quote(after)}")
