"""Keys of programs: shown once, kept as digests, told apart by their prefix, and worth nothing once revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from touchbook.kernel.errors import NotFound
from touchbook.kernel.ids import mint
from touchbook.store import keys
from touchbook.store.keys import key_of
from touchbook.store.models import ApiKey, AuditEntry
from touchbook.workflows.form_checks import FormRefused
from touchbook.workflows.make_key import KeyRequest, make_key
from touchbook.workflows.revoke_key import revoke_key
from touchbook.workflows.use_key import use_key

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_a_key_opens_until_it_is_revoked(database: str) -> None:
    made = make_key(KeyRequest(mint(NOW), "till system", NOW, by="Ada", origin="web 1"))
    assert made.raw.startswith(made.key.prefix + "_")
    found = key_of(made.raw)
    assert found is not None
    assert found.id == made.key.id
    for wrong in (
        "",
        "tb_",
        made.raw[:-1],
        made.raw + "x",
        made.key.prefix,
        made.key.prefix + "_",
        "tb_\0_x",
        "é_ü_漢",
    ):
        assert key_of(wrong) is None
    assert revoke_key(made.key.id, NOW, "Ada")
    assert not revoke_key(made.key.id, NOW, "Ada")
    assert key_of(made.raw) is None
    with pytest.raises(NotFound):
        revoke_key(mint(NOW), NOW)


def test_nothing_from_which_the_key_could_be_told_is_kept(database: str) -> None:
    made = make_key(KeyRequest(mint(NOW), "till system", NOW))
    secret = made.raw.removeprefix(made.key.prefix + "_")
    kept = str(list(ApiKey.objects.values())) + str(list(AuditEntry.objects.values()))
    assert made.key.prefix in kept
    assert secret not in kept
    assert len(secret) >= 43


def test_the_same_form_makes_one_key_and_tells_it_once(database: str) -> None:
    request = KeyRequest(mint(NOW), "till system", NOW)
    assert make_key(request).raw
    assert make_key(request).raw == ""
    with pytest.raises(FormRefused, match="There is a key “till system” already"):
        make_key(KeyRequest(mint(NOW), "Till system", NOW))
    with pytest.raises(FormRefused, match="missing"):
        make_key(KeyRequest(mint(NOW), "", NOW))
    assert ApiKey.objects.count() == 1


def test_a_digest_is_compared_even_where_no_row_is_found(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    monkeypatch.setattr(keys, "compare_digest", lambda one, other: compared.append((len(one), len(other))) or False)
    made = make_key(KeyRequest(mint(NOW), "till system", NOW))
    assert key_of(made.raw) is None
    assert key_of("tb_unknown0_" + "x" * 43) is None
    assert compared == [(64, 64), (64, 64)]


def test_use_is_noted_at_most_once_a_minute(database: str) -> None:
    made = make_key(KeyRequest(mint(NOW), "till system", NOW))
    for seconds, noted in ((0, 0), (30, 0), (61, 61)):
        assert use_key(made.raw, NOW + timedelta(seconds=seconds)) is not None
        assert ApiKey.objects.get().used_at == NOW + timedelta(seconds=noted)
    assert use_key("tb_nothing", NOW) is None
