"""The pages' addresses, a file for each page."""

from __future__ import annotations

from django.urls import include, path

from touchbook.web import mistakes

_PAGES = (
    "home",
    "typed",
    "account",
    "log",
    "today",
    "customers",
    "passbook",
    "touchpoints",
    "plan",
    "week",
    "settings",
)

urlpatterns = [path("", include(f"touchbook.web.{page}.urls")) for page in _PAGES]

handler404 = mistakes.not_found
handler500 = mistakes.broken
