"""Things: who and what exists. Each may change; every change leaves an audit entry."""

from __future__ import annotations

from django.db import models


class Thing(models.Model):
    """Something that exists: an id minted by whoever made it, and when its row was last written."""

    id = models.UUIDField(primary_key=True)
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True


class Department(Thing):
    """A part of the organisation, which owns touchpoints."""

    name = models.CharField(max_length=200, unique=True)


class Team(Thing):
    """People who make touches together."""

    name = models.CharField(max_length=200, unique=True)


class Role(models.TextChoices):
    """What a member of staff may do; see ``web.access`` for what follows from it."""

    FRONT_LINE = "front line"
    MANAGER = "manager"
    STRATEGIST = "strategist"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class Staff(Thing):
    """One who serves customers. Their account is seen by them and their manager alone.

    ``departments`` are those that a manager answers for, beside the one they work in; ``minutes_per_week`` is the time
    they have for touches; one who has left is retired, never deleted.
    """

    name = models.CharField(max_length=200)
    code = models.CharField(max_length=100, unique=True)
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.FRONT_LINE, db_default=Role.FRONT_LINE)
    manager = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="managed")
    departments = models.ManyToManyField(Department, related_name="managers")
    minutes_per_week = models.PositiveIntegerField(null=True)
    retired_at = models.DateTimeField(null=True)


class Customer(Thing):
    """One customer. ``attributes`` are those the plan declares, by name; ``timezone`` is an IANA name or empty.

    ``owner`` is the member of staff who looks after the relationship.
    """

    name = models.CharField(max_length=300, blank=True)
    since = models.DateField(null=True)
    timezone = models.CharField(max_length=64, blank=True)
    attributes = models.JSONField(default=dict)
    owner = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="customers")

    class Meta:
        indexes = (models.Index(fields=("changed_at",), name="customer_changed"),)


class Identifier(models.Model):
    """What a customer is called elsewhere: a member number, an e-mail address, a CRM id."""

    kind = models.CharField(max_length=100)
    value = models.CharField(max_length=300, db_index=True)  # looked up without its kind, from its beginning
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identifiers")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "value"), name="identifier_once"),)


class Consent(Thing):
    """Whether a customer may be reached by a channel and for a purpose; an empty one means every one of them."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=20, blank=True)
    purpose = models.CharField(max_length=20, blank=True)
    allowed = models.BooleanField()
    said_at = models.DateTimeField(null=True)  # when the customer said so; ``changed_at``, where that is not known

    class Meta:
        constraints = (models.UniqueConstraint(fields=("customer", "channel", "purpose"), name="consent_once"),)


class Promise(Thing):
    """What somebody promised a customer, by when; ``settled_at`` says when it was kept or let go."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="promises")
    what = models.CharField(max_length=500)
    due_on = models.DateField()
    made_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="promises")
    made_at = models.DateTimeField()
    touch = models.UUIDField(null=True)  # the planned touch in which it was made
    settled_at = models.DateTimeField(null=True)
    kept = models.BooleanField(null=True)

    class Meta:
        indexes = (models.Index(fields=("due_on",), condition=models.Q(settled_at=None), name="promise_open"),)


class ApiKey(Thing):
    """A key by which a program may write or read. Only its digest is kept; ``prefix`` is how people tell it apart."""

    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)  # SHA-256 of the whole key
    made_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class ChangeStamp(models.Model):
    """A text that is new after each change of a table that the lake mirrors; see ``store.change_stamps``."""

    changed_table = models.CharField(max_length=63, primary_key=True)
    stamp = models.CharField(max_length=100)


class AccountKind(models.TextChoices):
    """Whose account it is."""

    CUSTOMER = "customer"
    STAFF = "staff"
    HOUSE = "house"


class Account(models.Model):
    """An account's running sums (see ``ledger.balance.Sums``), kept with every entry.

    ``id`` is the id of its owner: a customer, a member of staff, or, for the house, a touchpoint. ``day`` is the
    instant of the sums in days since 1970. A row appears with the account's first entry.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10, choices=AccountKind.choices)
    day = models.FloatField()
    deposits = models.FloatField(default=0.0)
    unresolved = models.FloatField(default=0.0)
    recovered = models.FloatField(default=0.0)
