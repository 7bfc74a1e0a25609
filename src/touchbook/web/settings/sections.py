"""The sections of the settings: who finds which, and the question that each answers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from touchbook.store.people import Person
from touchbook.web.access import May, may


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its address by name, what it is called, and what it needs."""

    url: str
    label: str | Promise
    needs: May


SECTIONS = (
    Section("settings-people", _("People"), May.SEE_PEOPLE),
    Section("settings-teams", _("Teams and hours"), May.SEE_PEOPLE),
    Section("settings-departments", _("Departments"), May.RUN_HOUSE),
    Section("settings-imports", _("Imports"), May.RUN_HOUSE),
    Section("settings-keys", _("API keys"), May.RUN_HOUSE),
    Section("settings-audit", _("Audit trail"), May.RUN_HOUSE),
)


def sections_of(person: Person) -> list[Section]:
    """Those that a person's role includes."""
    return [section for section in SECTIONS if may(person, section.needs)]
