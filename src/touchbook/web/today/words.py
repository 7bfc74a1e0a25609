"""What an outcome is called, channel by channel, and the other words of the list."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

MADE: Mapping[str, Words] = {
    "phone": _("Reached"),
    "visit": _("Met them"),
    "email": _("Sent"),
    "sms": _("Sent"),
    "letter": _("Sent"),
    "webhook": _("Done"),
}
BY: Mapping[str, Words] = {
    "phone": _("call"),
    "visit": _("visit"),
    "email": _("e-mail"),
    "sms": _("text message"),
    "letter": _("letter"),
    "webhook": _("message by a program"),
}
NO_ANSWER: Mapping[str, Words] = {"phone": _("No answer"), "visit": _("Not there")}
REASONS: tuple[Words, ...] = (
    _("This is a hard time for them"),
    _("They have just spoken with us"),
    _("They asked not to be contacted"),
    _("They are no longer with us"),
    _("It does not fit them"),
)
FEELINGS: Mapping[int, Words] = {
    -2: _("Awful"),
    -1: _("Poor"),
    0: _("So-so"),
    1: _("Good"),
    2: _("Great"),
}


def reasons() -> list[str]:
    """Why a touch is not appropriate, in the visitor's language; said once for all of a page's cards."""
    return [str(reason) for reason in REASONS]
