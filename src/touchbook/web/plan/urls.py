"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.plan import views

urlpatterns = [path("plan/", views.show, name="plan")]
