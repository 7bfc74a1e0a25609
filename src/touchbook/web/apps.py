"""The Django app of the pages: templates, static files and translations."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages only; it keeps nothing."""

    name = "touchbook.web"
    label = "web"
