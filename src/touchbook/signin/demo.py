"""The way into a demo: an address with the demo's own key signs in as one of its people. Nobody there is real."""

from __future__ import annotations

import json
from pathlib import Path
from secrets import compare_digest

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.backends import BaseBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from touchbook.signin.backend import active_login
from touchbook.signin.models import Login
from touchbook.signin.trail import keep


class DemoBackend(BaseBackend):
    """Remembers whoever came in by the demo's address; it takes no password."""

    def get_user(self, user_id: int) -> Login | None:
        """The login, as long as the home is a demo's."""
        return active_login(user_id) if demo_key() else None


def demo_key() -> str:
    """The key in the home's marker; empty where the home is no demo's."""
    try:
        return str(json.loads((Path(settings.TOUCHBOOK_HOME) / "demo.json").read_text(encoding="utf-8")).get("key", ""))
    except (OSError, ValueError):
        return ""


def enter(request: HttpRequest, key: str, who: str = "") -> HttpResponse:
    """Sign in as *who* (a login's name), or as the first manager."""
    known = demo_key()
    if not known or not compare_digest(known.encode(), key.encode()):
        raise Http404
    logins = Login.objects.select_related("staff").filter(is_active=True, staff__retired_at=None)
    found = logins.filter(username=who).first() if who else first_to_enter()
    if found is None:
        raise Http404
    login(request, found, backend="touchbook.signin.demo.DemoBackend")
    keep(request, "sign in", found, {"with": "the demo's address"})
    return redirect("home")


def first_to_enter() -> Login | None:
    """A manager whose team makes touches, if there is one."""
    managers = Login.objects.select_related("staff").filter(staff__role="manager")
    return managers.exclude(staff__team=None).order_by("staff__name").first() or managers.first()
