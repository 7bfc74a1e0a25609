"""A text that somebody is writing: what is wrong with it, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Problem
from touchbook.kernel.ids import mint
from touchbook.kernel.language import spoken
from touchbook.plan.difference import difference
from touchbook.plan.loader import Loaded, load
from touchbook.store.models import PlanVersion
from touchbook.store.queries import version_in_force

_DIGITS = 10  # of a version's number, at most


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form holds. ``based_on``: the version that it was begun from (0: there was none); ``id``: the one under
    which it would be published."""

    text: str
    based_on: int
    note: str = ""
    id: str = field(default_factory=lambda: str(mint(now())))

    @property
    def lines(self) -> range:
        """The numbers of its lines."""
        return range(1, self.text.count("\n") + 2)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a text: the problems in its order, whether it can be used, and how to say so."""

    problems: tuple[Problem, ...]
    usable: bool
    said: str
    complete: bool = True
    changes: tuple[str, ...] = ()
    compared_with: int | None = None

    @property
    def marks(self) -> str:
        """The lines with problems, for the edge of the text: ``12:error 15:warning``."""
        found = {one.line: one.severity for one in reversed(self.problems)}
        found |= {one.line: one.severity for one in self.problems if one.severity == "error"}
        return " ".join(f"{line}:{severity}" for line, severity in sorted(found.items()) if line)


def draft_in_force() -> Draft:
    """The text in force, to be changed; an empty one before there is any."""
    version = version_in_force()
    return Draft(version.text, version.number) if version else Draft("", 0)


def draft_of(request: HttpRequest) -> Draft:
    """What a form sent. Browsers send the ends of lines as two characters, and a plan has one."""
    told = request.POST
    text = told.get("text", "").replace("\r\n", "\n")
    based_on = told.get("based_on", "")
    return Draft(
        text,
        int(based_on) if based_on.isdecimal() and len(based_on) < _DIGITS else 0,
        told.get("note", "").strip(),
        _id(told),
    )


def checked(text: str) -> Checked:
    """Everything that is wrong with a text, and what it changes about the plan in force."""
    loaded = _loaded(text, spoken())
    version = version_in_force()
    changes = _changes(version, loaded) if version else ()
    said = _said(len(loaded.errors), len(loaded.warnings))
    compared_with = version.number if version and loaded.plan else None
    return Checked(loaded.problems, loaded.plan is not None, said, loaded.complete, changes, compared_with)


def words_between(old: int, new: int) -> tuple[str, ...] | None:
    """How one version differs from another, in words; None when one of them can no longer be read as a plan."""
    olds, news = (load(_text_of(number)).plan for number in (old, new))
    return None if olds is None or news is None else difference(olds, news)


def _text_of(number: int) -> str:
    version = PlanVersion.objects.filter(number=number).first()
    if version is None:
        raise NotFound(_("There is no version %(number)d of the plan.") % {"number": number})
    return version.text


def _changes(version: PlanVersion, loaded: Loaded) -> tuple[str, ...]:
    before = _loaded(version.text, spoken()).plan
    return difference(before, loaded.plan) if before and loaded.plan else ()


@lru_cache(maxsize=16)
def _loaded(text: str, _language: str) -> Loaded:
    """Reading takes the longest, and a text is asked about several times; its problems are in the language spoken."""
    return load(text)


def _said(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return _("No errors and no warnings.")
    parts = []
    if errors:
        parts.append(ngettext("%(count)d error", "%(count)d errors", errors) % {"count": errors})
    if warnings:
        parts.append(ngettext("%(count)d warning", "%(count)d warnings", warnings) % {"count": warnings})
    return ", ".join(parts)


def _id(told: Mapping[str, str]) -> str:
    try:
        return str(UUID(told.get("id", "")))
    except ValueError:
        return str(mint(now()))
