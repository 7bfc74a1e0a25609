"""The first page of each role, the rest of the menu, and the files that make the app installable."""

from __future__ import annotations

import json
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from touchbook.web.access import May, PersonRequest, needs, open_to_all
from touchbook.web.navigation import TABS_ON_A_PHONE, menu_of
from touchbook.web.only_mine import set_only_mine
from touchbook.web.way_back import way_back

# What the page for logging needs where there is no network.
_AT_HAND = (
    "touchbook/look.css",
    "touchbook/log.css",
    "touchbook/js/app.js",
    "touchbook/js/outbox.js",
    "touchbook/js/log.js",
    "touchbook/js/log_people.js",
    "touchbook/js/log_scan.js",
    "touchbook/js/log_recover.js",
    "touchbook/icon.svg",
    "touchbook/icons.svg",
    "touchbook/icon-192.png",
)
_FIRST = {"front line": "log", "manager": "today", "strategist": "week", "analyst": "customers"}


@needs(May.BE_ONESELF)
def home(request: PersonRequest) -> HttpResponse:
    """To the page that somebody of this role opens first."""
    return redirect(_FIRST.get(request.person.role, "today"))


@needs(May.BE_ONESELF)
def more(request: PersonRequest) -> HttpResponse:
    """What a phone's tabs have no room for: the other pages, one's account, the language."""
    return render(request, "home/more.html", {"rest": menu_of(request.person)[TABS_ON_A_PHONE:]})


@require_POST
@needs(May.BE_ONESELF)
def choose_only_mine(request: PersonRequest) -> HttpResponse:
    """Switch between everybody whom one may see and those whom one looks after."""
    set_only_mine(request, request.POST.get("only_mine") == "1")
    return redirect(way_back(request, "more"))


@require_POST
@open_to_all
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie, so that the page for signing in speaks it too."""
    answer = redirect(way_back(request, "home"))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        translation.activate(chosen)
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=60 * 60 * 24 * 365, samesite="Lax")
    return answer


@open_to_all
def manifest(_request: HttpRequest) -> HttpResponse:
    """What a phone needs to install the app."""
    icons = [
        {"src": static("touchbook/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        *(
            {"src": static(f"touchbook/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (180, 192, 512)
        ),
        {
            "src": static("touchbook/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable",
        },
    ]  # fmt: skip
    told = {
        "name": "Touchbook",
        "short_name": "Touchbook",
        "description": gettext("A passbook for every customer, a list for every morning."),
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf6ec",
        "theme_color": "#1d4e68",
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")


@open_to_all
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: at the root, so that it may serve every page of the app.

    It names the files of the page for logging by what is in them; so a new version of any of them is a new worker.
    """
    files = json.dumps([static(name) for name in _AT_HAND])
    text = get_template("home/worker.js").template.source  # type: ignore[attr-defined]
    version = sha256((files + text).encode()).hexdigest()[:12]
    answer = render(
        request, "home/worker.js", {"files": files, "version": version}, content_type="text/javascript; charset=utf-8"
    )
    answer.headers["Cache-Control"] = "no-cache"
    return answer
