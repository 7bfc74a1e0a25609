"""The plan: its mistakes at their lines, whom it reaches, publishing, and the way back; each view with several people."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.signin.models import Login
from touchbook.store.models import AuditEntry, PlanVersion, Staff
from touchbook.workflows import jobs
from touchbook.workflows.adopt_plan import adopt_plan

READ = ("/plan/", "/plan/versions/", "/plan/versions/1/", "/plan/difference/")
WRITE = ("/plan/check/", "/plan/reach/", "/plan/try/", "/plan/publish/", "/plan/versions/1/again/")


def text_in_force() -> str:
    return PlanVersion.objects.order_by("-number").first().text


def form(text: str, **more: object) -> dict[str, object]:
    return {"text": text, "based_on": 1, "note": "Rest longer.", "id": str(mint(now())), **more}


@pytest.mark.parametrize("address", READ)
def test_those_who_read_the_plan_may_open_it_and_others_not(visitor, address: str) -> None:
    for name in ("Stella", "Ada", "Mia", "Anil"):
        assert visitor(name).get(address).status_code == 200, name
    assert visitor("Mona").get(address).status_code == 403
    assert visitor("Omar").get(address).status_code == 403
    assert visitor("stranger").get(address).status_code == 302


@pytest.mark.parametrize("address", WRITE)
def test_only_those_who_answer_for_the_plan_may_try_and_publish(visitor, address: str) -> None:
    for name in ("Mia", "Anil", "Mona", "Omar"):
        assert visitor(name).post(address, form("x")).status_code == 403, name
    assert visitor("stranger").post(address, form("x")).status_code == 302
    assert PlanVersion.objects.count() == 1


def test_a_manager_reads_the_text_without_a_form(visitor) -> None:
    page = visitor("Mia").get("/plan/").content.decode()
    assert "Version 1 is in force, published by tests" in page
    assert "<textarea" not in page


def test_mistakes_are_said_at_their_lines_with_what_to_write_instead(visitor) -> None:
    text = text_in_force().replace("purpose: ask", "purpose: asc", 1)
    line = next(number for number, words in enumerate(text.splitlines(), 1) if "purpose: asc" in words)
    answer = visitor("Stella").post("/plan/check/", form(text), headers={"HX-Request": "true"}).content.decode()
    assert f'data-marks="{line}:error"' in answer
    assert f'data-line="{line}"' in answer
    assert "is no purpose" in answer
    assert "Did you mean &#x27;ask&#x27;?" in answer
    assert '<p id="plan-said" hx-swap-oob="innerHTML">1 error</p>' in answer


def test_without_a_script_a_check_is_a_page_that_keeps_what_was_typed(visitor) -> None:
    text = text_in_force() + "\nnonsense: yes\n"
    page = visitor("Stella").post("/plan/check/", form(text, note="Half a thought")).content.decode()
    assert "nonsense: yes" in page
    assert "Half a thought" in page
    assert "1 error" in page


def test_what_a_text_changes_is_said_in_words(visitor) -> None:
    text = text_in_force().replace("rest: 7 days", "rest: 9 days")
    answer = visitor("Stella").post("/plan/check/", form(text), headers={"HX-Request": "true"}).content.decode()
    assert "1 change to version 1" in answer
    assert "Guardrail rest goes from 7 days to 9 days." in answer


def test_a_plan_is_published_with_a_note_by_whom_and_from_where(visitor) -> None:
    text = text_in_force().replace("rest: 7 days", "rest: 9 days")
    sent = form(text.replace("\n", "\r\n"))
    client = visitor("Stella")
    answer = client.post("/plan/publish/", sent)
    assert answer.status_code == 302
    version = PlanVersion.objects.get(number=2)
    assert (version.text, version.note, version.adopted_by) == (text, "Rest longer.", "Stella")
    assert AuditEntry.objects.get(action="adopt", subject=version.id).origin == "web 127.0.0.1"
    assert "Version 2 is in force." in client.get(answer.headers["Location"]).content.decode()
    client.post("/plan/publish/", sent)  # the same form again
    assert PlanVersion.objects.count() == 2


def test_what_is_refused_keeps_the_text_the_note_and_every_problem(visitor) -> None:
    text = text_in_force().replace("currency: GBP", "currency: Pounds")
    answer = visitor("Stella").post("/plan/publish/", form(text, note=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "mend its errors first" in page
    assert "Write a note" in page
    assert "currency: Pounds" in page
    assert "is no currency" in page
    assert PlanVersion.objects.count() == 1


def test_who_was_overtaken_sees_what_the_other_changed_and_may_then_decide(visitor) -> None:
    base = text_in_force()
    adopt_plan(base.replace("rest: 7 days", "rest: 14 days"), "", "Ada", now())
    mine = form(base.replace("10 per month", "10 per month").replace("plan: Riverside FC", "plan: River FC"))
    client = visitor("Stella")
    answer = client.post("/plan/publish/", mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ada published version 2 while you were writing" in page
    assert "Guardrail rest goes from 7 days to 14 days." in page
    assert "plan: River FC" in page
    assert 'name="based_on" value="2"' in page
    assert client.post("/plan/publish/", {**mine, "based_on": 2}).status_code == 302
    assert PlanVersion.objects.get(number=3).text == mine["text"]


def test_an_old_version_comes_back_as_a_new_one(visitor) -> None:
    first = text_in_force()
    adopt_plan(first.replace("rest: 7 days", "rest: 14 days"), "", "Ada", now())
    client = visitor("Stella")
    page = client.get("/plan/versions/1/").content.decode()
    assert "Guardrail rest goes from 14 days to 7 days." in page
    refused = client.post("/plan/versions/1/again/", {"id": str(uuid4()), "based_on": 2, "note": ""})
    assert "Write a note" in client.get(refused.headers["Location"]).content.decode()
    client.post("/plan/versions/1/again/", {"id": str(uuid4()), "based_on": 2, "note": "Too long a rest."})
    assert PlanVersion.objects.get(number=3).text == first
    assert "as version 3" in client.get("/plan/versions/").content.decode()


def test_two_versions_are_compared_in_words(visitor) -> None:
    adopt_plan(text_in_force().replace("rest: 7 days", "rest: 14 days"), "", "Ada", now())
    page = visitor("Anil").get("/plan/difference/?old=1&new=2").content.decode()
    assert "Guardrail rest goes from 7 days to 14 days." in page
    assert "choose two of the list" in visitor("Anil").get("/plan/difference/?old=1&new=9").content.decode()
    assert visitor("Anil").get("/plan/versions/9/").status_code == 404


def test_before_anything_is_known_a_count_says_what_to_do_first(visitor) -> None:
    answer = visitor("Stella").post("/plan/reach/", form(text_in_force()), headers={"HX-Request": "true"})
    assert "bring customers in" in answer.content.decode()


def test_a_text_with_errors_is_not_tried(visitor) -> None:
    answer = visitor("Stella").post("/plan/try/", form("plan: x"), headers={"HX-Request": "true"})
    assert "Mend the errors first" in answer.content.decode()


def signed_in(role: str) -> Client:
    """Somebody of a role at a house that has no plan yet."""
    staff = Staff.objects.create(id=mint(now()), changed_at=now(), name=role, code=role, role=role)
    Login.objects.create(username=role.replace(" ", "."), staff=staff, made_at=now(), password="!")
    client = Client()
    client.force_login(Login.objects.get(staff=staff), "touchbook.signin.backend.PasswordBackend")
    return client


def test_without_a_plan_a_starter_is_offered(sqlite: str) -> None:
    client = signed_in("strategist")
    assert "?starter=hotel" in client.get("/plan/").content.decode()
    page = client.get("/plan/?starter=hotel").content.decode()
    assert "<textarea" in page
    assert "No plan is in force yet" in page
    assert "There is no version yet" in client.get("/plan/versions/").content.decode()
    assert "There is no version yet" in client.get("/plan/difference/").content.decode()
    assert "No plan is in force yet" in signed_in("manager").get("/plan/").content.decode()


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job's process that does nothing but live."""
    import subprocess
    import sys

    real = subprocess.Popen
    monkeypatch.setattr(
        jobs.subprocess,
        "Popen",
        lambda _command, **more: real([sys.executable, "-c", "import time; time.sleep(60)"], **more),
    )


def test_a_trial_is_its_owners_alone_runs_once_and_can_be_stopped(visitor, people, home, asleep) -> None:
    client = visitor("Stella")
    begun = client.post("/plan/try/", form(text_in_force()))
    address = begun.headers["Location"]
    assert "Getting ready" in client.get(address, headers={"HX-Request": "true"}).content.decode()
    again = client.post("/plan/try/", form(text_in_force()), headers={"HX-Request": "true"})
    assert "still running" in again.content.decode()
    assert visitor("Ada").get(address).status_code == 404
    assert visitor("Mia").get(address).status_code == 403
    assert "rest: 7 days" in client.get(f"/plan/?trial={address.split('/')[-2]}").content.decode()
    client.post(f"{address}stop/")
    assert "It was stopped" in client.get(address).content.decode()
    assert not jobs.running(home)


def test_two_may_try_at_a_time_and_only_one_may_plan_the_week(visitor, people, home, asleep) -> None:
    begun = [visitor(name).post("/plan/try/", form(text_in_force())) for name in ("Stella", "Ada")]
    with pytest.raises(jobs.Refused, match="Others are trying"):
        jobs.begin(home, "sqlite:///nowhere", "try", uuid4(), people["Mia"].id, {})
    jobs.stop(home, jobs.running(home)[0].id)
    jobs.begin(home, "sqlite:///nowhere", "make", uuid4(), uuid4(), {})
    with pytest.raises(jobs.Refused, match="Another plan is being made"):
        jobs.begin(home, "sqlite:///nowhere", "make", uuid4(), uuid4(), {})
    for one in jobs.running(home):
        assert jobs.stop(home, one.id).state == jobs.STOPPED
    assert all(answer.status_code == 302 for answer in begun)
