"""Why somebody is left alone, as pages count it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: Mapping[str, str | Promise] = {
    "elsewhere": _(
        "a touch was open, but what it takes brings more elsewhere, or chance left them out to measure what touches do"
    ),
    "worthless": _("nothing that was open would have brought anything"),
    "not meant": _("no touch of the plan is meant for them"),
    "left": _("they have left"),
    "consent": _("they do not wish to be reached this way"),
    "rest": _("they were reached a few days ago, and the plan lets them rest"),
    "at_most": _("they have had as many touches as the plan allows"),
    "contact_ceiling": _("they have been contacted as often as the plan allows"),
    "cooldown": _("they have had this touch, and it is too soon for it again"),
    "once": _("they have had what is made only once"),
    "hardship": _("they are in hardship, and are not sold to"),
    "never_sell": _("they are not to be sold to just now"),
    "waiting": _("a touch to them is waiting already"),
    "put off": _("a touch to them was put off, and waits for its day"),
    "known": _("what it would ask is known already"),
    "recovery": _("nothing is open that could be made good"),
    "apologised": _("they have had an apology for it"),
    "owner_minutes": _("nobody owns the relationship with them"),
    "variety": _("they have just had a touch of this kind"),
    "in_the_moment": _("the touch is kept for whoever asks in the moment"),
}
_OTHERWISE = _("a guardrail of the plan")


def words_for(reason: str) -> str:
    """A reason as people read it."""
    return str(_WORDS.get(reason, _OTHERWISE))
