"""A login: how one member of staff proves who they are. What they may do follows from their role, not from this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from touchbook.store.models import PlanVersion, Staff
from touchbook.store.people import Person, person_of
from touchbook.store.queries import version_in_force


class LoginManager(BaseUserManager["Login"]):
    """Finds logins by their names, whatever their case."""

    def get_by_natural_key(self, username: str | None) -> Login:
        """The login of a name."""
        return self.get(username__iexact=username)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a request begins with: who is there (None: they have left), and the plan version in force, if any."""

    person: Person | None
    version: PlanVersion | None


class Login(AbstractBaseUser):
    """A name and a password, or an account elsewhere, of one member of staff."""

    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True)
    staff = models.OneToOneField(Staff, on_delete=models.PROTECT, related_name="login")
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    objects: ClassVar[LoginManager] = LoginManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.UniqueConstraint(Lower("username"), name="username_once"),)

    @cached_property
    def arrival(self) -> Arrival:
        """Asked together with the login where a session brought it; else when it is wanted."""
        return Arrival(person_of(self.staff_id), version_in_force())

    @property
    def name(self) -> str:
        """What the member of staff is called; a password may not be like it."""
        return self.staff.name

    def get_full_name(self) -> str:
        """What the member of staff is called."""
        return self.staff.name

    def __str__(self) -> str:
        return self.staff.name


class Invitation(models.Model):
    """A link by which one member of staff may choose how they sign in, once.

    Without ``staff`` it is the first administrator's, whose name nobody knows yet. ``withdrawn_at`` says when a newer
    one took its place.
    """

    id = models.UUIDField(primary_key=True)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="invitations")
    username = models.CharField(max_length=150, blank=True)  # what is proposed
    made_by = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)


class Remembered(models.Model):
    """What all processes that answer must remember together for a while: attempts, and codes that were used.

    Django's database cache reads and writes it; the columns are as it wants them.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "signin_remembered"
