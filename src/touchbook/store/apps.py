"""The app's name and label, and what happens after a migration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class StoreConfig(AppConfig):
    """Touchbook's tables."""

    name = "touchbook.store"
    label = "store"
    verbose_name = "Touchbook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the triggers put in place whenever the tables were migrated."""
        post_migrate.connect(_protect, sender=self)


def _protect(using: str, **_: Any) -> None:
    from touchbook.store import append_only, change_stamps  # models can be imported only once the apps are ready

    append_only.install(connections[using])
    change_stamps.install(connections[using])
