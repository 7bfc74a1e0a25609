"""What the audit trail keeps of signing in: who, when, from where, and what it was."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account import signals as account
from allauth.mfa import signals as second_step
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as company
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from touchbook.kernel.clock import now
from touchbook.signin.models import Login
from touchbook.store.audit import Change, audit

_NOBODY = UUID(int=0)  # the subject where nobody's name was used
_UNKNOWN = "unknown"
_STEPS = {"totp": "second step", "recovery_codes": "recovery codes"}


def keep(request: HttpRequest, action: str, login: Login | None, told: dict[str, object] | None = None) -> None:
    """Leave an audit entry about somebody's login; *login* is None where nobody has the name that was used."""
    subject, actor = (login.staff_id, login.name) if login else (_NOBODY, _UNKNOWN)
    audit([Change(action, "staff", subject, after=told)], actor, now(), _origin(request))


def keep_failure(request: HttpRequest, action: str, login: Login | None, told: dict[str, object] | None = None) -> None:
    """The same for an attempt that failed: the one who made it is not known, whoever's name they used."""
    subject = login.staff_id if login else _NOBODY
    audit([Change(action, "staff", subject, after=told)], _UNKNOWN, now(), _origin(request))


def _origin(request: HttpRequest) -> str:
    return f"web {request.META.get('REMOTE_ADDR', '')}".strip()


def _signed_in(request: HttpRequest, user: Login, **more: Any) -> None:
    keep(request, "sign in", user, {"with": "company account" if "sociallogin" in more else "password"})


def _signed_out(request: HttpRequest, user: Login | None, **_: Any) -> None:
    if user is not None:
        keep(request, "sign out", user)


def _password_changed(request: HttpRequest, user: Login, **_: Any) -> None:
    keep(request, "change password", user)


def _password_set(request: HttpRequest, user: Login, **_: Any) -> None:
    keep(request, "set password", user)


def _step_added(request: HttpRequest, user: Login, authenticator: Authenticator, **_: Any) -> None:
    keep(request, f"{_STEPS[authenticator.type]} on", user)


def _step_removed(request: HttpRequest, user: Login, authenticator: Authenticator, **_: Any) -> None:
    keep(request, f"{_STEPS[authenticator.type]} off", user)


def _codes_made_anew(request: HttpRequest, user: Login, **_: Any) -> None:
    keep(request, "new recovery codes", user)


def _step_used(request: HttpRequest, user: Login, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        keep(request, "use a recovery code", user)


def _step_failed(request: HttpRequest, user: Login, **_: Any) -> None:
    keep_failure(request, "second step failed", user)


def _linked(request: HttpRequest, sociallogin: Any, **_: Any) -> None:
    keep(request, "link company account", sociallogin.user, {"uid": sociallogin.account.uid})


def _unlinked(request: HttpRequest, socialaccount: Any, **_: Any) -> None:
    keep(request, "unlink company account", socialaccount.user, {"uid": socialaccount.uid})


def listen() -> None:
    """Keep what happens from now on."""
    for signal, receiver in (
        (account.user_logged_in, _signed_in),
        (user_logged_out, _signed_out),
        (account.password_changed, _password_changed),
        (account.password_set, _password_set),
        (second_step.authenticator_added, _step_added),
        (second_step.authenticator_removed, _step_removed),
        (second_step.authenticator_reset, _codes_made_anew),
        (second_step.authenticator_used, _step_used),
        (second_step.authentication_failed, _step_failed),
        (company.social_account_added, _linked),
        (company.social_account_removed, _unlinked),
    ):
        signal.connect(receiver, dispatch_uid=f"touchbook.{receiver.__name__}")
