"""Checking a form: everything that is wrong is gathered by field, so that it can be said beside what it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

from touchbook.kernel.errors import Refused
from touchbook.kernel.ids import derive, instant_of
from touchbook.kernel.language import say
from touchbook.store.models import AuditEntry


class FormRefused(Refused):
    """A form with problems; ``problems`` has the sentences by field, "" for the form as a whole."""

    def __init__(self, problems: Mapping[str, tuple[str, ...]]) -> None:
        self.problems = problems
        super().__init__("\n".join(sentence for sentences in problems.values() for sentence in sentences))


class FormChecks:
    """What is wrong with a form so far."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}

    def refuse(self, field: str, sentence: str) -> None:
        """A rule that a field breaks."""
        self._found.setdefault(field, []).append(sentence)

    def name(self, field: str, value: str, what: str, length_max: int) -> None:
        """A name must be there, short enough, on one line, and one that every database can keep."""
        if not value:
            self.refuse(field, say("The %(what)s is missing; write one.", what=what))
        elif len(value) > length_max:
            self.refuse(
                field,
                say(
                    "The %(what)s has %(count)s characters; write at most %(length_max)s.",
                    what=what,
                    count=len(value),
                    length_max=length_max,
                ),
            )
        if any(character < " " or "\ud800" <= character <= "\udfff" for character in value):
            self.refuse(
                field, say("The %(what)s contains a character that is no part of a name; write it again.", what=what)
            )

    def is_right(self, field: str) -> bool:
        """Whether nothing is wrong with a field so far: only then may a database be asked about it."""
        return field not in self._found

    def settle(self) -> None:
        """Raise ``FormRefused`` with every sentence gathered; else do nothing."""
        if self._found:
            raise FormRefused({field: tuple(sentences) for field, sentences in self._found.items()})


def form_id(form: UUID, *said: object) -> UUID:
    """The id of the audit entry of a form that says something: the same form sent again is the same entry."""
    return derive(instant_of(form), form, json.dumps(said, default=_told, sort_keys=True))


def is_repeat(entry: UUID) -> bool:
    """Whether what an audit entry stands for was done before."""
    return AuditEntry.objects.filter(id=entry).exists()


def _told(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, frozenset) else str(value)
