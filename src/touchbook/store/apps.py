"""The app's name and label, and what happens after a migration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, post_save


class StoreConfig(AppConfig):
    """Touchbook's tables."""

    name = "touchbook.store"
    label = "store"
    verbose_name = "Touchbook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the triggers put in place whenever the tables were migrated, and names be found as they are written."""
        post_migrate.connect(_protect, sender=self)
        post_save.connect(_keep_name, sender="store.Customer")


def _protect(using: str, **_: Any) -> None:
    from touchbook.store import append_only, change_stamps  # models can be imported only once the apps are ready

    append_only.install(connections[using])
    change_stamps.install(connections[using])


def _keep_name(instance: Any, created: bool, update_fields: frozenset[str] | None = None, **_: Any) -> None:
    from touchbook.store.name_words import keep_names  # models can be imported only once the apps are ready

    if update_fields is None or "name" in update_fields:
        keep_names({instance.id: instance.name}, known=not created)
