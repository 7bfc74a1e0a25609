"""What is typed into a form does not go when the session ends; and nobody else ever sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

import touchbook.web
from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.signin.models import Login
from touchbook.store.models import AuditEntry, Promise
from touchbook.web.typed.keeping import CHARACTERS_MAX, label_of

PASSWORD = "a long walk at dawn"
WHAT = "a seat nearer to the aisle"


@pytest.fixture
def mona(visitor, people) -> Client:
    """Mona's browser, on which she has signed in with her password."""
    for name in ("mona", "omar"):
        login = Login.objects.get(username=name)
        login.set_password(PASSWORD)
        login.save()
    client = Client(headers={"Referer": "http://testserver/customers/?q=ana"})
    sign_in(client, "mona")
    client.get("/more/")
    return client


def sign_in(client: Client, username: str, next_page: str = "/") -> str:
    answer = client.post(f"/account/login/?next={next_page}", {"login": username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def end_session(client: Client) -> None:
    """As when it grew too old: the row goes, and the browser still has its cookie."""
    Session.objects.all().delete()
    assert client.cookies["sessionid"].value


def promise_of(what: str = WHAT) -> dict[str, str]:
    return {"id": str(mint(now())), "what": what, "due_on": str(timezone.localdate() + timedelta(3))}


def text_of(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def hidden(page: str, action: str) -> dict[str, str]:
    form = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', page, re.DOTALL).group()
    return {
        name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    }


def test_what_was_typed_is_sent_after_signing_in_again_and_once(mona: Client, ana) -> None:
    end_session(mona)
    form, address = promise_of("line one\nline “two” <b>"), f"/customers/{ana.id}/promises/"
    answer = mona.post(address, form)
    assert answer.headers["Location"] == "/account/login/?next=/more/typed/"
    assert "What you typed is kept" in text_of(mona.get(answer.headers["Location"]))
    assert not Promise.objects.exists()
    assert sign_in(mona, "mona", "/more/typed/") == "/more/typed/"
    page = mona.get("/more/typed/")
    assert "line “two” <b>" in text_of(page)
    assert "/customers/?q=ana" in page.content.decode()
    sent = hidden(page.content.decode(), address)
    assert sent["id"] == form["id"]
    assert "csrfmiddlewaretoken" in sent
    for _ in range(2):
        assert mona.post(address, sent).status_code == 303
    assert Promise.objects.get().what == form["what"].replace("\n", " ")  # a promise is one line
    assert AuditEntry.objects.filter(action="promise").count() == 1
    assert mona.get("/more/typed/").headers["Location"] == "/"


def test_nobody_else_sees_it_and_it_is_gone_for_good_then(mona: Client, ana) -> None:
    end_session(mona)
    mona.post(f"/customers/{ana.id}/promises/", promise_of())
    for address in ("/account/login/", "/more/typed/"):
        assert WHAT not in mona.get(address, follow=True).content.decode()
    sign_in(mona, "omar", "/more/typed/")
    answer = mona.get("/more/typed/", follow=True)
    assert WHAT not in answer.content.decode()
    assert "typed" not in mona.session
    mona.post("/account/logout/")
    sign_in(mona, "mona")
    assert mona.get("/more/typed/").headers["Location"] == "/"


def test_a_browser_in_which_nobody_was_signed_in_keeps_nothing(mona: Client, ana) -> None:
    stranger = Client()
    answer = stranger.post(f"/customers/{ana.id}/promises/", promise_of())
    assert answer.headers["Location"] == "/account/login/?next=/"
    assert not stranger.session.keys()
    mona.cookies["lately"] = mona.cookies["lately"].value.replace(":", ":x")
    end_session(mona)
    mona.post(f"/customers/{ana.id}/promises/", promise_of())
    assert "typed" not in mona.session


def test_a_button_without_words_leads_back_to_its_page(mona: Client, ana) -> None:
    end_session(mona)
    answer = mona.post("/more/only-mine/", {"only_mine": "1"})
    assert answer.headers["Location"] == "/account/login/?next=/customers/%3Fq%3Dana"
    assert "do it once more" in text_of(mona.get("/account/login/"))


@pytest.mark.parametrize(
    "page",
    ["https://evil.example/x", "http://testserver//evil.example/", "http://testserver/\\evil.example", "http://[x/", "no",
     "http://testserver/account/login/"],
)  # fmt: skip
def test_no_page_that_a_browser_names_leads_elsewhere(mona: Client, ana, page: str) -> None:
    end_session(mona)
    answer = mona.post("/more/only-mine/", {"only_mine": "1"}, headers={"Referer": page})
    assert answer.headers["Location"] == "/account/login/?next=/"


def test_what_is_kept_is_bounded_and_never_a_password(mona: Client, ana) -> None:
    end_session(mona)
    mona.post(f"/customers/{ana.id}/promises/", promise_of("x" * CHARACTERS_MAX))
    assert "typed" not in mona.session
    mona.post(f"/customers/{ana.id}/promises/", {**promise_of(), "password": PASSWORD, "api_token": "tb_x"})
    kept = str(mona.session["typed"])
    assert WHAT in kept
    assert PASSWORD not in kept
    assert "tb_x" not in kept
    mona.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "name", "name": "x"})
    assert PASSWORD not in str(dict(mona.session))
    assert mona.session.get_expiry_age() <= 12 * 3600
    sign_in(mona, "mona")
    assert mona.session.get_expiry_age() > 24 * 3600  # a session of the usual length


def test_it_can_be_thrown_away_and_is_old_after_half_a_day(mona: Client, ana, monkeypatch) -> None:
    for how in ("thrown away", "old"):
        end_session(mona)
        mona.post(f"/customers/{ana.id}/promises/", promise_of())
        sign_in(mona, "mona")
        assert mona.get("/more/typed/").status_code == 200
        if how == "thrown away":
            assert mona.post("/more/typed/").headers["Location"] == "/customers/?q=ana"
        else:
            monkeypatch.setattr("touchbook.web.typed.keeping.now", lambda: now() + timedelta(hours=13))
        assert mona.get("/more/typed/").headers["Location"] == "/"


def test_a_form_from_before_the_last_sign_in_is_kept_where_a_page_of_ours_sent_it(people, ana, mona: Client) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = mona.cookies
    address = f"/customers/{ana.id}/promises/"
    stale = {**promise_of(), "csrfmiddlewaretoken": "a" * 64}
    assert client.post(address, stale, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(address, stale).status_code == 403
    assert "typed" not in client.session
    answer = client.post(address, stale, headers={"Origin": "http://testserver"})
    assert answer.headers["Location"] == "/more/typed/"
    assert WHAT in client.get("/more/typed/").content.decode()


def written_into() -> Iterator[tuple[str, str]]:
    """Every field of the pages' forms into which people write."""
    for file in sorted((Path(touchbook.web.__file__).parent / "templates").rglob("*.html")):
        if file.parent.name in ("account", "mfa", "totp", "recovery_codes", "socialaccount", "customers"):
            continue
        text = re.sub(r"{%.*?%}", "", file.read_text(encoding="utf-8"))
        for tag in re.findall(r"<(?:input|textarea)[^>]*>", text):
            kind = re.search(r'type="(\w+)"', tag)
            name = re.search(r'name="([^"]+)"', tag)
            if name and (kind.group(1) if kind else "text") in ("text", "date", "number", "email", "tel"):
                yield file.name, name.group(1)


@pytest.mark.parametrize(("file", "name"), sorted(set(written_into())))
def test_every_field_into_which_people_write_is_kept(file: str, name: str) -> None:
    if (file, name) in (("audit.html", "since"), ("audit.html", "until")):  # a search
        return
    assert label_of(name.replace("{{ asked.name }}", "x").replace("{{ one.key }}", "y")), f"{name} in {file}"
