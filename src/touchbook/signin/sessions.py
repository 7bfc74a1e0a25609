"""Sessions in a table, as Django keeps them, read straight from the driver: every request asks for its own first."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import connection
from django.utils import timezone

from touchbook.store.plain import select
from touchbook.store.values import converter

_ALIVE = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseSessions):
    """One browser's session."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, where it is not there or has ended."""
        convert = converter(self.model._meta.get_field("expire_date"), connection)
        instant = timezone.now()
        rows = select(_ALIVE, [self.session_key, convert(instant) if convert else instant])
        if not rows:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(rows[0][0])
        return found
