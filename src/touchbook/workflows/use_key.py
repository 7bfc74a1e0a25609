"""Let a program in by the key that it shows, and note, at most once a minute, that the key was used."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from touchbook.store.keys import key_of
from touchbook.store.models import ApiKey

_NOTED_EVERY = timedelta(minutes=1)


def use_key(raw: str, at: datetime) -> ApiKey | None:
    """The key that a program shows; None where it is none of ours, or was revoked."""
    key = key_of(raw)
    if key is not None and (key.used_at is None or key.used_at < at - _NOTED_EVERY):
        noted_before = Q(used_at=None) | Q(used_at__lt=at - _NOTED_EVERY)
        ApiKey.objects.filter(noted_before, id=key.id).update(used_at=at)
        key.used_at = at
    return key
