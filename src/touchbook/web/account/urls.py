"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.account import views

urlpatterns = [path("account/invitation/<str:token>/", views.invitation, name="invitation")]
