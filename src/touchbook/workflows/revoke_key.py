"""Revoke a key: its program comes in no more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import ApiKey


def revoke_key(key: UUID, at: datetime, by: str = "", origin: str = "") -> bool:
    """Revoke it for good; returns False when it was revoked before. Raises ``NotFound``."""
    with transaction.atomic():
        hold_arrivals()
        row = ApiKey.objects.select_for_update().filter(id=key).first()
        if row is None:
            raise NotFound(say("There is no such key; load the page again."))
        if row.revoked_at is not None:
            return False
        row.revoked_at, row.changed_at = at, now()
        row.save(update_fields=["revoked_at", "changed_at"])
        told = {"name": row.name, "prefix": row.prefix}
        audit([Change("revoke", "key", row.id, told, told | {"revoked": True})], by, at, origin)
    return True
