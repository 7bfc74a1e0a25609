"""Who a session belongs to: asked with every request, so straight from the driver."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from touchbook.signin.models import Login
from touchbook.store.plain import select
from touchbook.store.values import uuid_of

_READ = ("id", "password", "username", "email", "staff_id", "is_active")
_LOGIN = "SELECT id, password, username, email, staff_id, is_active FROM signin_login WHERE id = %s"


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]
    """Names and passwords, and accounts elsewhere."""

    def get_user(self, user_id: int) -> Login | None:
        """The login of an id, as long as it is active."""
        return active_login(user_id)


def active_login(number: int) -> Login | None:
    """The login of a number, as long as it is active; when it was made and last used is read when asked for."""
    for *values, staff, is_active in select(_LOGIN, [number]):
        if is_active:
            return Login.from_db("default", _READ, (*values, uuid_of(staff), True))
    return None
