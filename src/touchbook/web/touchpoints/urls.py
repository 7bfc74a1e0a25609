"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.touchpoints import views

urlpatterns = [
    path("touchpoints/", views.show, name="touchpoints"),
    path("touchpoints/<uuid:touchpoint>/", views.show_one, name="touchpoints-one"),
]
