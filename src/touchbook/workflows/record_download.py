"""Record that somebody takes a list of customers away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.ids import mint
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """Whose list it is, which filter it has (as the page's address), and how many customers it holds."""

    person: UUID
    address: str
    customers: int
    at: datetime
    by: str
    origin: str = ""


def record_download(request: DownloadRequest) -> None:
    """Leave an audit entry, at every time: whoever asks twice has taken two copies away."""
    with transaction.atomic():
        hold_arrivals()
        after = {"address": request.address[:2000], "customers": request.customers}
        change = Change("download", "staff", request.person, None, after, mint(request.at))
        audit([change], request.by, request.at, request.origin)
