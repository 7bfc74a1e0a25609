"""Time that people have, as people say it."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

register = template.Library()
_MINUTES_TO_HOURS = 120  # below two hours, minutes say more


@register.filter
def spent(minutes: float | None) -> str:
    """Minutes in words: “45 minutes”, “6 hours”, “7.5 hours”."""
    if minutes is None:
        return ""
    if not minutes:
        return gettext("no time")
    if minutes < _MINUTES_TO_HOURS and minutes % 60:
        return ngettext("%(count)d minute", "%(count)d minutes", round(minutes)) % {"count": round(minutes)}
    hours = round(minutes / 60, 1)
    digits = 0 if hours.is_integer() else 1
    shown = number_format(hours, digits, use_l10n=True, force_grouping=True)
    return ngettext("%(count)s hour", "%(count)s hours", 1 if hours == 1 else 2) % {"count": shown}


@register.filter
def date_as(at: datetime, written: str) -> str:
    """An instant in a format of dates, as an example of it."""
    return at.strftime(written)
