"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.today import views

urlpatterns = [path("today/", views.show, name="today")]
