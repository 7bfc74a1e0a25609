"""Where a form leads after it was sent: back to the page that it named, if that is one of ours."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The address in the form's field ``next``; *otherwise* (an address or its name) where it leads elsewhere."""
    named = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(named, {request.get_host()}, request.is_secure())
    return named if ours and named.startswith("/") else resolve_url(otherwise)
