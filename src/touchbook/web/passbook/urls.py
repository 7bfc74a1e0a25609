"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.passbook import views

urlpatterns = [path("customers/<uuid:customer>/", views.show, name="customers-passbook")]
