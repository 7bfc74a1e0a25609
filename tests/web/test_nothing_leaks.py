"""What pages must never tell, and requests that no browser sends."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.signin.models import Login
from touchbook.store.models import PlannedTouch, PlanVersion, Promise, Touchpoint
from touchbook.store.people import person_of
from touchbook.web.touchpoints.moments import moments_at
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment
from touchbook.workflows.make_plan import make_plan

NOTE = "her mother is ill"


def log(touchpoint: str, practice: str, **more) -> None:
    log_moment(MomentRequest(mint(now()), now(), touchpoint, more.pop("happened", (Happened(practice),)), **more))


def test_an_analyst_reads_no_free_text(visitor, people, ana) -> None:
    log("gate", "greeted by name", customer=ana.id, note=NOTE)
    Promise.objects.create(
        id=mint(now()), changed_at=now(), customer=ana, what="a seat for her wheelchair", made_at=now(),
        due_on=timezone.localdate(), made_by=people["Mona"],
    )  # fmt: skip
    address = f"/customers/{ana.id}/"
    assert "wheelchair" in visitor("Mona").get(address).content.decode()
    read = visitor("Anil").get(address).content.decode()
    assert "wheelchair" not in read
    assert NOTE not in read
    gate = Touchpoint.objects.get(name="gate")
    assert [one.note for one in moments_at(person_of(people["Ada"].id), gate.id)[0]] == [NOTE]
    assert [one.note for one in moments_at(person_of(people["Anil"].id), gate.id)[0]] == [""]


def test_what_is_written_about_a_colleague_stays_off_the_touchpoints_page(people) -> None:
    own = (Happened("greeted by name", staff_account=people["Omar"].id),)
    log("gate", "", happened=own, note="thanked Omar for staying late")
    gate = Touchpoint.objects.get(name="gate")
    (moment,) = moments_at(person_of(people["Ada"].id), gate.id)[0]
    assert moment.note == ""
    assert not moment.happened


def test_no_passbook_tells_that_somebody_is_held_out(visitor, people, ana, home: Path, monkeypatch) -> None:
    monkeypatch.setattr("touchbook.planner.guardrails.hold_out.draw", lambda ids, _name: np.zeros(len(ids)))
    text = PlanVersion.objects.get().text
    assert "hold_out: 5%" in text
    adopt_plan(text.replace("hold_out: 5%", "hold_out: 50%"), "measure more", "tests", now())
    make_plan(home, settings.TOUCHBOOK_DATABASE_URL, timezone.localdate())
    assert PlannedTouch.objects.filter(customer=ana.id, held_out=True).exists()
    for who in ("Mona", "Mia", "Stella", "Anil", "Ada"):
        client = visitor(who)
        for rest in ("", "next/", "how/next-touch/"):
            said = client.get(f"/customers/{ana.id}/{rest}").content.decode()
            assert "held out" not in said
            assert "at random" not in said


@pytest.mark.parametrize("next_page", ["http://[x/", "//evil.example/", "https://evil.example/", "today", "²", "\0"])
def test_no_form_leads_elsewhere_or_falls_over_it(visitor, next_page: str) -> None:
    answer = visitor("Mona").post("/more/only-mine/", {"only_mine": "1", "next": next_page})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/more/"
    assert visitor("stranger").get("/account/login/", {"next": next_page}).status_code == 200


def test_a_guess_at_the_demos_key_is_not_there(visitor, people, home: Path) -> None:
    (home / "demo.json").write_text('{"key": "abc"}')
    assert visitor("stranger").get("/account/demo/é/").status_code == 404
    assert visitor("stranger").get("/account/demo/é/mona/").status_code == 404
    assert Login.objects.filter(last_login=None).count() == Login.objects.count()


def test_what_is_no_address_is_looked_for_as_a_number(visitor, people) -> None:
    answer = visitor("Mona").get("/log/people/", {"code": "http://[x/customers/"})
    assert answer.json() == {"people": []}


def bomb() -> bytes:
    """A small file that is a picture of 900 million points."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100_000)), (b"IEND", b"")]
    made = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + made


def broken() -> bytes:
    """A picture whose last part has another name than any part has."""
    file = BytesIO()
    Image.new("L", (60, 60)).save(file, "PNG")
    return file.getvalue().replace(b"IDAT", b"\0\0IE")


@pytest.mark.parametrize(
    "photo", [bomb(), broken(), b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b""],
    ids=["bomb", "broken", "a program", "nothing"],
)  # fmt: skip
def test_a_photo_that_is_none_is_refused_in_a_sentence(visitor, people, photo: bytes) -> None:
    sent = {"photo": SimpleUploadedFile("code.png", photo)}
    answer = visitor("Mona").post("/log/scan/", sent, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["sentence"].endswith(".")


def test_what_one_person_sees_is_kept_for_nobody_else(visitor, ana) -> None:
    for address in ("/today/", f"/customers/{ana.id}/", "/log/people/?q=Ana", "/more/"):
        assert visitor("Mona").get(address).headers["Cache-Control"] == "private, no-store"
    assert "no-store" not in visitor("stranger").get("/manifest.webmanifest").headers.get("Cache-Control", "")


@pytest.mark.parametrize("part", ["note", "touchpoint", "code"])
@pytest.mark.parametrize("character", ["\0", "\ud800"])
def test_a_character_that_nothing_can_keep_is_told_in_a_sentence(visitor, people, part: str, character: str) -> None:
    moment = {"id": str(mint(now())), "at": now().isoformat(), "touchpoint": "gate", "happened": []}
    body = {"person": str(people["Mona"].id), "moments": [{**moment, part: f"a{character}b"}]}
    answer = visitor("Mona").post("/log/moments/", body, content_type="application/json")
    assert answer.status_code == 200
    (result,) = answer.json()["results"]
    assert result["status"] == "refused"
    assert result["sentence"].endswith(".")


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "²", "-1"])
def test_a_number_that_cannot_be_is_let_go(visitor, ana, number: str) -> None:
    client = visitor("Stella")
    asked = {
        "/customers/": "after", "/plan/difference/": "old", "/week/history/": "page", "/settings/people/": "page",
        f"/touchpoints/{Touchpoint.objects.first().id}/": "before", f"/customers/{ana.id}/": "before",
    }  # fmt: skip
    for address, name in asked.items():
        assert client.get(address, {name: number}).status_code == 200, address
    assert client.post("/plan/publish/", {"text": "plan: x", "based_on": number}).status_code == 422


def test_a_form_may_bring_any_id(visitor, people) -> None:
    form = {"id": "ffffffff-ffff-4fff-bfff-ffffffffffff", "name": "Zoe", "role": "front line"}
    assert visitor("Ada").post("/settings/people/new/", form).status_code in (302, 422)
