"""Invite somebody to sign in: a link that is good for a week, and once.

The same for somebody who has a login resets their access: what they sign in with now is forgotten when they use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.ids import derive
from touchbook.kernel.language import say
from touchbook.signin.invitations import GOOD_FOR, path_of, somebody_can_sign_in, waiting
from touchbook.signin.models import Invitation, Login
from touchbook.signin.usernames import flaw_of, plain, proposed
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import Role, Staff
from touchbook.workflows.checks import Checks, did_you_mean


@dataclass(frozen=True, slots=True)
class InviteRequest:
    """Whom to invite: ``staff``, who is here, or the ``name`` and ``role`` of somebody to add.

    ``username`` is the name to propose for signing in; one is made up without it.
    """

    id: UUID
    at: datetime
    staff: UUID | None = None
    name: str = ""
    role: str = Role.FRONT_LINE
    username: str = ""
    by: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation: for whom, and the ``path`` of its link, which follows the address of the pages.

    ``resets``: they have a login already. Without ``staff`` it is the first administrator's.
    """

    id: UUID
    staff: UUID | None
    name: str
    username: str
    path: str
    expires_at: datetime
    resets: bool


def invite(request: InviteRequest) -> Invited:
    """Make an invitation, in place of any that still waits for the same person; the same id again changes nothing.

    Raises ``NotFound`` for an unknown member of staff; ``Refused`` for one who has left, for a name or role that will
    not do, and for a username that somebody else has.
    """
    with transaction.atomic():
        hold_arrivals()
        made = Invitation.objects.select_related("staff").filter(id=request.id).first()
        if made is not None:
            return _told(made)
        staff = Staff.objects.filter(id=request.staff).first() if request.staff else None
        login = Login.objects.filter(staff=staff).first() if staff else None
        username = plain(request.username)
        _check(request, staff, login, username)
        changes = []
        if staff is None:
            staff = _hire(request, username)
            changes.append(
                Change("hire", "staff", staff.id, after={"name": staff.name, "role": staff.role, "code": staff.code})
            )
        waiting(request.at).filter(staff=staff).update(withdrawn_at=request.at)
        made = Invitation.objects.create(
            id=request.id,
            staff=staff,
            username=username or proposed(staff.name, login),
            made_by=request.by,
            made_at=request.at,
            expires_at=request.at + GOOD_FOR,
        )
        action = "reset access" if login else "invite"
        told = {"name": staff.name, "username": made.username, "expires_at": made.expires_at.isoformat()}
        changes.append(Change(action, "staff", staff.id, after=told, id=request.id))
        audit(changes, request.by, request.at, request.origin)
    return _told(made)


def invite_first_administrator(identifier: UUID, at: datetime, by: str = "", origin: str = "") -> Invited | None:
    """The invitation of the first administrator, while nobody can sign in; else None.

    One that waits is given again, so that its link stays the same from start to start.
    """
    with transaction.atomic():
        hold_arrivals()
        if somebody_can_sign_in():
            return None
        made = waiting(at).filter(staff=None).first()
        if made is None:
            made = Invitation.objects.create(id=identifier, made_by=by, made_at=at, expires_at=at + GOOD_FOR)
            told = {"expires_at": made.expires_at.isoformat()}
            audit([Change("invite first administrator", "invitation", made.id, after=told)], by, at, origin)
    return _told(made)


def _told(made: Invitation) -> Invited:
    staff = made.staff
    resets = staff is not None and Login.objects.filter(staff=staff).exists()
    return Invited(
        made.id,
        staff.id if staff else None,
        staff.name if staff else "",
        made.username,
        path_of(made),
        made.expires_at,
        resets,
    )


def _hire(request: InviteRequest, username: str) -> Staff:
    name = request.name.strip()
    return Staff.objects.create(
        id=derive(request.at, "staff", request.id),
        changed_at=request.at,
        name=name,
        code=free_code(username or proposed(name)),
        role=request.role,
    )


def free_code(wished: str) -> str:
    """A code that no member of staff has: *wished*, or that with a number."""
    stem = wished[:90]
    number, found = 1, stem
    while Staff.objects.filter(code=found).exists():
        number += 1
        found = f"{stem}-{number}"
    return found


def _check(request: InviteRequest, staff: Staff | None, login: Login | None, username: str) -> None:
    checks = Checks()
    checks.instant(request.at, say("the invitation"))
    checks.text(request.by, say("name of who invites"), 200)
    checks.text(request.origin, say("origin"), 200)
    if request.staff and staff is None:
        checks.missing(say("There is no member of staff %(staff)s; add them first.", staff=request.staff))
    if staff is not None and staff.retired_at:
        checks.refuse(say("%(name)s has left; take them back before you invite them.", name=staff.name))
    if request.staff is None:
        checks.text(request.name, say("name"), 200)
        if not request.name.strip():
            checks.refuse(say("The invitation says nobody's name; write who is invited."))
        if request.role not in Role.values:
            checks.refuse(
                say(
                    "'%(role)s' is no role; %(remedy)s",
                    role=request.role,
                    remedy=did_you_mean(request.role, Role.values),
                )
            )
    if username and (flaw := flaw_of(username, login)):
        checks.refuse(flaw)
    checks.settle()
