"""The Django app that keeps logins."""

from __future__ import annotations

from django.apps import AppConfig


class SignInConfig(AppConfig):
    """Logins; who they belong to and what they may do is the store's."""

    name = "touchbook.signin"
    label = "signin"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Begin to keep who signs in and out."""
        from touchbook.signin.trail import listen

        listen()
