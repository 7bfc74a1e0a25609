"""The one place that asks what time it is, which everything below the workflows is told; and what clocks say."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def offset_minutes(at: datetime) -> int | None:
    """The offset from UTC of the clock that an instant was read from; None where that is not known."""
    offset = at.utcoffset()
    return None if offset is None else int(offset.total_seconds() // 60)
