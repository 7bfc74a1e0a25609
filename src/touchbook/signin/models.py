"""A login: how one member of staff proves who they are. What they may do follows from their role, not from this."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from touchbook.store.models import Staff


class LoginManager(BaseUserManager["Login"]):
    """Finds logins by their names, whatever their case."""

    def get_by_natural_key(self, username: str | None) -> Login:
        """The login of a name."""
        return self.get(username__iexact=username)


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

    def get_full_name(self) -> str:
        """What the member of staff is called."""
        return self.staff.name

    def __str__(self) -> str:
        return self.staff.name
