"""UUIDv7 ids (RFC 9562), minted by whoever originates a record.

``mint`` draws a fresh one. ``derive`` gives the same id for the same record every time, so that a record
which arrives twice, or an import that is killed and resumed, is recognised instead of counted again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, SafeUUID

_set_int, _set_is_safe = vars(UUID)["int"].__set__, vars(UUID)["is_safe"].__set__
_UNKNOWN = SafeUUID.unknown  # looked up once: an enumeration takes longer to give a member than the rest takes
_LAST_MILLISECOND = 253_402_300_799_000  # of the year 9999
_RANDOM_BITS = 74  # 12 after the version, 62 after the variant


def mint(at: datetime) -> UUID:
    """A fresh UUIDv7 whose time part is *at* (an aware instant)."""
    return uuid_from(_compose(at, secrets.randbits(_RANDOM_BITS)))


def derive(at: datetime, *names: str | bytes | UUID) -> UUID:
    """The UUIDv7 of the record that *names* identify and that belongs to the instant *at*.

    The random part is the BLAKE2b digest of the names, so equal names and instants give equal ids.
    """
    return uuid_from(_number(at, _told(names)))


class Deriver:
    """``derive`` for many records whose names begin alike, as whole numbers of 128 bits instead of objects."""

    def __init__(self, *names: str | bytes | UUID) -> None:
        self._told = _told(names)

    def number(self, at: datetime, name: str) -> int:
        """``derive(at, *names, name).int``."""
        part = name.encode()
        return _number(at, self._told + len(part).to_bytes(8, "big") + part)


def uuid_from(number: int) -> UUID:
    """The UUID of 128 bits: ``UUID(int=number)`` without its checks, which cost more than the rest of a bulk write."""
    made = UUID.__new__(UUID)
    _set_int(made, number)
    _set_is_safe(made, _UNKNOWN)
    return made


def instant_of(identifier: UUID) -> datetime:
    """The instant in a UUIDv7, to the millisecond; of another UUID, one that can be told."""
    return datetime.fromtimestamp(min(identifier.int >> 80, _LAST_MILLISECOND) / 1000, tz=UTC)


def _told(names: Iterable[str | bytes | UUID]) -> bytes:
    told = b""
    for name in names:
        part = name.encode() if isinstance(name, str) else name.bytes if isinstance(name, UUID) else name
        told += len(part).to_bytes(8, "big") + part
    return told


def _number(at: datetime, told: bytes) -> int:
    digest = hashlib.blake2b(told, digest_size=16).digest()
    return _compose(at, int.from_bytes(digest, "big") & ((1 << _RANDOM_BITS) - 1))


def _compose(at: datetime, random: int) -> int:
    # RFC 9562 has 48 unsigned bits of milliseconds since 1970; earlier instants keep order no further than that.
    milliseconds = max(0, int(at.timestamp() * 1000)) & ((1 << 48) - 1)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
