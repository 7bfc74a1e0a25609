"""Correct: take an entry, or a whole moment, back by further entries; what was recorded stays to be seen.

Correcting a recovery opens its withdrawal again; correcting a correction reinstates what it took back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import AuditEntry, Entry, Moment
from touchbook.store.queries import terms_in_force
from touchbook.store.record import Occasion, Posting, post_lines
from touchbook.workflows.checks import Checks
from touchbook.workflows.log_moment import Logged, MomentRequest, log_moment

UNDO_WITHIN = timedelta(seconds=75)  # the minute that people are told, and time for the request to arrive


@dataclass(frozen=True, slots=True)
class CorrectionRequest:
    """A correction of an ``entry``, or of all entries of a ``moment``: name one of the two.

    An entry alone is taken back from its own account only; to take it back from those who saw it as well, name the
    moment. ``id`` is minted by its originator.
    ``replacement`` is what should have been logged instead, if anything.
    """

    id: UUID
    at: datetime
    entry: UUID | None = None
    moment: UUID | None = None
    by: str = ""
    origin: str = ""
    note: str = ""
    replacement: MomentRequest | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """The correcting entries, and the moment that stands instead, if any."""

    entries: tuple[UUID, ...]
    replacement: Logged | None
    is_new: bool


def correct(request: CorrectionRequest) -> Corrected:
    """Take an entry or a moment back; the same request again changes nothing.

    Raises ``NotFound`` for an unknown id, ``Refused`` for what was taken back already.
    """
    checks = Checks()
    checks.instant(request.at, say("the correction"))
    checks.text(request.note, say("note"))
    checks.text(request.by, say("name of who corrects"), 200)
    checks.text(request.origin, say("origin"), 200)
    if (request.entry is None) == (request.moment is None):
        checks.refuse(say("Name either the entry or the moment that is to be taken back."))
    checks.settle()
    with transaction.atomic():
        hold_arrivals()
        if (before := AuditEntry.objects.filter(id=request.id).first()) is not None:
            return _again(request, before)
        targets = _targets(request)
        entries = _take_back(request, targets) if targets else ()
        replacement = log_moment(request.replacement) if request.replacement is not None else None
        written = {
            "entries": [str(entry) for entry in entries],
            "replacement": str(replacement.moment) if replacement else "",
            "note": request.note,
        }
        kind, subject = ("entry", request.entry) if request.entry else ("moment", request.moment)
        assert subject is not None  # noqa: S101  one of the two is named
        audit([Change("correct", kind, subject, after=written, id=request.id)], request.by, request.at, request.origin)
    return Corrected(entries, replacement, True)


def undo(request: CorrectionRequest, staff: UUID) -> Corrected:
    """Take back a moment that a member of staff has just logged; the same request again changes nothing.

    Raises ``NotFound`` for a moment that is not theirs, as for one that is not there, and ``Refused`` when it was
    recorded more than a minute ago: what others may have read since is put right by a correction that says why.
    """
    moment = Moment.objects.filter(id=request.moment, staff=staff).first() if request.moment else None
    if moment is None:
        raise NotFound(say("There is no such moment among those you logged; nothing was taken back."))
    known = AuditEntry.objects.filter(id=request.id).exists()
    if not known and request.at - moment.recorded_at > UNDO_WITHIN:
        raise Refused(say("The minute in which a moment can be taken back has passed; ask your manager to correct it."))
    return correct(request)


def _take_back(request: CorrectionRequest, targets: list[Entry]) -> tuple[UUID, ...]:
    occasion = Occasion(targets[0].moment, request.at, targets[0].touchpoint)
    postings = [Posting(one.account, one.account_kind, one.kind, 0.0, corrects=one.id) for one in targets]
    return post_lines(request.id, occasion, postings, terms_in_force())


def _again(request: CorrectionRequest, before: AuditEntry) -> Corrected:
    if before.action != "correct" or before.subject not in (request.entry, request.moment):
        raise Refused(say("The id %(id)s belongs to another change; mint a fresh one for each.", id=request.id))
    written = before.after or {}
    entries = tuple(Entry.objects.filter(id__in=written["entries"]).order_by("number").values_list("id", flat=True))
    return Corrected(entries, log_moment(request.replacement) if request.replacement else None, False)


def _targets(request: CorrectionRequest) -> list[Entry]:
    """The entries that the new ones will correct; none of a moment that has a note alone."""
    if request.entry is not None:
        entry = Entry.objects.filter(id=request.entry).first()
        if entry is None:
            raise NotFound(say("There is no entry %(entry)s; nothing was corrected.", entry=request.entry))
        return [_last_word(entry)]
    if request.moment is None or not Moment.objects.filter(id=request.moment).exists():
        raise NotFound(say("There is no moment %(moment)s; nothing was corrected.", moment=request.moment))
    chains = [_chain(entry) for entry in Entry.objects.filter(moment=request.moment, corrects=None).order_by("number")]
    standing = [chain[-1] for chain in chains if len(chain) % 2 == 1]
    if chains and not standing:
        raise Refused(
            say("All of the moment %(moment)s was taken back already; nothing was corrected.", moment=request.moment)
        )
    return standing


def _last_word(entry: Entry) -> Entry:
    """What is to be corrected so that *entry* no longer stands: itself, or the last correction that reinstated it."""
    chain = _chain(entry)
    if len(chain) % 2 == 0:
        when = chain[-1].at
        raise Refused(
            say(
                "The entry %(id)s was taken back already on %(when)s; correct %(last)s to reinstate it.",
                id=entry.id,
                when=f"{when:%Y-%m-%d}",
                last=chain[-1].id,
            )
        )
    return chain[-1]


def _chain(entry: Entry) -> list[Entry]:
    """An entry, what corrects it, what corrects that, and so on: the entry stands when their number is odd."""
    chain = [entry]
    while (following := Entry.objects.filter(corrects=chain[-1].id).first()) is not None:
        chain.append(following)
    return chain
