"""Who gets in where: every address, with a member, one of another department, and a stranger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from touchbook.web.access import GRANTED, May


def ours(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the pages with its pattern."""
    for one in (resolver or get_resolver("touchbook.web.urls")).url_patterns:
        if isinstance(one, URLResolver):
            yield from ours(one, before + str(one.pattern))
        else:
            yield before + str(one.pattern), one


ADDRESSES = dict(ours())
SIMPLE = [address for address in ADDRESSES if "<" not in address]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_view_says_what_it_needs(address: str) -> None:
    view = ADDRESSES[address].callback
    assert hasattr(view, "needs"), f"{address}: mark the view with @needs(May.…) or @open_to_all"
    assert view.needs is None or isinstance(view.needs, May)


@pytest.mark.parametrize("address", SIMPLE)
def test_a_stranger_is_led_to_signing_in_and_everybody_else_to_what_their_role_grants(visitor, address: str) -> None:
    needed = ADDRESSES[address].callback.needs
    answer = visitor("stranger").get(f"/{address}")
    if needed is None:
        assert answer.status_code in (200, 302, 404, 405)
        return
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/?next=")
    for name, role in (("Mona", "front line"), ("Omar", "front line"), ("Mia", "manager"), ("Anil", "analyst")):
        status = visitor(name).get(f"/{address}").status_code
        if needed in GRANTED[role]:
            assert status in (200, 302, 304, 400, 404, 405, 422), f"{name} at {address}"
        else:
            assert status == 403, f"{name} at {address}"


def test_a_script_is_told_to_sign_in_and_not_led_away(visitor) -> None:
    answer = visitor("stranger").get("/log/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "Sign in again" in answer.json()["sentence"]


def test_nobody_of_another_department_finds_a_customer(visitor, ana) -> None:
    assert visitor("Mona").get(f"/customers/{ana.id}/").status_code == 200
    assert visitor("Omar").get(f"/customers/{ana.id}/").status_code == 404
    assert visitor("stranger").get(f"/customers/{ana.id}/").status_code == 302


def test_one_who_has_left_is_a_stranger(visitor, people) -> None:
    client = visitor("Mona")
    assert client.get("/log/").status_code == 200
    people["Mona"].retired_at = "2026-01-01T00:00Z"
    people["Mona"].save()
    assert client.get("/log/").status_code == 302
