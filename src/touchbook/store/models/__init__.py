"""The tables. Facts are append-only, and the database refuses to change them; things may change, and are audited."""

from touchbook.store.models.facts import (
    FACTS,
    Answer,
    AuditEntry,
    Entry,
    Fact,
    Moment,
    Outcome,
    TouchEvent,
    Witness,
)
from touchbook.store.models.imports import Import, ImportedKey
from touchbook.store.models.name_words import NameWord
from touchbook.store.models.plans import CapacityCounter, PlannedTouch, PlanRun, PlanVersion, Practice, Touchpoint
from touchbook.store.models.things import (
    Account,
    ApiKey,
    ChangeStamp,
    Consent,
    Customer,
    Department,
    Identifier,
    Promise,
    Role,
    Staff,
    Team,
)

__all__ = [
    "FACTS",
    "Account",
    "Answer",
    "ApiKey",
    "AuditEntry",
    "CapacityCounter",
    "ChangeStamp",
    "Consent",
    "Customer",
    "Department",
    "Entry",
    "Fact",
    "Identifier",
    "Import",
    "ImportedKey",
    "Moment",
    "NameWord",
    "Outcome",
    "PlanRun",
    "PlanVersion",
    "PlannedTouch",
    "Practice",
    "Promise",
    "Role",
    "Staff",
    "Team",
    "TouchEvent",
    "Touchpoint",
    "Witness",
]
