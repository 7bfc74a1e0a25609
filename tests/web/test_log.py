"""What phones send is logged once and for whom they may; what they ask is answered as far as they may see."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import qrcode
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import AuditEntry, Customer, Entry, Moment, Staff, Witness

JSON = "application/json"


def moment(**details: Any) -> dict[str, Any]:
    at = now()
    usual = {"id": str(mint(at)), "at": at.isoformat(), "touchpoint": "gate"}
    return {**usual, "happened": [{"kind": "deposit", "practice": "greeted by name"}], **details}


@pytest.fixture
def send(visitor: Callable[[str], Client], people: dict[str, Staff]) -> Callable[..., Any]:
    """A function that sends moments as somebody and gives the answer."""

    def send_as(who: str, *moments: object, person: str = "") -> Any:
        body = {"person": person or str(people[who].id), "moments": list(moments)}
        return visitor(who).post("/log/moments/", json.dumps(body), content_type=JSON, headers={"Accept": JSON})

    return send_as


def wrong_for(customer: Customer, staff: Staff) -> Entry:
    """A withdrawal of a customer's, logged by somebody."""
    from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment

    at = now() - timedelta(hours=1)
    happened = (Happened('sent away with "not my gate"'),)
    (entry,) = log_moment(MomentRequest(mint(at), at, "gate", happened, customer.id, staff.id)).entries
    return Entry.objects.get(id=entry)


def test_a_batch_is_answered_item_by_item_and_counted_once(send, people, ana) -> None:
    good = moment(customer=str(ana.id), note="from the phone", witnesses=[str(people["Mia"].id)], unnamed_witnesses=3)
    retired = moment(happened=[{"kind": "deposit", "practice": "gone"}])
    results = send("Mona", good, retired, "no moment").json()["results"]
    assert [one["status"] for one in results] == ["logged", "refused", "refused"]
    assert "'gate' has no deposit 'gone'" in results[1]["sentence"]
    assert send("Mona", good).json()["results"] == [{"id": good["id"], "status": "before"}]
    (kept,) = Moment.objects.all()
    assert (kept.staff, kept.customer, kept.source) == (people["Mona"].id, ana.id, "web")
    assert Witness.objects.count() == 2
    (told,) = AuditEntry.objects.filter(subject=kept.id)
    assert (told.actor, told.origin) == ("Mona", "web 127.0.0.1")


def test_somebody_elses_moments_are_not_taken(send, people) -> None:
    answer = send("Omar", moment(), person=str(people["Mona"].id))
    assert answer.status_code == 409
    assert "kept until that person signs in" in answer.json()["sentence"]
    assert Moment.objects.count() == 0


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"at": "2026-01-01T10:00"}, "has no offset"),
        ({"at": "soon"}, "time cannot be read"),
        ({"id": "x"}, "is no id"),
        ({"touchpoint": "gat"}, "did you mean 'gate'"),
        ({"happened": "greeted"}, "list of practices"),
        ({"happened": []}, "has no entries"),
        ({"unnamed_witnesses": 2.5}, "whole number"),
        ({"unnamed_witnesses": -1}, "give a number from 0"),
        ({"witnesses": ["x"]}, "is no id"),
        ({"note": "x" * 20_000}, "make it shorter"),
        ({"note": 5}, "cannot be kept"),
        ({"code": "nobody's"}, "Nobody has the identifier"),
    ],
)
def test_what_cannot_be_logged_is_refused_in_a_sentence(send, details: dict[str, Any], words: str) -> None:
    (result,) = send("Mona", moment(**details)).json()["results"]
    assert result["status"] == "refused"
    assert words in result["sentence"]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"moments": 5}', json.dumps({"moments": [1] * 51})])
def test_a_malformed_request_is_told_so(visitor, people, body: str) -> None:
    answer = visitor("Mona").post("/log/moments/", body, content_type=JSON, headers={"Accept": JSON})
    assert answer.status_code == 422
    assert answer.json()["sentence"]


def test_without_the_token_of_the_cookie_nothing_is_taken(people) -> None:
    from touchbook.signin.models import Login

    client = Client(enforce_csrf_checks=True)
    client.force_login(Login.objects.get(username="mona"), "touchbook.signin.backend.PasswordBackend")
    client.get("/log/")
    body = json.dumps({"person": str(people["Mona"].id), "moments": [moment()]})
    assert client.post("/log/moments/", body, content_type=JSON).status_code == 403
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    assert client.post("/log/moments/", body, content_type=JSON, headers={"X-CSRFToken": token}).status_code == 200
    assert Moment.objects.count() == 1


def test_a_stranger_is_told_to_sign_in_and_an_analyst_logs_nothing(visitor, send) -> None:
    answer = visitor("stranger").post("/log/moments/", "{}", content_type=JSON, headers={"Accept": JSON})
    assert answer.status_code == 401
    assert send("Anil", moment()).status_code == 403


def test_each_finds_by_name_whom_they_may_see_and_everybody_by_a_whole_number(visitor, ana) -> None:
    def found(who: str, query: str) -> list[dict[str, Any]]:
        return visitor(who).get(f"/log/people/?{query}").json()["people"]

    (seen,) = found("Mona", "q=whitf")
    assert (seen["name"], seen["detail"], seen["seen"]) == ("Ana Whitfield", "member number RF00077 · since 2021", True)
    assert "example.com" not in str(seen), "how she is reached is not told"
    assert found("Omar", "q=whitf") == []
    for query in ("q=rf00077", "code=RF00077", f"code=https://club.example/customers/{ana.id}/"):
        (hidden,) = found("Omar", query)
        assert (hidden["name"], hidden["seen"]) == ("Ana Whitfield", False)
        assert "since" not in hidden["detail"]
    assert [one["name"] for one in found("Mona", "q=mia&staff=1")] == ["Mia"]
    assert found("Mona", "q=mia") == []


def test_whoever_may_not_see_a_customer_may_still_log_for_them(send, ana) -> None:
    assert send("Omar", moment(code="rf00077")).json()["results"][0]["status"] == "logged"
    assert Moment.objects.get().customer == ana.id


def test_a_code_in_a_photo_is_read_by_the_server(visitor, ana) -> None:
    def scan(content: bytes) -> Any:
        photo = SimpleUploadedFile("photo.png", content, content_type="image/png")
        return visitor("Omar").post("/log/scan/", {"photo": photo}, headers={"Accept": JSON})

    kept = BytesIO()
    qrcode.make("RF00077").save(kept)
    answer = scan(kept.getvalue()).json()
    assert (answer["value"], [one["name"] for one in answer["people"]]) == ("RF00077", ["Ana Whitfield"])
    from PIL import Image

    blank = BytesIO()
    Image.new("L", (50, 50), 255).save(blank, "PNG")
    assert "No code was found" in scan(blank.getvalue()).json()["sentence"]
    assert "no picture that can be read" in scan(b"GIF89a").json()["sentence"]
    assert visitor("Omar").post("/log/scan/", headers={"Accept": JSON}).status_code == 422


def test_what_is_open_is_told_to_those_who_see_the_customer_with_what_they_may_offer(visitor, people, ana) -> None:
    wrong = wrong_for(ana, people["Mia"])
    address = f"/log/recoveries/?customer={ana.id}"
    (told,) = visitor("Mona").get(address).json()["open"]
    assert (told["entry"], told["most"]) == (str(wrong.id), "7.5")
    assert "call back from a manager" not in [one["name"] for one in told["offers"]]
    assert {"name": "free drink", "points": "4.0", "money": "5 GBP"} in told["offers"]
    (told,) = visitor("Mia").get(address).json()["open"]
    assert {"name": "match ticket for a guest", "points": "7.5", "money": "40 GBP"} in told["offers"]
    assert visitor("Omar").get(address).json()["open"] == []


def test_whoever_logged_it_may_make_it_good_though_the_customer_is_not_theirs(visitor, people, ana) -> None:
    wrong = wrong_for(ana, people["Omar"])
    (told,) = visitor("Omar").get(f"/log/recoveries/?moment={wrong.moment}").json()["open"]
    assert told["entry"] == str(wrong.id)
    assert visitor("Mona").get(f"/log/recoveries/?moment={wrong.moment}").json()["open"] == []


def recover(client: Client, withdrawal: Entry, **details: str) -> Any:
    body = {"id": str(mint(now())), "withdrawal": str(withdrawal.id), "at": now().isoformat(), **details}
    return client.post("/log/recover/", json.dumps(body), content_type=JSON, headers={"Accept": JSON})


def test_a_recovery_is_recorded_by_those_who_may_and_named(visitor, people, ana) -> None:
    wrong = wrong_for(ana, people["Mia"])
    assert recover(visitor("Omar"), wrong, using="sincere apology").status_code == 404
    assert "not yours to offer" in recover(visitor("Mona"), wrong, using="call back from a manager").json()["sentence"]
    assert "Choose what you offer" in recover(visitor("Mona"), wrong).json()["sentence"]
    done = recover(visitor("Mona"), wrong, using="sincere apology", note="face to face").json()
    assert (done["status"], done["points"]) == ("recorded", "2.0")
    assert Moment.objects.get(id=done["moment"]).note == "sincere apology: face to face"
    assert visitor("Mona").get(f"/log/recoveries/?customer={ana.id}").json()["open"] == []


def test_one_undoes_ones_own_moment_alone(visitor, send, people) -> None:
    sent = moment()
    send("Mona", sent)

    def undo(who: str) -> Any:
        body = json.dumps({"id": str(mint(now())), "moment": sent["id"]})
        return visitor(who).post("/log/undo/", body, content_type=JSON, headers={"Accept": JSON})

    assert undo("Mia").status_code == 404
    assert undo("Mona").json() == {"status": "undone"}
    assert Entry.objects.filter(corrects__isnull=False).count() == 1


def data_of(answer: Any) -> dict[str, Any]:
    """What the page's script is given."""
    found = re.search(r'<script id="log-data" type="application/json">(.*?)</script>', answer.content.decode())
    assert found
    return json.loads(found[1])


def test_the_page_begins_with_ones_own_department_and_with_whom_one_met(visitor, send, people, ana) -> None:
    send("Mona", moment(touchpoint="gate", customer=str(ana.id)))
    data = data_of(visitor("Mona").get("/log/"))
    assert data["touchpoints"][0]["department"] == "member services"
    assert data["touchpoints"][2]["name"] == "gate", "then where she logged lately"
    assert [one["name"] for one in data["recent"]] == ["Ana Whitfield"]
    assert data_of(visitor("Omar").get("/log/"))["touchpoints"][0]["name"] == "gate"


def test_the_plain_form_keeps_what_was_typed_and_is_counted_once(visitor, people) -> None:
    client = visitor("Mona")
    form = {"id": str(mint(now())), "touchpoint": "gate", "practice": "deposit:greeted by name", "note": "plain"}
    refused = client.post("/log/", {**form, "code": "nobody"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Nobody has the identifier “nobody”" in page
    assert 'value="deposit:greeted by name" checked' in page
    assert ">plain</textarea>" in page
    for _ in range(2):
        assert client.post("/log/", {**form, "at": ""}).status_code == 302
    assert Moment.objects.filter(note="plain").count() == 1


def test_without_a_plan_the_page_says_what_to_do_first(visitor, people) -> None:
    from touchbook.store.queries import version_in_force

    assert "There is no plan yet" not in visitor("Mona").get("/log/").content.decode()
    version = version_in_force()
    assert version is not None
    from django.db import connection

    with connection.cursor() as cursor:  # as it is before the first plan is published
        for (name,) in cursor.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='store_planversion'"
        ).fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute("DELETE FROM store_planversion")
    assert "There is no plan yet" in visitor("Mona").get("/log/").content.decode()


def test_the_worker_is_new_when_a_file_of_the_page_is(visitor) -> None:
    answer = visitor("stranger").get("/worker.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    text = answer.content.decode()
    assert "/static/touchbook/js/log.js" in text
    assert "&quot;" not in text
