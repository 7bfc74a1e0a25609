"""The club as the files that its systems would export, and the maps that say what their columns mean."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Literal

from touchbook.world.club import Club
from touchbook.world.season import last_renewal

# In the order in which they are imported: people first, then what happened to them.
Kind = Literal["customers", "moments", "answers", "outcomes"]
KINDS: tuple[Kind, ...] = ("customers", "moments", "answers", "outcomes")

_SOURCE = "source: demo club\n"
_STANDS, _SEATS_IN_A_ROW = "ABCDEFGH", 40
_MEMBER = "customer: {column: member, kind: member number}\n"
_MAPS = {
    "customers": """\
customers:
  - {column: number, kind: member number}
  - {column: seat, kind: seat}
  - {column: email, kind: email}
name: name
since: since
timezone: time zone
owner: looked after by
hardship: hardship
attributes:
  annual_value: annual value
  seats: seats
  account_kind: kind
  renewal: renewal
consents:
  - {column: may e-mail, channel: email}
  - {column: may phone, channel: phone}
""",
    "moments": _MEMBER
    + """\
id: id
at: at
staff: staff
touchpoint: touchpoint
practice: practices
note: note
witnesses: {column: seen by, kind: member number}
unnamed_witnesses: seen by others
recovers: makes good
""",
    "answers": _MEMBER + "id: id\nat: at\nquestion: question\nvalue: answer\n",
    "outcomes": _MEMBER
    + """\
id: id
at: at
outcome: outcome
value: value
referrer: {column: brought by, kind: member number}
""",
}


def files_of(club: Club) -> dict[str, str]:
    """The texts of a CSV file and a map for each kind of record, by file name (``moments.csv``, ``moments.map.yaml``).

    Everything as an import expects it; the truth about the members stays out. A kind of which a tiny club has nothing
    has no files.
    """
    tables = {"customers": _customers, "moments": _moments, "answers": _answers, "outcomes": _outcomes}
    texts = {}
    for kind in KINDS:
        header, rows = tables[kind](club)
        if not (rows := list(rows)):
            continue
        texts[f"{kind}.csv"] = _csv(header, rows)
        texts[f"{kind}.map.yaml"] = _SOURCE + _MAPS[kind]
    return texts


_Table = tuple[Sequence[str], Iterable[Sequence[object]]]


def _customers(club: Club) -> _Table:
    header = (
        "number", "name", "seat", "email", "since", "time zone", "kind", "seats", "annual value", "renewal",
        "looked after by", "hardship", "may e-mail", "may phone",
    )  # fmt: skip
    names = _staff_names(club)
    rows = (
        (
            member.number, member.name, _seat(member.number), member.email, member.since, member.timezone,
            member.account_kind, member.seats,
            f"{member.annual_value:.2f}", (last_renewal(member.since, club.until) + timedelta(365)).isoformat(),
            names.get(member.owner, ""), _word(member.hardship), _word(member.email_allowed),
            _word(member.phone_allowed),
        )
        for member in club.members
    )  # fmt: skip
    return header, rows


def _moments(club: Club) -> _Table:
    header = (
        "id", "at", "member", "staff", "touchpoint", "practices", "note", "seen by", "seen by others", "makes good",
    )  # fmt: skip
    names = _staff_names(club)
    rows = (
        (
            moment.id, moment.at.isoformat(), moment.member, names[moment.staff], moment.touchpoint,
            ";".join(moment.practices), moment.note, ";".join(moment.witnesses), moment.unnamed_witnesses or "",
            moment.recovers,
        )
        for moment in club.moments
    )  # fmt: skip
    return header, rows


def _staff_names(club: Club) -> dict[str, str]:
    """What the club's systems call its people, by code."""
    return {one.code: one.name for one in club.staff}


def _answers(club: Club) -> _Table:
    rows = ((one.id, one.at.isoformat(), one.member, one.question, one.value) for one in club.answers)
    return ("id", "at", "member", "question", "answer"), rows


def _outcomes(club: Club) -> _Table:
    rows = (
        (
            one.id, one.at.isoformat(), one.member, one.outcome,
            "" if one.value is None else f"{one.value:.2f}", one.referrer,
        )
        for one in club.outcomes
    )  # fmt: skip
    return ("id", "at", "member", "outcome", "value", "brought by"), rows


def _seat(number: str) -> str:
    """A member's seat, of which no two have the same: stand and row, then the place in it."""
    row, place = divmod(int(number.lstrip("RF")) - 1, _SEATS_IN_A_ROW)
    return f"{_STANDS[row % len(_STANDS)]}{row // len(_STANDS) + 1}-{place + 1}"


def _word(yes: bool) -> str:
    return "yes" if yes else "no"


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
