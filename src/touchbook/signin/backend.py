"""Who a session belongs to: asked with every request, so in one go, and straight from the driver."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from touchbook.signin.models import Arrival, Login
from touchbook.store.people import PERSON_COLUMNS, PERSON_JOINS, person_in
from touchbook.store.plain import select
from touchbook.store.queries import in_force, version_in
from touchbook.store.values import uuid_of

_READ = ("id", "password", "username", "email", "staff_id", "is_active")
_ARRIVING = (
    f"SELECT {', '.join(f'login.{name}' for name in _READ)}, version.number, version.id, {PERSON_COLUMNS} "  # noqa: S608
    "FROM signin_login AS login LEFT JOIN ({version}) AS version ON TRUE "
    f"LEFT JOIN store_staff AS staff ON staff.id = login.staff_id AND staff.retired_at IS NULL {PERSON_JOINS} "
    "WHERE login.id = %s AND login.is_active"
)


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]
    """Names and passwords, and accounts elsewhere."""

    def get_user(self, user_id: int) -> Login | None:
        """The login of an id, as long as it is active."""
        return active_login(user_id)


def active_login(number: int) -> Login | None:
    """The login of a number, as long as it is active, with its ``arrival``.

    When it was made and last used is read when it is asked for.
    """
    version, parameters = in_force()
    rows = select(_ARRIVING.replace("{version}", version), [*parameters, number])
    if not rows:
        return None
    *values, staff, is_active = rows[0][:6]
    login = Login.from_db("default", _READ, (*values, uuid_of(staff), bool(is_active)))
    in_force_now = [row[6:8] for row in rows[:1] if row[6] is not None]
    login.arrival = Arrival(person_in([row[8:] for row in rows]), version_in(in_force_now))
    return login
