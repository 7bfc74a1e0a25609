"""Ids: UUIDv7, minted by whoever originates a record, the same for the same record."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from touchbook.kernel.ids import Deriver, derive, instant_of, mint

NOON = dt.datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=dt.UTC)
instants = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001


@given(instants)
def test_an_id_is_a_uuid_of_version_7_that_knows_its_instant(at: dt.datetime):
    for identifier in (mint(at), derive(at, "moment", "1")):
        assert (identifier.version, identifier.variant) == (7, "specified in RFC 4122")
        assert abs(instant_of(identifier) - at) < dt.timedelta(milliseconds=1.001)


def test_minted_ids_differ_and_sort_by_time():
    assert len({mint(NOON) for _ in range(1000)}) == 1000
    assert mint(NOON) < mint(NOON + dt.timedelta(milliseconds=1))


def test_derived_ids_are_the_same_for_the_same_record():
    assert derive(NOON, "crm", "4711") == derive(NOON, "crm", "4711")
    assert derive(NOON, "crm", "4711") == derive(NOON.astimezone(dt.timezone(dt.timedelta(hours=5))), "crm", "4711")
    others = [("crm", "4712"), ("crm4", "711"), ("crm", "4711", ""), ("4711", "crm")]
    assert len({derive(NOON, *names) for names in [("crm", "4711"), *others]}) == 5
    assert derive(NOON, b"crm", UUID(int=1)) != derive(NOON, b"crm", UUID(int=2))


@given(instants, st.text())
def test_a_deriver_gives_the_ids_of_derive(at: dt.datetime, name: str):
    assert UUID(int=Deriver("crm", UUID(int=1)).number(at, name)) == derive(at, "crm", UUID(int=1), name)


def test_an_instant_before_1970_still_gives_an_id():
    assert mint(dt.datetime(1950, 1, 1, tzinfo=dt.UTC)).version == 7
