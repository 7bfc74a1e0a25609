"""Make a key by which a program may come in. The key is told once; only its digest is kept."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.keys import digest_of
from touchbook.store.models import ApiKey
from touchbook.workflows.form_checks import FormChecks

_LETTERS = string.ascii_letters + string.digits
_PREFIX_LETTERS, _SECRET_LETTERS = 8, 43  # 256 bits behind the prefix


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A key to be made: the form's id becomes the key's, *name* says what it is for."""

    id: UUID
    name: str
    at: datetime
    made_by: UUID | None = None
    by: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class KeyMade:
    """A key, and what its program must show; ``raw`` is empty where the key was made before: it is told once."""

    key: ApiKey
    raw: str


def make_key(request: KeyRequest) -> KeyMade:
    """Make a key. Raises ``FormRefused`` for a name that is missing, too long, or another key's."""
    with transaction.atomic():
        hold_arrivals()
        there = ApiKey.objects.filter(id=request.id).first()
        if there is not None:
            return KeyMade(there, "")
        checks = FormChecks()
        checks.name("name", request.name, say("name of the key"), 200)
        if checks.is_right("name"):
            same = ApiKey.objects.filter(name__iexact=request.name, revoked_at=None).first()
            if same is not None:
                checks.refuse(
                    "name",
                    say("There is a key “%(name)s” already; choose a name that tells them apart.", name=same.name),
                )
        checks.settle()
        prefix = f"tb_{_drawn(_PREFIX_LETTERS)}"
        raw = f"{prefix}_{_drawn(_SECRET_LETTERS)}"
        made = ApiKey.objects.create(
            id=request.id, changed_at=now(), name=request.name, prefix=prefix, digest=digest_of(raw),
            made_by_id=request.made_by, made_at=request.at,
        )  # fmt: skip
        change = Change("make", "key", made.id, None, {"name": made.name, "prefix": prefix})
        audit([change], request.by, request.at, request.origin)
    return KeyMade(made, raw)


def _drawn(letters: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))
