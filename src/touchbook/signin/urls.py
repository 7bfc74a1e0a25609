"""Addresses for signing in that are ours, beside those of django-allauth."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
