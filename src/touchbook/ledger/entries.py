"""Entries: one line of an account each, never changed, only followed by further entries.

A *line* is an entry together with its fate so far: whether a later entry corrected it away, and from when on a
recovery closed it. Instants are days since 1970 (float), so that ages are plain differences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from math import isfinite
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """Which side of the book an entry is on."""

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"


def day_of(instant: datetime) -> float:
    """Days since 1970 of an aware instant."""
    return (instant - _EPOCH).total_seconds() / 86_400


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a ledger.

    ``points`` is at least 0. ``corrects`` names an entry that this one takes back as if it had never been;
    ``recovers`` names a withdrawal that this deposit makes good. An entry that corrects carries no points itself.
    """

    id: UUID
    account: UUID
    day: float
    kind: Kind
    points: float
    corrects: UUID | None = None
    recovers: UUID | None = None

    def __post_init__(self) -> None:
        if not (isfinite(self.points) and self.points >= 0):
            raise ValueError(f"points must be 0 or more, not {self.points!r}")
        if not isfinite(self.day):
            raise ValueError(f"a day is a number, not {self.day!r}")
        if self.id in (self.corrects, self.recovers):
            raise ValueError("an entry cannot correct or recover itself")
        if self.recovers is not None and self.kind is not Kind.DEPOSIT:
            raise ValueError("only a deposit can recover a withdrawal")
        if self.corrects is not None and (self.recovers is not None or self.points):
            raise ValueError("a correction carries no points and recovers nothing; record what is right beside it")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry and its fate: what it takes to weigh it at any later day."""

    kind: Kind
    day: float
    points: float
    recovered_day: float | None = None
    void: bool = False

    @property
    def latest_day(self) -> float:
        """The last day on which something happened to it."""
        return self.day if self.recovered_day is None else self.recovered_day

    def recovered(self, day: float | None) -> Line:
        """The same line closed from *day* on; None opens it again. Nothing is made good before it happened."""
        return replace(self, recovered_day=None if day is None else max(day, self.day))
