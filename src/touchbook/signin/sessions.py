"""Sessions in a table, as Django keeps them, read straight from the driver: every request asks for its own first."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from touchbook.kernel.clock import now
from touchbook.store.plain import select
from touchbook.store.values import said

_ALIVE = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseSessions):
    """One browser's session."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, where it is not there or has ended."""
        rows = select(_ALIVE, [self.session_key, said(now())])
        if not rows:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(rows[0][0])
        return found
