"""Links that let somebody in once: signed, so that nobody can make one up, and good for a week."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from touchbook.kernel.errors import NotFound
from touchbook.signin.models import Invitation, Login

GOOD_FOR = timedelta(days=7)


def path_of(invitation: Invitation) -> str:
    """The address of an invitation, from its first slash on."""
    return reverse("invitation", args=[_signer().sign(invitation.id.hex)])


def open_invitation(token: str, at: datetime) -> Invitation:
    """The invitation that a link names, if it can still be used.

    Raises ``NotFound`` with what became of it.
    """
    try:
        identifier = UUID(_signer().unsign(token))
    except (BadSignature, ValueError) as error:
        raise NotFound(
            _("This link is not complete or was changed; copy all of it, or ask an administrator for a new one.")
        ) from error
    found = Invitation.objects.select_related("staff").filter(id=identifier).first()
    if found is None:
        raise NotFound(_("This invitation is no longer there; ask an administrator for a new one."))
    if found.used_at:
        raise NotFound(_("This invitation has been used; sign in, or ask an administrator for a new one."))
    if found.withdrawn_at:
        raise NotFound(_("A newer invitation took the place of this one; use that, or ask an administrator."))
    if found.expires_at <= at:
        raise NotFound(_("This invitation is too old; ask an administrator for a new one."))
    if found.staff is None and somebody_can_sign_in():
        raise NotFound(_("There is an administrator already; ask them for an invitation."))
    if found.staff is not None and found.staff.retired_at:
        raise NotFound(_("This invitation is for somebody who has left; ask an administrator."))
    return found


def waiting(at: datetime) -> QuerySet[Invitation]:
    """The invitations that can be used at an instant."""
    return Invitation.objects.filter(used_at=None, withdrawn_at=None, expires_at__gt=at)


def somebody_can_sign_in() -> bool:
    """Whether anybody who has not left has a password or a linked account."""
    usable = ~Q(password="") & ~Q(password__startswith="!")  # noqa: S106  as Django marks one that cannot be used
    there = Login.objects.filter(is_active=True, staff__retired_at=None)
    return there.filter(usable | Q(socialaccount__isnull=False)).exists()


def _signer() -> Signer:
    return Signer(salt="touchbook.signin.invitation", sep=".")
