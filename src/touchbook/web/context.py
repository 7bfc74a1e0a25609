"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from touchbook.web.access import GRANTED
from touchbook.web.navigation import TABS_ON_A_PHONE, menu_of
from touchbook.web.only_mine import is_only_mine


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """``person``, ``menu`` (``tabs`` are those that a phone shows), ``here`` (the page's entry) and ``grants``."""
    person = getattr(request, "person", None)
    menu = menu_of(person) if person else []
    match = request.resolver_match
    return {
        "person": person,
        "menu": menu,
        "tabs": menu[:TABS_ON_A_PHONE],
        "tab_urls": [entry.url for entry in menu[:TABS_ON_A_PHONE]],
        "here": (match.url_name or "").split("-")[0] if match else "",
        "grants": {grant.name for grant in GRANTED[person.role]} if person else set(),
        "languages": settings.LANGUAGES,
        "only_mine": bool(person) and is_only_mine(request),
    }
