"""Keys of programs: which one a program shows, found out in a time that tells nobody how nearly they guessed."""

from __future__ import annotations

import hashlib
from secrets import compare_digest

from touchbook.store.models import ApiKey

_NOBODYS = hashlib.sha256(b"nobody's key").hexdigest()


def digest_of(raw: str) -> str:
    """What is kept of a key: SHA-256 in hex. A key is drawn at random, so that no slow hash is needed."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def key_of(raw: str) -> ApiKey | None:
    """The key that a program shows; None for one that is not ours, or was revoked.

    The prefix, which is no secret, finds the row; the whole is compared by its digest, in constant time, and is
    compared even where no row was found.
    """
    prefix = "_".join(raw.split("_")[:2])[:12].replace("\0", "")
    found = ApiKey.objects.filter(prefix=prefix, revoked_at=None).first()
    same = compare_digest(digest_of(raw), found.digest if found else _NOBODYS)
    return found if found is not None and same else None
