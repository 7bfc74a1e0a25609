"""Who a session belongs to: asked with every request, so in one go, and straight from the driver."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from touchbook.signin.models import Arrival, Login
from touchbook.store.people import PERSON, person_in
from touchbook.store.plain import select_all
from touchbook.store.queries import in_force, version_in
from touchbook.store.values import uuid_of

_READ = ("id", "password", "username", "email", "staff_id", "is_active")
_LOGIN = "SELECT id, password, username, email, staff_id, is_active FROM signin_login WHERE id = %s"
_WHO = PERSON.replace("staff.id = %s", "staff.id = (SELECT staff_id FROM signin_login WHERE id = %s)")


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]
    """Names and passwords, and accounts elsewhere."""

    def get_user(self, user_id: int) -> Login | None:
        """The login of an id, as long as it is active."""
        return active_login(user_id)


def active_login(number: int) -> Login | None:
    """The login of a number, as long as it is active, with its ``arrival``.

    When it was made and last used is read when it is asked for.
    """
    found, people, versions = select_all([(_LOGIN, [number]), (_WHO, [number]), in_force()])
    for *values, staff, is_active in found:
        if is_active:
            login = Login.from_db("default", _READ, (*values, uuid_of(staff), True))
            login.arrival = Arrival(person_in(people), version_in(versions))
            return login
    return None
