"""Numbers and dates as people read them; every template has these without asking."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.template.defaultfilters import date as formatted
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from touchbook.plan.model import Channel, Purpose
from touchbook.plan.words import channel_word, purpose_word, standing_word

register = template.Library()
_MINUS = "−"


@register.filter
def points(amount: float | None) -> str:
    """Points to one decimal; a minus is a real one."""
    if amount is None:
        return ""
    text = number_format(abs(round(amount, 1)), 1, use_l10n=True, force_grouping=True)
    return f"{_MINUS}{text}" if round(amount, 1) < 0 else text


@register.filter
def signed(amount: float | None) -> str:
    """Points with their sign, always."""
    if amount is None:
        return ""
    return points(amount) if round(amount, 1) < 0 else f"+{points(amount)}"


@register.filter
def whole(amount: float | None) -> str:
    """A count or an amount to the nearest whole, with its thousands told apart."""
    if amount is None:
        return ""
    text = number_format(abs(round(amount)), 0, use_l10n=True, force_grouping=True)
    return f"{_MINUS}{text}" if round(amount) < 0 else text


@register.filter
def percent(share: float | None, digits: int = 0) -> str:
    """A share of 1 as a percentage; what would be rounded to nothing is said to be less than the least there is."""
    if share is None:
        return ""
    least = 10.0**-digits
    if 0 < share * 100 < least / 2:
        return gettext("under %(number)s%%") % {"number": number_format(least, digits, use_l10n=True)}
    return gettext("%(number)s%%") % {"number": number_format(round(share * 100, digits), digits, use_l10n=True)}


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as a passbook has it: 14 Nov, with the year when it is not this one's."""
    if value is None:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    this_year = timezone.localdate().year
    return formatted(local, gettext("j M") if local.year == this_year else gettext("j M Y"))


@register.filter
def ago(value: date | datetime | None) -> str:
    """How long ago, or how far ahead, a day is, in words."""
    if value is None:
        return ""
    that = timezone.localtime(value).date() if isinstance(value, datetime) else value
    days = (timezone.localdate() - that).days
    if days in (-1, 0, 1):
        return {-1: gettext("tomorrow"), 0: gettext("today"), 1: gettext("yesterday")}[days]
    if days < 0:
        return ngettext("in %(count)d day", "in %(count)d days", -days) % {"count": -days}
    return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}


@register.filter
def sentence_case(text: str) -> str:
    """A name from the plan at the beginning of a line: its first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


@register.filter
def channel(key: str) -> str:
    """A channel of touches as a word; a channel that somebody else named stays as it is."""
    return channel_word(key) if key in set(Channel) else key


@register.filter
def purpose(key: str) -> str:
    """What a touch is for, as a word."""
    return purpose_word(key) if key in set(Purpose) else key


@register.filter
def standing(key: str) -> str:
    """How a customer stands, as a word."""
    return standing_word(key)
