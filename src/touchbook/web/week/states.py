"""What became of a planned touch, as people say it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A group of states that mean the same to whoever looks at a week: its name in an address, its words, its states.
GROUPS: tuple[tuple[str, str | Promise, tuple[str, ...]], ...] = (
    ("waiting", _("waiting for approval"), ("planned",)),
    ("approved", _("approved"), ("approved",)),
    ("begun", _("begun"), ("claimed", "tried", "deferred", "reopened", "unknown")),
    ("made", _("made"), ("made", "answered")),
    ("withdrawn", _("withdrawn or skipped"), ("skipped",)),
    ("replaced", _("replaced by a later plan"), ("superseded",)),
)
_GROUP: Mapping[str, str] = {state: name for name, _words, states in GROUPS for state in states}
_WORDS: Mapping[str, str | Promise] = {name: words for name, words, _states in GROUPS}
_STATES: Mapping[str, tuple[str, ...]] = {name: states for name, _words, states in GROUPS}


def group_of(state: str) -> str:
    """The group of a state."""
    return _GROUP.get(state, "begun")


def words_of(group: str) -> str:
    """A group as people say it."""
    return str(_WORDS.get(group, group))


def states_of(group: str) -> tuple[str, ...]:
    """The states of a group; none for an unknown one."""
    return _STATES.get(group, ())
