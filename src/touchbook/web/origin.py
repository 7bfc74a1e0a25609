"""From where a request came, as the audit trail keeps it."""

from __future__ import annotations

from django.http import HttpRequest


def origin_of(request: HttpRequest) -> str:
    """``web`` and the address that the server saw."""
    return f"web {request.META.get('REMOTE_ADDR', '')}".strip()
