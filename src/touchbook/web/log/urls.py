"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.log import views

urlpatterns = [path("log/", views.show, name="log")]
