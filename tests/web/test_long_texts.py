"""Whatever is typed into a form, however long: PostgreSQL keeps it, or a sentence refuses it; nothing falls over."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.urls import reverse
from test_every_write_once import WRITES, Things, things  # noqa: F401  a fixture

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import PlanVersion

LENGTHS = (101, 201, 501, 5_000, 100_000)


@pytest.fixture
def sqlite(postgresql: str) -> str:
    """The people of these tests are kept on PostgreSQL, which holds every column to its length."""
    return postgresql


def is_text(name: str, value: object) -> bool:
    """Whether a field holds what somebody typed or chose, and not an id that the page gave it."""
    if not isinstance(value, str) or name in ("id", "form"):
        return False
    try:
        UUID(value)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("name", WRITES)
def test_no_text_is_too_long_for_the_database(visitor, things: Things, name: str) -> None:  # noqa: F811
    write = WRITES[name]
    write.prepare(things)
    path = reverse(name, kwargs={part: things.parts[part] for part in write.parts})
    client = visitor(write.who)
    client.raise_request_exception = False
    form = dict(write.form(things))
    filled = {
        "log": {"code": "RF1"}, "settings-person": {"minutes_per_week": "6"}, "today-learn": {"promise": "a scarf"},
        "today-settle": {"own_reason": "they moved"}, "customers-settle": {"reason": "she moved"},
        "today-promise": {"reason": "she moved"}, "log-recover": {"note": "sorry"},
    }  # fmt: skip
    form |= filled.get(name, {})
    wrong = []
    for field in [one for one, value in form.items() if is_text(one, value)]:
        for length in LENGTHS:
            for text in ("ä" * length, "word " * (length // 5) + "end", "\0" * (length % 2) + "x"):
                sent = {**form, field: text, **{one: str(mint(now())) for one in ("id", "form") if one in form}}
                answer = (
                    client.post(path, json.dumps(sent), content_type="application/json")
                    if write.is_json
                    else client.post(path, sent)
                )
                if answer.status_code >= 500:
                    wrong.append((field, length, text[:1], answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("part", ["touchpoint", "code", "note", "practice"])
def test_a_moment_from_a_phone_may_say_anything(visitor, things: Things, part: str, length: int) -> None:  # noqa: F811
    form = WRITES["log-moments"].form(things)
    (one,) = form["moments"]
    for text in ("ä" * length, "x" * (length - 1) + "\0", "x" * (length - 1) + "\ud800"):
        said = {**one, "id": str(mint(now()))}
        if part == "practice":
            said["happened"] = [{"practice": text}]
        else:
            said[part] = text
        body = json.dumps({**form, "moments": [said]})
        answer = visitor("Mona").post("/log/moments/", body, content_type="application/json")
        assert answer.status_code == 200
        assert answer.json()["results"][0]["status"] in ("logged", "refused")


@pytest.mark.parametrize("place", ["gate", "member services", "listening call", "front door", "sincere apology"])
def test_no_name_in_a_plan_is_too_long_for_the_database(visitor, people, place: str) -> None:
    text = PlanVersion.objects.get().text
    if place not in text:
        return
    client = visitor("Stella")
    client.raise_request_exception = False
    for length in (201, 5_000):
        name = f"{place} {'x' * length}"
        sent = {"id": str(mint(now())), "text": text.replace(place, name), "note": "longer", "based_on": "1"}
        assert client.post("/plan/publish/", sent).status_code in (302, 422)
