"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.typed import views

urlpatterns = [path("more/typed/", views.typed, name="more-typed")]
