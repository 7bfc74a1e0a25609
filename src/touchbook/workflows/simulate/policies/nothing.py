"""Nothing: the club lives as its staff do, and nobody reaches out."""

from __future__ import annotations

from datetime import date

from touchbook.workflows.simulate.policies.policy import NO_WISH, Wish


class Nothing:
    """Reaches nobody."""

    def wish(self, _monday: date) -> Wish:
        """No one."""
        return NO_WISH
