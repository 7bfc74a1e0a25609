"""Every address of the web app."""

from __future__ import annotations

from django.urls import include, path

from touchbook.web.urls import handler404, handler500

__all__ = ["handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("account/", include("touchbook.signin.urls")),
    path("account/", include("allauth.urls")),
    path("", include("touchbook.web.urls")),
]
