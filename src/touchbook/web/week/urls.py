"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.week import views

urlpatterns = [path("week/", views.show, name="week")]
