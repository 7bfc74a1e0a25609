"""Names to sign in by: what they may look like, and one to propose."""

from __future__ import annotations

import re
import unicodedata

from django.utils.text import slugify
from django.utils.translation import gettext as _

from touchbook.signin.models import Login

LENGTH_MAX = 150
_ALLOWED = re.compile(r"[\w.@+-]+")


def plain(username: str) -> str:
    """A name as it is kept: without space around it, and with each letter written in one way."""
    return unicodedata.normalize("NFKC", username).strip()


def flaw_of(username: str, own: Login | None = None) -> str:
    """What is wrong with a name that somebody chose, as a sentence; empty when nothing is. *own* is their login."""
    if not username:
        return _("Choose a name to sign in by.")
    if len(username) > LENGTH_MAX:
        return _("The name to sign in by has more than %(count)d characters; choose a shorter one.") % {
            "count": LENGTH_MAX
        }
    if not _ALLOWED.fullmatch(username):
        return _("The name to sign in by may have letters, digits and . @ + - _ only, and no space.")
    if _taken(username, own):
        return _("Somebody else signs in by this name; choose another.")
    return ""


def proposed(name: str, own: Login | None = None) -> str:
    """A free name for somebody: the one that they have, or one made of what they are called, such as amina.malik."""
    if own is not None:
        return own.username
    stem = slugify(name).replace("-", ".")[: LENGTH_MAX - 10] or "member"
    number, found = 1, stem
    while _taken(found, None):
        number += 1
        found = f"{stem}.{number}"
    return found


def _taken(username: str, own: Login | None) -> bool:
    others = Login.objects.filter(username__iexact=username)
    return (others.exclude(pk=own.pk) if own else others).exists()
