"""“See only mine”: a switch of each person's own, kept with their session."""

from __future__ import annotations

from django.http import HttpRequest

_KEY = "only_mine"


def is_only_mine(request: HttpRequest) -> bool:
    """Whether lists show only customers whom the visitor looks after."""
    return bool(request.session.get(_KEY, False))


def set_only_mine(request: HttpRequest, wanted: bool) -> None:
    """Turn the switch."""
    request.session[_KEY] = wanted
