"""Addresses at the root."""

from __future__ import annotations

from django.urls import path

from touchbook.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("more/", views.more, name="more"),
    path("more/language/", views.choose_language, name="more-language"),
    path("more/only-mine/", views.choose_only_mine, name="more-only-mine"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("worker.js", views.worker, name="worker"),
]
