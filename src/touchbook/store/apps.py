"""The app's name and label."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Touchbook's tables."""

    name = "touchbook.store"
    label = "store"
    verbose_name = "Touchbook"
    default_auto_field = "django.db.models.BigAutoField"
