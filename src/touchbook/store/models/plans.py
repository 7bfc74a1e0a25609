"""Plans: their versions, what they name, and the runs that decided touches."""

from __future__ import annotations

from django.db import models

from touchbook.store.models.things import Department, Thing


class PlanVersion(models.Model):
    """One version of the plan file as it was written, and since when it is in force. Never changed."""

    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    adopted_by = models.CharField(max_length=200, blank=True)
    in_force_from = models.DateTimeField()


class Touchpoint(Thing):
    """A kind of moment, as the plan in force has it; retired when the plan drops it, never deleted.

    The moments of one that is ``outreach`` begin with us, and count against the plan's contact ceiling.
    """

    name = models.CharField(max_length=200, unique=True)
    stage = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=20, blank=True)  # of its moments, where they name none
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT)
    outreach = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)


class Practice(Thing):
    """A deposit or withdrawal that can happen at a touchpoint, with its impact as the plan in force has it."""

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="practices")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    impact = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("touchpoint", "kind", "name"), name="practice_once"),)


class PlanRun(models.Model):
    """One run of the planner: from which plan and facts, at which prices, with which certificate."""

    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True)
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT)
    starts_on = models.DateField()
    made_at = models.DateTimeField()
    prices = models.JSONField()
    certificate = models.JSONField()
    parameters = models.JSONField()


class CapacityCounter(models.Model):
    """What there is of one capacity in a run's week, and what its touches take: the hard limit for the moment.

    ``owner`` is the member of staff whose minutes they are, where each owner has their own. ``available`` is all there
    is for the week, what the plan left for the moment included; ``used`` is the sum over the run's touches that were
    neither skipped nor superseded, and never passes it by a touch given in the moment. ``price`` is the run's.
    """

    run = models.ForeignKey(PlanRun, on_delete=models.PROTECT, related_name="counters")
    capacity = models.CharField(max_length=200)
    owner = models.UUIDField(null=True)
    available = models.FloatField()
    used = models.FloatField()
    price = models.FloatField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("run", "capacity"), condition=models.Q(owner=None), name="counter_of_all_once"
            ),
            models.UniqueConstraint(fields=("run", "capacity", "owner"), name="counter_of_owner_once"),
        )


class PlannedTouch(models.Model):
    """One touch that a run decided, with the sentence that says why.

    ``owner`` is the member of staff whose own minutes it takes, if it takes any.
    """

    id = models.UUIDField(primary_key=True)
    run = models.ForeignKey(PlanRun, on_delete=models.PROTECT, related_name="touches")
    customer = models.UUIDField(db_index=True)
    name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)
    team = models.CharField(max_length=200, blank=True)
    due_on = models.DateField()
    value = models.FloatField()
    reason = models.TextField()
    held_out = models.BooleanField(default=False)
    must = models.BooleanField(default=False)
    owner = models.UUIDField(null=True)

    class Meta:
        indexes = (models.Index(fields=("run", "team", "due_on"), name="touch_of_team"),)
