"""Accept an invitation: choose a username, and a password or a company account to sign in with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from touchbook.kernel.ids import derive
from touchbook.kernel.language import say
from touchbook.signin.invitations import open_invitation, waiting
from touchbook.signin.models import Invitation, Login
from touchbook.signin.usernames import flaw_of, plain
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import Role, Staff
from touchbook.workflows.checks import Checks
from touchbook.workflows.invite import free_code


@dataclass(frozen=True, slots=True)
class CompanyAccount:
    """An account elsewhere that just proved who it is: by which provider, by which id there, and what it told."""

    provider: str
    uid: str
    told: Mapping[str, Mapping[str, object]]

    @property
    def label(self) -> str:
        """What people know it by."""
        one = self.told.get("userinfo") or self.told.get("id_token") or {}
        return next((str(one[name]) for name in ("email", "preferred_username", "name", "sub") if one.get(name)), "")


@dataclass(frozen=True, slots=True)
class AcceptRequest:
    """What somebody chose. ``name`` counts for the first administrator alone; one of ``password`` and ``company``."""

    token: str
    at: datetime
    username: str
    password: str = ""
    name: str = ""
    company: CompanyAccount | None = None
    origin: str = ""


def accept_invitation(request: AcceptRequest) -> Login:
    """Make the login, or, where there is one, make it anew; the invitation is used then.

    What they signed in with before is forgotten: the password, the second step and linked accounts; so their other
    sessions end. Raises ``NotFound`` for an invitation that cannot be used, ``Refused`` for a username, a name or a
    password that will not do, with every reason.
    """
    with transaction.atomic():
        hold_arrivals()
        invitation = open_invitation(request.token, request.at)
        username = plain(request.username)
        login = Login.objects.filter(staff=invitation.staff).first() if invitation.staff else None
        _check(request, invitation, username, login)
        staff = invitation.staff or _first_administrator(request, username)
        # Of two who use a link at the same moment, one row count is 1.
        if not waiting(request.at).filter(id=invitation.id).update(used_at=request.at, staff=staff):
            open_invitation(request.token, request.at)
        action = "accept invitation"
        if login is None:
            login = Login(staff=staff, made_at=request.at)
        else:
            action = "accept new access"
            Authenticator.objects.filter(user=login).delete()
            SocialAccount.objects.filter(user=login).delete()
        login.username, login.is_active = username, True
        login.set_password(request.password or None)
        login.save()
        told = {"name": staff.name, "username": username, "with": "company account" if request.company else "password"}
        if request.company:
            SocialAccount.objects.create(
                user=login,
                provider=request.company.provider,
                uid=request.company.uid,
                extra_data=dict(request.company.told),
            )
        audit([Change(action, "staff", staff.id, after=told)], staff.name, request.at, request.origin)
    return login


def _first_administrator(request: AcceptRequest, username: str) -> Staff:
    """Somebody of that name who is recorded already, or somebody new."""
    name = request.name.strip()
    known = list(Staff.objects.filter(name__iexact=name, retired_at=None, login=None))
    if len(known) == 1:
        known[0].role, known[0].changed_at = Role.ADMINISTRATOR, request.at
        known[0].save()
        return known[0]
    return Staff.objects.create(
        id=derive(request.at, "staff", request.token),
        changed_at=request.at,
        name=name,
        code=free_code(username),
        role=Role.ADMINISTRATOR,
    )


def _check(request: AcceptRequest, invitation: Invitation, username: str, login: Login | None) -> None:
    checks = Checks()
    checks.text(request.origin, say("origin"), 200)
    if flaw := flaw_of(username, login):
        checks.refuse(flaw)
    if invitation.staff is None:
        checks.text(request.name, say("name"), 200)
        if not request.name.strip():
            checks.refuse(say("Write your name, as your colleagues know you."))
    if request.company is None:
        for flaw in flaws_of_password(request.password, username, invitation.staff or Staff(name=request.name)):
            checks.refuse(flaw)
    elif _linked_elsewhere(request.company, login):
        checks.refuse(say("This company account is linked with somebody else here; use another, or choose a password."))
    checks.settle()


def _linked_elsewhere(company: CompanyAccount, login: Login | None) -> bool:
    linked = SocialAccount.objects.filter(provider=company.provider, uid=company.uid).exclude(user=login)
    return bool(linked.exists())


def flaws_of_password(password: str, username: str, staff: Staff) -> list[str]:
    """What is wrong with a password for somebody, each as a sentence."""
    try:
        validate_password(password, Login(username=username, staff=staff))
    except ValidationError as error:
        return list(error.messages)
    return []
