"""Facts: what happened. Rows are appended and never changed; triggers in the database see to it.

Every fact has a ``number``, given by the database on arrival, by which the lake grows, and an ``id`` minted by its
originator, on which every write is idempotent. ``corrects`` takes an earlier fact of the same table back.
The one change that is let through is erasure: a free text may become empty.
"""

from __future__ import annotations

from django.db import models

from touchbook.store.models.things import AccountKind


class Fact(models.Model):
    """What every fact has: arrival number, the originator's id, when it happened, and when it was recorded."""

    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True)
    at = models.DateTimeField()
    offset_minutes = models.SmallIntegerField(null=True)  # of the source's clock from UTC, where it is known
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


def _corrected_once(table: str) -> models.UniqueConstraint:
    """At most one correction of a fact. Few facts correct another, so only those are in the index."""
    condition = models.Q(corrects__isnull=False)
    return models.UniqueConstraint(fields=("corrects",), condition=condition, name=f"{table}_corrected_once")


class Moment(Fact):
    """One interaction that happened. ``customer`` is null for an unknown guest."""

    touchpoint = models.UUIDField()
    customer = models.UUIDField(null=True, db_index=True)
    staff = models.UUIDField(null=True)
    channel = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    import_id = models.UUIDField(null=True, db_index=True)

    class Meta:
        indexes = (
            models.Index(fields=("staff", "at"), name="moment_staff_at"),
            models.Index(fields=("touchpoint", "at"), name="moment_touchpoint_at"),
        )


class Entry(Fact):
    """One line of an account; see ``ledger.entries.Entry``. ``touchpoint`` repeats the moment's, to read in one go."""

    moment = models.UUIDField(db_index=True)
    account = models.UUIDField(db_index=True)
    account_kind = models.CharField(max_length=10, choices=AccountKind.choices)
    touchpoint = models.UUIDField()
    practice = models.UUIDField(null=True)
    kind = models.CharField(max_length=10)
    points = models.FloatField()
    corrects = models.UUIDField(null=True)
    recovers = models.UUIDField(null=True)

    class Meta:
        constraints = (_corrected_once("entry"),)
        indexes = (
            models.Index(fields=("recovers",), condition=models.Q(recovers__isnull=False), name="entry_recovers"),
            models.Index(  # what was lost where, lately: all that is asked for is in it
                fields=("touchpoint", "at", "account_kind", "practice", "points", "id"),
                condition=models.Q(kind="withdrawal", corrects__isnull=True),
                name="entry_lost_at",
            ),
        )


class Witness(Fact):
    """Who saw a moment: one account that is known, or a number of people who are not."""

    moment = models.UUIDField(db_index=True)
    account = models.UUIDField(null=True)
    unnamed = models.PositiveIntegerField(default=0)


class Answer(Fact):
    """A customer's answer to one of the plan's questions: ``number_value`` on a scale, else ``value``."""

    customer = models.UUIDField(db_index=True)
    question = models.CharField(max_length=100)
    value = models.CharField(max_length=200, blank=True)
    number_value = models.FloatField(null=True)
    words = models.TextField(blank=True)
    touch = models.UUIDField(null=True)
    import_id = models.UUIDField(null=True, db_index=True)
    corrects = models.UUIDField(null=True)

    class Meta:
        constraints = (_corrected_once("answer"),)


class Outcome(Fact):
    """What came of it: renewed, returned, bought, referred, left. ``referrer`` is who referred this customer."""

    customer = models.UUIDField(db_index=True)
    outcome = models.CharField(max_length=40)
    value_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    referrer = models.UUIDField(null=True)
    import_id = models.UUIDField(null=True, db_index=True)
    corrects = models.UUIDField(null=True)

    class Meta:
        constraints = (_corrected_once("outcome"),)


class TouchEvent(Fact):
    """One step in a planned touch's life: planned, approved, claimed, made, answered, skipped, held out, unknown.

    ``due_on`` is the day on which to try again, of a touch that was put off or met no answer.
    """

    touch = models.UUIDField(db_index=True)  # the PlannedTouch
    customer = models.UUIDField(db_index=True)
    name = models.CharField(max_length=200)  # of the touch in the plan
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20)
    event = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    staff = models.UUIDField(null=True)
    due_on = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("due_on",), condition=models.Q(due_on__isnull=False), name="touch_event_due_on"),
        )


class AuditEntry(Fact):
    """Who changed which thing, from where, and how it was before."""

    actor = models.CharField(max_length=200)
    origin = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=100)
    subject_kind = models.CharField(max_length=50)
    subject = models.UUIDField(db_index=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = (  # the trail is read from its end, whole or by one of these
            models.Index(fields=("at", "number"), name="audit_at"),
            models.Index(fields=("actor", "at", "number"), name="audit_actor_at"),
            models.Index(fields=("subject_kind", "at", "number"), name="audit_kind_at"),
        )


# Every append-only table, with the texts that an erasure may empty.
FACTS: tuple[tuple[type[Fact], tuple[str, ...]], ...] = (
    (Moment, ("note",)),
    (Entry, ()),
    (Witness, ()),
    (Answer, ("words",)),
    (Outcome, ()),
    (TouchEvent, ("reason",)),
    (AuditEntry, ("before", "after")),
)
