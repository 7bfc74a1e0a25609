"""A form that is sent by a browser whose session has ended is kept, until the person who typed it signs in again.

It is kept with the browser's new session on the server, never in the browser, and shown to one person alone: whoever
was signed in there last. A cookie that is signed says who that was; a form from before the last sign-in has another
token, so what was typed after it is theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from touchbook.kernel.clock import now
from touchbook.signin.models import Login

COOKIE = "lately"
GOOD_FOR = timedelta(hours=12)
CHARACTERS_MAX = 256 * 1024
_KEY = "typed"
_SALT = "touchbook.lately"
_NEVER = ("csrf", "password", "token", "secret")
WRITTEN: Mapping[str, str | Promise] = {
    "name": _("Name"), "code": _("Code"), "minutes_per_week": _("Minutes a week for touches"),
    "rows": _("Rows"), "map": _("The map, as text"), "source": _("Where the rows come from"), "what": _("What"),
    "due_on": _("By when"), "reason": _("Why"), "own_reason": _("Why"), "text": _("The plan"), "note": _("Note"),
    "promise": _("A promise"), "promise_due": _("By when"),
}  # fmt: skip
"""The fields into which people write, as they are called where they are shown again; see also ``label_of``."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form held: whose it is (a member of staff), when it was sent and where to, and on which page it stood."""

    staff: str
    at: float
    address: str
    page: str
    fields: tuple[tuple[str, str], ...]
    has_files: bool

    @property
    def written(self) -> list[tuple[str | Promise, str]]:
        """What people wrote, with what it is called."""
        found = ((label_of(name), value) for name, value in self.fields if value.strip())
        return [(label, value) for label, value in found if label]


def label_of(name: str) -> str | Promise:
    """What a field is called into which people write; nothing for one that they choose from."""
    if name.startswith("answer-"):
        return name.removeprefix("answer-").replace("_", " ")
    return WRITTEN.get(name, _("Kind") if name.endswith("_kind") else "")


def remember(request: HttpRequest, staff: UUID, answer: HttpResponseBase) -> None:
    """Note in the browser who is signed in, for the time after."""
    value = Signer(salt=_SALT).sign(staff.hex)
    if request.COOKIES.get(COOKIE) != value:
        answer.set_cookie(
            COOKIE, value, max_age=settings.SESSION_COOKIE_AGE, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip


def keep(request: HttpRequest, staff: UUID | None = None) -> bool:
    """Keep the form that a request sends, for *staff* or whoever was signed in last; False where that cannot be."""
    owner = staff.hex if staff else _lately(request)
    typed = Typed(
        owner, now().timestamp(), request.get_full_path(), page_of(request), _fields(request), bool(request.FILES)
    )
    too_long = sum(len(name) + len(value) for name, value in typed.fields) > CHARACTERS_MAX
    if not owner or not typed.written or too_long:
        return False
    request.session[_KEY] = asdict(typed)
    if staff is None:
        request.session.set_expiry(GOOD_FOR)
    return True


def typed_by(request: HttpRequest, staff: UUID) -> Typed | None:
    """What a person typed before they were signed out; None where there is nothing of theirs."""
    kept: dict[str, Any] | None = request.session.get(_KEY)
    if kept is None or kept["staff"] != staff.hex or now().timestamp() - kept["at"] > GOOD_FOR.total_seconds():
        return None
    return Typed(**{**kept, "fields": tuple((name, value) for name, value in kept["fields"])})


def forget(request: HttpRequest, address: str = "") -> None:
    """Let go of what is kept; with an *address*, only of what was to be sent there."""
    kept = request.session.get(_KEY)
    if kept is not None and address in ("", kept["address"]):
        del request.session[_KEY]


def signed_in(request: HttpRequest, user: Login, **_more: object) -> None:
    """Whoever signs in gets a session of the usual length, and nothing in it that somebody else typed."""
    if request.session.get(_KEY) is not None:
        request.session.set_expiry(None)
        if typed_by(request, user.staff_id) is None:
            forget(request)


def page_of(request: HttpRequest) -> str:
    """The address of the page on which a form stood, as the browser tells it; the first page where it does not."""
    try:
        told = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # no address at all
        return "/"
    leads_away = told.path.startswith(("//", "/\\", "/account/"))
    ours = told.netloc == request.get_host() and told.path.startswith("/") and not leads_away
    return f"{told.path}?{told.query}" if ours and told.query else told.path if ours else "/"


def is_ours(request: HttpRequest) -> bool:
    """Whether the browser itself says that a page of ours sent this, which no page of others can make it say."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _fields(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if not any(part in name.lower() for part in _NEVER)
    )


def _lately(request: HttpRequest) -> str:
    try:
        return Signer(salt=_SALT).unsign(request.COOKIES.get(COOKIE, ""))
    except BadSignature:
        return ""
