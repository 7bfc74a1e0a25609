"""The Django app of the pages: templates, static files and translations."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.signals import request_started


class WebConfig(AppConfig):
    """Pages only; it has no tables."""

    name = "touchbook.web"
    label = "web"

    def ready(self) -> None:
        """A request begins with a connection that is alive; whoever signs in finds nothing that somebody else typed."""
        from touchbook.web.typed.keeping import signed_in  # the models are there now

        request_started.connect(_leave_if_hung_up, dispatch_uid="touchbook.web.connection")
        user_logged_in.connect(signed_in, dispatch_uid="touchbook.web.typed")


def _leave_if_hung_up(**_: object) -> None:
    from touchbook.store.plain import leave_if_hung_up

    leave_if_hung_up()
