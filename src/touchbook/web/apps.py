"""The Django app of the pages: templates, static files and translations."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class WebConfig(AppConfig):
    """Pages only; it has no tables."""

    name = "touchbook.web"
    label = "web"

    def ready(self) -> None:
        """Whoever signs in finds nothing that somebody else typed."""
        from touchbook.web.typed.keeping import signed_in  # the models are there now

        user_logged_in.connect(signed_in, dispatch_uid="touchbook.web.typed")
