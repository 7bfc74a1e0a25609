"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.settings import views

urlpatterns = [path("settings/", views.show, name="settings")]
