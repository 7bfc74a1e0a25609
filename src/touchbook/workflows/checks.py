"""Checking a request: every rule that it breaks is gathered, and all are said at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.language import say

_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)  # clocks differ, and so do time zones; more is a mistake


class Checks:
    """What is wrong with a request so far."""

    def __init__(self) -> None:
        self._refusals: list[str] = []
        self._missing: list[str] = []

    def refuse(self, sentence: str) -> None:
        """A rule that is broken."""
        self._refusals.append(sentence)

    def missing(self, sentence: str) -> None:
        """A name or an id that is not there."""
        self._missing.append(sentence)

    def settle(self) -> None:
        """Raise ``Refused``, or ``NotFound`` when that is all, with every sentence gathered; else do nothing."""
        sentences = "\n".join((*self._missing, *self._refusals))
        if self._refusals:
            raise Refused(sentences)
        if self._missing:
            raise NotFound(sentences)

    def instant(self, at: datetime, what: str) -> None:
        """An instant must be known with its offset and must not lie ahead."""
        if at.utcoffset() is None:
            self.refuse(
                say("The time of %(what)s has no offset; give it with one, such as 2026-03-01T10:00+00:00.", what=what)
            )
        elif at > now() + _AHEAD:
            self.refuse(
                say(
                    "The time of %(what)s, %(day)s, lies in the future; record what has happened.",
                    what=what,
                    day=f"{at:%Y-%m-%d %H:%M}",
                )
            )
        elif at < _EARLIEST:
            self.refuse(
                say(
                    "The time of %(what)s, %(day)s, lies before 1900; correct the year.",
                    what=what,
                    day=f"{at:%Y-%m-%d}",
                )
            )

    def text(self, value: str, what: str, length_max: int | None = None) -> None:
        """A text must be one that every database can keep."""
        if "\0" in value:
            self.refuse(say("The %(what)s contains a NUL character; remove it.", what=what))
        if any("\ud800" <= character <= "\udfff" for character in value):
            self.refuse(say("The %(what)s contains bytes that are no UTF-8 text; write it again.", what=what))
        if length_max is not None and len(value) > length_max:
            self.refuse(
                say(
                    "The %(what)s has %(count)s characters; write at most %(length_max)s.",
                    what=what,
                    count=len(value),
                    length_max=length_max,
                )
            )


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown *name*: the nearest that is known, or some of them."""
    names = sorted(known)
    if close := get_close_matches(name, names, n=1):
        return say("did you mean '%(name)s'?", name=close[0])
    if not names:
        return say("there are none yet.")
    choices = f"{', '.join(names[:8])}{', …' if len(names) > 8 else ''}"
    return say("choose one of: %(choices)s.", choices=choices)
