"""Dates and times as files write them: ISO 8601 at once, a dozen other ways by their shape, never by a guess.

Whether 03/04/2026 is in March or in April is decided for a whole column, by the values in it that can only be read
one way. When nothing decides it, it is the map's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from touchbook.kernel.language import say
from touchbook.workflows.import_records.values import BadValue, shown

_NONE, _MINUTE = timedelta(), timedelta(minutes=1)
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
JOINED_AHEAD_DAYS = 2 * 365  # members join for a season to come
FUTURE_DAYS = 1  # clocks differ, and a day may be a day ahead elsewhere; anything later has not happened


class Order(StrEnum):
    """How a column writes dates such as 03/04/2026."""

    NONE = "no such dates"
    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    EITHER = "day or month first"
    MIXED = "some day first, some month first"


_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
# Abbreviations that mean one thing wherever they are written in such files; others (CST in China, IST) do not.
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180} | {
    "EST": -300, "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
}  # fmt: skip

_SLASHED = re.compile(r"\s*(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_NUMERIC = r"(?P<a>\d{1,4})(?P<mark>[./-])\s?(?P<b>\d{1,2})(?P=mark)\s?(?P<c>\d{1,4})"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
_NAMED = r"(?P<day1>\d{1,2})(?:st|nd|rd|th)?[\s.-]*(?P<month1>[a-z]{3,9})\.?[\s,.-]*(?P<year1>\d{4})"
_MONTH_LED = r"(?P<month2>[a-z]{3,9})\.?[\s-]*(?P<day2>\d{1,2})(?:st|nd|rd|th)?[\s,-]+(?P<year2>\d{4})"
_CLOCK = (
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?"
)
_ZONE = r"(?P<zone>[a-z]{1,5}(?![a-z/_])|(?:utc|gmt)?[+-]\d{1,2}:?(?:\d{2})?|[a-z_]+(?:/[a-z0-9_+-]+){1,2})"
_SHAPE = re.compile(
    rf"{_WEEKDAY}(?:{_NUMERIC}|{_NAMED}|{_MONTH_LED})(?:(?:t|,?\s+(?:at\s+)?){_CLOCK}(?:\s*{_ZONE})?)?", re.I
)
_CTIME = re.compile(
    r"[a-z]{3} (?P<month>[a-z]{3}) +(?P<day>\d{1,2}) (?P<clock>[\d:]+) (?:(?P<zone>\S+) )?(?P<year>\d{4})", re.I
)
_EPOCH = re.compile(r"(\d{9,10})(\.\d+)?")


def find_order(values: Iterable[str]) -> Order:
    """What a column's values say together about the order of day and month."""
    day = month = either = False
    for value in values:
        match = _SLASHED.match(value)
        if match is None:
            continue
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            day = True
        elif second > 12 >= first:
            month = True
        elif first != second:
            either = True
    if day and month:
        return Order.MIXED
    if day or month:
        return Order.DAY_FIRST if day else Order.MONTH_FIRST
    return Order.EITHER if either else Order.NONE


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def is_format(text: str) -> bool:
    """Whether *text* is a ``strptime`` format that says which year, at least."""
    try:
        datetime.strptime("", text)  # noqa: DTZ007
    except ValueError as error:
        known = "does not match format" in str(error)
    except re.error:
        known = False  # it asks for one thing twice
    else:
        known = False  # it asks for nothing
    return known and any(part in text for part in ("%Y", "%y", "%G", "%c", "%x"))


class Dates:
    """Reads the dates of one column.

    *zone* is that of times that do not name their own, *format* a ``strptime`` format (empty: by shape), *today* the
    present instant.
    """

    def __init__(self, zone: tzinfo, today: datetime, date_format: str = "", order: Order = Order.NONE) -> None:
        self.zone, self.format, self.order = zone, date_format, order
        self._latest = today + timedelta(days=FUTURE_DAYS)

    def instant(self, text: str) -> tuple[datetime, int]:
        """An instant in UTC, and the minutes that the source's clock was ahead of UTC.

        A time that a clock change skipped counts as if the change had not come yet; one that came twice is the first.
        """
        written = self.written(text)
        if written.tzinfo is None:
            written = written.replace(tzinfo=self.zone)
        try:
            at = written.astimezone(UTC)
        except OverflowError:
            raise _not_a_date(text) from None
        if not EARLIEST <= at <= self._latest:
            self._outside(text, at)
        return at, (written.utcoffset() or _NONE) // _MINUTE

    def day(self, text: str) -> date:
        """A date without a time, as it stands in the source."""
        return self.written(text).date()

    def joined(self, text: str) -> date:
        """A date on which somebody joins: a season ahead at most."""
        day = self.day(text)
        if day < EARLIEST.date():
            what = say("'%(text)s' lies before 1900", text=shown(text))
            raise BadValue(what, say("correct the date, or clear the cell"))
        if day > (self._latest + timedelta(days=JOINED_AHEAD_DAYS)).date():
            what = say("'%(text)s' lies more than two years ahead", text=shown(text))
            raise BadValue(what, say("correct the date, or clear the cell"))
        return day

    def written(self, text: str) -> datetime:
        """The date and time as they stand there: aware when they name a zone. Raises ``BadValue``."""
        text = text.strip()
        if self.format:
            return self._by_format(text)
        if text[4:5] == "-":
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                pass
        if text.isdigit():
            return _digits(text)
        return self._by_shape(text)

    def _by_format(self, text: str) -> datetime:
        try:
            return datetime.strptime(text, self.format)  # noqa: DTZ007 (the zone is applied by the caller)
        except ValueError:
            what = say("'%(text)s' does not have the format %(format)s", text=shown(text), format=self.format)
            raise BadValue(what, say("correct it, or the format in the map")) from None

    def _by_shape(self, text: str) -> datetime:
        if match := _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC)
        if match := _CTIME.fullmatch(text):
            text = f"{match['day']} {match['month']} {match['year']} {match['clock']} {match['zone'] or ''}".rstrip()
        match = _SHAPE.fullmatch(text)
        if match is None:
            if text[:10].count("-") == 2 and re.match(r"\d{8}T\d{4}", text) is None:
                raise _not_a_date(text)
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                raise _not_a_date(text) from None
        year, month, day = self._calendar(match, text)
        hour, minute, second, micro = _clock(match, text)
        try:
            return datetime(year, month, day, hour, minute, second, micro, _zone(match["zone"], text))
        except ValueError:
            raise _not_a_date(text) from None

    def _calendar(self, match: re.Match[str], text: str) -> tuple[int, int, int]:
        for which in ("1", "2"):
            if name := match[f"month{which}"]:
                month = _MONTHS.get(name.lower())
                if month is None:
                    raise _not_a_date(text)
                return int(match[f"year{which}"]), month, int(match[f"day{which}"])
        first, second, third = match["a"], int(match["b"]), match["c"]
        if len(first) == 4:
            return int(first), second, int(third)
        if len(third) != 4:
            what = say("the year in '%(text)s' is not written out", text=shown(text))
            raise BadValue(what, say("write four digits, or a format in the map"))
        if match["mark"] == ".":  # dots are written where the day comes first
            return int(third), second, int(first)
        return int(third), *self._month_and_day(int(first), second, text)

    def _month_and_day(self, first: int, second: int, text: str) -> tuple[int, int]:
        if first > 12 or first == second or (self.order is Order.DAY_FIRST and second <= 12):
            return second, first
        if second > 12 or self.order is Order.MONTH_FIRST:
            return first, second
        what = say("'%(text)s' may be day first or month first", text=shown(text))
        raise BadValue(what, say("write a format for this column in the map"))

    def _outside(self, text: str, at: datetime) -> None:
        if at < EARLIEST:
            raise BadValue(say("'%(text)s' lies before 1900", text=shown(text)), say("correct the date"))
        what = say("'%(text)s' lies in the future", text=shown(text))
        raise BadValue(what, say("correct the date; only what has happened is recorded"))


def _not_a_date(text: str) -> BadValue:
    if not text:
        return BadValue(say("the date is missing"), say("fill it in"))
    return BadValue(
        say("'%(text)s' is not a date", text=shown(text)), say("write it as 2026-11-15 or 2026-11-15 18:30")
    )


def _digits(text: str) -> datetime:
    """Digits alone: 20261115, with hours and minutes or seconds behind it, or seconds or milliseconds since 1970."""
    try:
        if len(text) == 13:
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        if len(text) in (9, 10):
            return datetime.fromtimestamp(int(text), UTC)
        if len(text) in (8, 12, 14):
            parts = [int(text[:4])] + [int(text[place : place + 2]) for place in range(4, len(text), 2)]
            return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001
    except (ValueError, OverflowError):
        pass
    raise _not_a_date(text)


def _clock(match: re.Match[str], text: str) -> tuple[int, int, int, int]:
    if match["hour"] is None:
        return 0, 0, 0, 0
    if match["minute"] is None and match["half"] is None:
        raise _not_a_date(text)
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise _not_a_date(text)
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    fraction = (match["fraction"] or "").ljust(6, "0")[:6]
    return hour, int(match["minute"] or 0), int(match["second"] or 0), int(fraction)


def _zone(name: str | None, text: str) -> tzinfo | None:
    if not name:
        return None
    if name.upper() in _ZONES:
        return timezone(timedelta(minutes=_ZONES[name.upper()]))
    offset = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?", name, re.IGNORECASE)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    zone = zone_named(name) if "/" in name else None
    if zone is None:
        what = say("the time zone '%(name)s' in '%(text)s' is not known", name=name, text=shown(text))
        raise BadValue(what, say("write an offset such as +01:00, or Europe/London"))
    return zone
