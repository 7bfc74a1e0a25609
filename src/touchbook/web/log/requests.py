"""From what a phone sends to requests of the workflows; what is malformed is said in a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from touchbook.kernel.errors import Refused
from touchbook.store.people import Person
from touchbook.store.people_search import find_exactly
from touchbook.web.log.people import identifier_in
from touchbook.workflows.log_moment import Happened, MomentRequest

_WORDS_MAX = 10_000
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")  # no database takes them


def sent(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that a request brings. Raises ``Refused``."""
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Refused(_("The request is no JSON object; load the page again."))
    return said


def moment_of(said: object, person: Person, origin: str) -> MomentRequest:
    """A moment as it was typed on a phone. Raises ``Refused`` for what cannot be one."""
    if not isinstance(said, Mapping):
        raise Refused(_("A moment is a JSON object with an id, a time and a touchpoint."))
    happened = said.get("happened", [])
    if not isinstance(happened, list) or not all(isinstance(one, Mapping) for one in happened):
        raise Refused(_("What happened is a list of practices."))
    witnesses = said.get("witnesses", [])
    if not isinstance(witnesses, list):
        raise Refused(_("The witnesses are a list of ids."))
    unnamed = said.get("unnamed_witnesses", 0)
    if isinstance(unnamed, bool) or not isinstance(unnamed, int):
        raise Refused(_("How many saw it is a whole number."))
    customer = said.get("customer") or None
    code = text_of(said, "code")
    return MomentRequest(
        id=id_of(said, "id"),
        at=instant_of(said, "at"),
        touchpoint=text_of(said, "touchpoint"),
        happened=tuple(
            Happened(text_of(one, "practice"), text_of(one, "kind")) for one in cast(list[Mapping[str, Any]], happened)
        ),
        customer=id_of(said, "customer") if customer else _meant(code, person) if code else None,
        staff=person.id,
        note=text_of(said, "note"),
        source="web",
        witnesses=tuple(_uuid(one) for one in witnesses),
        unnamed_witnesses=unnamed,
        by=person.name,
        origin=origin,
    )


def id_of(said: Mapping[str, Any], name: str) -> UUID:
    """An id. Raises ``Refused``."""
    return _uuid(said.get(name))


def instant_of(said: Mapping[str, Any], name: str) -> datetime:
    """An instant, with or without its offset. Raises ``Refused``."""
    try:
        return datetime.fromisoformat(text_of(said, name))
    except ValueError as error:
        raise Refused(_("The time cannot be read; choose it again.")) from error


def text_of(said: Mapping[str, Any], name: str) -> str:
    """A text; empty where there is none. Raises ``Refused``."""
    value = said.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _WORDS_MAX or _UNKEEPABLE.search(value):
        raise Refused(_("The text of “%(name)s” cannot be kept; make it shorter.") % {"name": name})
    return value


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise Refused(_("“%(value)s” is no id; choose the person again.") % {"value": str(value)[:50]}) from error


def _meant(code: str, person: Person) -> UUID:
    """The one customer of an identifier that was typed where nobody could be searched for."""
    found = find_exactly(person, identifier_in(code))
    if len(found) == 1:
        return found[0].id
    if found:
        raise Refused(_("Several customers have the identifier “%(code)s”; choose one by name.") % {"code": code})
    raise Refused(
        _("Nobody has the identifier “%(code)s”; choose the customer by name, or log an unknown guest.")
        % {"code": code}
    )
