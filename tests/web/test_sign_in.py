"""Signing in: by password, with a second step, by invitation; who gets where, and what the trail keeps of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.signin.models import Invitation, Login
from touchbook.store.models import AuditEntry
from touchbook.workflows.invite import InviteRequest, invite

PASSWORD = "seven brass kettles"
OWN = ("/account/password/change/", "/account/password/set/", "/account/2fa/", "/account/logout/")
GUARDED = (  # they ask again who one is, or need a second step
    "/account/2fa/totp/activate/",
    "/account/2fa/totp/deactivate/",
    "/account/2fa/recovery-codes/",
    "/account/2fa/recovery-codes/generate/",
    "/account/2fa/recovery-codes/download/",
    "/account/reauthenticate/",
    "/account/2fa/reauthenticate/",
)
FOR_STRANGERS = ("/account/login/", "/account/inactive/", "/account/company/cancelled/")
CLOSED = (
    "/account/signup/",
    "/account/email/",
    "/account/password/reset/",
    "/account/3rdparty/",
    "/account/3rdparty/signup/",
    "/account/login/code/",
    "/account/company/",  # no single sign-on is described here
    "/account/company/login/",
    "/account/company/login/callback/",
)


@pytest.fixture(autouse=True)
def quick_passwords():
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def mona(people) -> Login:
    """Mona, who has a password."""
    login = Login.objects.get(username="mona")
    login.set_password(PASSWORD)
    login.save()
    return login


def sign_in(client: Client, username: str = "mona", password: str = PASSWORD, **more: str):
    return client.post("/account/login/", {"login": username, "password": password, **more})


def code_of(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows (RFC 6238), now or some half minutes on."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def actions() -> list[str]:
    return list(AuditEntry.objects.filter(subject_kind="staff").order_by("number").values_list("action", flat=True))


def with_second_step(login: Login) -> tuple[Client, str, list[str]]:
    """A client of theirs who turned it on; the secret; the recovery codes."""
    client = Client()
    sign_in(client)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    secret = re.search(r'class="key-text">(\w+)<', page.content.decode()).group(1)
    answer = client.post("/account/2fa/totp/activate/", {"code": code_of(secret, -1)}, follow=True)
    codes = re.findall(r"<li>(\d+)</li>", answer.content.decode())
    return client, secret, codes


# Passwords


def test_a_username_and_its_password_lead_to_the_page_one_asked_for(mona) -> None:
    client = Client()
    asked = client.get("/today/")
    assert asked.status_code == 302
    page = client.get(asked.headers["Location"])
    assert 'name="next" value="/today/"' in page.content.decode()
    answer = sign_in(client, "mOnA", next="/today/")
    assert answer.headers["Location"] == "/today/"
    assert client.get("/more/").status_code == 200


def test_nobody_is_led_out_of_the_house(mona) -> None:
    assert sign_in(Client(), next="https://evil.example/").headers["Location"] == "/"


def test_a_wrong_password_is_told_as_one_and_the_username_stays(mona) -> None:
    answer = sign_in(Client(), password="brass")
    assert "This username and password do not belong together" in text(answer)
    assert 'value="mona"' in answer.content.decode()
    assert "brass" not in answer.content.decode()
    assert text(sign_in(Client(), "nobody")).count("do not belong together") == 1  # not told which of them is wrong


def test_five_wrong_passwords_lock_the_name_and_the_right_one_too(mona) -> None:
    for _ in range(5):
        sign_in(Client(), "MONA", "wrong")
    answer = sign_in(Client())
    assert "That was tried too often. Wait five minutes" in text(answer)
    assert sign_in(Client(), "omar").status_code == 200  # others are not locked


def test_whoever_tries_all_names_is_stopped_by_their_address(mona) -> None:
    for number in range(20):
        sign_in(Client(), f"name{number}", "wrong")
    assert "tried too often" in text(sign_in(Client()))
    other = Client(REMOTE_ADDR="192.0.2.77")
    assert sign_in(other).status_code == 302


def test_a_flood_is_answered_with_a_sentence(mona) -> None:
    with override_settings(ACCOUNT_RATE_LIMITS={"login": "2/m/ip"}):
        answers = [sign_in(Client(), "x", "y") for _ in range(3)]
    assert answers[-1].status_code == 429
    assert "wait a minute" in text(answers[-1])


def test_one_who_has_left_does_not_get_in_with_the_right_password(mona, people) -> None:
    client = Client()
    assert sign_in(client).status_code == 302
    people["Mona"].retired_at = now()
    people["Mona"].save()
    assert client.get("/log/").headers["Location"].startswith("/account/login/")  # their session is over
    answer = client.post("/account/login/", {"login": "mona", "password": PASSWORD}, follow=True)
    assert "belongs to somebody who has left" in text(answer)
    assert client.get("/log/").status_code == 302


def test_changing_the_password_ends_the_sessions_elsewhere_and_says_so(mona) -> None:
    here, elsewhere = Client(), Client()
    sign_in(here)
    sign_in(elsewhere)
    form = {"oldpassword": "wrong", "password1": "four tin whistles", "password2": "four tin whistles"}
    assert "This is not your password" in text(here.post("/account/password/change/", form))
    answer = here.post("/account/password/change/", {**form, "oldpassword": PASSWORD}, follow=True)
    assert "Your password is changed." in text(answer)
    assert here.get("/more/").status_code == 200
    assert elsewhere.get("/more/").status_code == 302
    assert sign_in(Client(), password="four tin whistles").status_code == 302


def test_a_request_from_before_does_not_undo_a_sign_in(mona) -> None:
    before, late = Client(), Client()
    sign_in(before)
    late.cookies["sessionid"] = before.cookies["sessionid"].value
    before.post("/account/logout/")  # the session that "late" still names is over
    answer = late.get("/account/login/")
    assert answer.status_code == 200
    assert "sessionid" not in answer.cookies
    assert late.get("/more/").status_code == 302  # nor does it let anybody in


def test_signing_out_ends_the_session(mona) -> None:
    client = Client()
    sign_in(client)
    assert "Do you want to sign out?" in text(client.get("/account/logout/"))
    answer = client.post("/account/logout/")
    assert answer.headers["Location"] == "/account/login/"
    assert answer.cookies["sessionid"].value == ""
    assert client.get("/more/").status_code == 302


# The second step


def test_with_a_second_step_the_password_alone_does_not_let_in(mona) -> None:
    _, secret, _ = with_second_step(mona)
    client = Client()
    assert sign_in(client).headers["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/more/").status_code == 302
    assert "This code is not right" in text(client.post("/account/2fa/authenticate/", {"code": "000000"}))
    assert client.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/more/").status_code == 200


def test_a_code_counts_once(mona) -> None:
    _, secret, _ = with_second_step(mona)
    code = code_of(secret, 1)
    first, second = Client(), Client()
    sign_in(first)
    assert first.post("/account/2fa/authenticate/", {"code": code}).status_code == 302
    sign_in(second)
    assert "was used before" in text(second.post("/account/2fa/authenticate/", {"code": code}))


def test_a_recovery_code_lets_in_once(mona) -> None:
    _, _, codes = with_second_step(mona)
    assert len(codes) == 10
    for expected in (302, 200):
        client = Client()
        sign_in(client)
        assert client.post("/account/2fa/authenticate/", {"code": codes[3]}).status_code == expected
    assert client.get("/more/").status_code == 302


def test_guessing_codes_is_stopped(mona) -> None:
    _, secret, _ = with_second_step(mona)
    client = Client()
    sign_in(client)
    for _ in range(5):
        client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert "tried too often" in text(client.post("/account/2fa/authenticate/", {"code": code_of(secret)}))


def test_the_second_step_is_changed_only_by_one_who_says_again_who_they_are(mona) -> None:
    client = Client()
    sign_in(client)
    for address in GUARDED[:1]:
        assert client.get(address).headers["Location"].startswith("/account/reauthenticate/?next=")
    assert "This is not your password" in text(client.post("/account/reauthenticate/", {"password": "x"}))
    assert client.get(GUARDED[0]).status_code == 302


def test_recovery_codes_are_a_file_and_made_anew(mona) -> None:
    client, _, codes = with_second_step(mona)
    file = client.get("/account/2fa/recovery-codes/download/")
    assert file.headers["Content-Type"].startswith("text/plain")
    assert [line for line in file.content.decode().splitlines() if line in codes] == codes
    assert "The 10 that are left stop working" in text(client.get("/account/2fa/recovery-codes/generate/"))
    anew = client.post("/account/2fa/recovery-codes/generate/", follow=True)
    assert not set(re.findall(r"<li>(\d+)</li>", anew.content.decode())) & set(codes)


def test_turning_it_off_ends_the_codes_too(mona) -> None:
    client, _, _ = with_second_step(mona)
    assert "Turn the second step off?" in text(client.get("/account/2fa/totp/deactivate/"))
    assert "The second step is off." in text(client.post("/account/2fa/totp/deactivate/", follow=True))
    assert sign_in(Client()).headers["Location"] == "/"
    assert client.get("/account/2fa/recovery-codes/").status_code == 404


def test_the_qr_code_is_a_picture_that_the_policy_allows(mona) -> None:
    client = Client()
    sign_in(client)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
    assert "no-store" in page.headers["Cache-Control"]


# Invitations


def path_for(people, name: str = "Mona") -> str:
    return invite(InviteRequest(mint(now()), now(), people[name].id, by="Ada")).path


def test_an_invitation_lets_in_once(people) -> None:
    path, client = path_for(people), Client()
    page = client.get(path)
    assert "Welcome, Mona" in text(page)
    assert 'value="mona"' in page.content.decode()
    chosen = {"username": "mona.w", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(path, chosen).status_code == 302
    assert client.get("/log/").status_code == 200
    again = Client().get(path)
    assert again.status_code == 404
    assert "This invitation has been used" in text(again)
    assert Client().post(path, chosen).status_code == 404
    assert sign_in(Client(), "mona.w").status_code == 302


def test_what_was_typed_stays_and_every_flaw_stands_by_its_field(people) -> None:
    page = Client().post(path_for(people), {"username": "omar", "password1": "short", "password2": "other"})
    assert page.status_code == 422
    html = page.content.decode()
    assert 'value="omar"' in html
    for field, words in (("username", "Somebody else"), ("password1", "too short"), ("password2", "not the same")):
        assert re.search(f'id="id_{field}_flaw">.*{words}', html)
        assert f'aria-describedby="{"id_" + field + "_help " if field != "password2" else ""}id_{field}_flaw"' in html


def test_an_invitation_that_was_tampered_with_or_is_old_says_what_to_do(people) -> None:
    path = path_for(people)
    assert "copy all of it" in text(Client().get(path[:-2] + "/"))
    Invitation.objects.update(expires_at=now())
    assert "too old; ask an administrator" in text(Client().get(path))


def test_an_invitation_is_not_for_whoever_is_signed_in(visitor, people) -> None:
    path, client = path_for(people), visitor("Omar")
    assert "You are signed in as Omar, and it is for Mona." in text(client.get(path))
    client.post(path, {"username": "mona", "password1": PASSWORD, "password2": PASSWORD})
    assert Invitation.objects.get().used_at is None


def test_passwords_are_kept_as_argon2(people) -> None:
    chosen = {"username": "mona", "password1": PASSWORD, "password2": PASSWORD}
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"]):
        Client().post(path_for(people), chosen)
    assert Login.objects.get(username="mona").password.startswith("argon2$argon2id$")
    from touchbook.site import web_settings

    assert web_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


# Who gets where


@pytest.mark.parametrize("address", OWN)
def test_ones_own_pages_are_for_everybody_who_is_signed_in(visitor, mona, people, address: str) -> None:
    member, other = Client(), visitor("Omar")
    sign_in(member)
    for client in (member, other):
        assert client.get(address, follow=True).status_code == 200
    stranger = visitor("stranger").get(address)
    assert stranger.status_code == 302
    assert stranger.headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize("address", GUARDED)
def test_a_stranger_gets_none_of_the_pages_behind_them(visitor, mona, address: str) -> None:
    answer = visitor("stranger").get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")
    for name in ("Mona", "Omar"):
        assert visitor(name).get(address).status_code in (200, 302, 403, 404)


@pytest.mark.parametrize("address", FOR_STRANGERS)
def test_a_stranger_finds_the_way_in(visitor, people, address: str) -> None:
    assert visitor("stranger").get(address).status_code == 200
    for name in ("Mona", "Omar"):
        assert visitor(name).get(address).status_code in (200, 302)


@pytest.mark.parametrize("address", CLOSED)
@pytest.mark.parametrize("name", ["Mona", "Omar", "stranger"])
def test_what_makes_no_sense_here_is_not_here(visitor, people, address: str, name: str) -> None:
    answer = visitor(name).get(address, follow=True)
    assert answer.status_code == 404
    assert "There is no such page" in text(answer)


def test_no_link_of_these_pages_is_dead(visitor, mona, people) -> None:
    client, _, _ = with_second_step(mona)
    for who, pages in ((client, (*OWN, *GUARDED, "/more/")), (Client(), (*FOR_STRANGERS, path_for(people, "Omar")))):
        for page in pages:
            html = who.get(page, follow=True).content.decode()
            for link in set(re.findall(r'(?:href|action)="(/[^"#]*)', html)):
                if not link.startswith("/static/"):
                    assert who.get(link).status_code in (200, 302, 405), f"{link} on {page}"


# The trail


def test_the_trail_keeps_who_when_and_from_where(mona) -> None:
    client, _, codes = with_second_step(mona)
    client.post("/account/logout/")
    sign_in(Client(), password="wrong")
    sign_in(Client(), "nobody of ours", "wrong")
    late = Client(REMOTE_ADDR="192.0.2.9")
    sign_in(late)
    late.post("/account/2fa/authenticate/", {"code": "000000"})
    late.post("/account/2fa/authenticate/", {"code": codes[0]})
    late.post("/account/reauthenticate/", {"password": PASSWORD})
    late.post("/account/2fa/totp/deactivate/")
    late.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "a b c d e f g", "password2": "a b c d e f g"},
    )
    assert actions() == [
        "sign in",
        "second step on",
        "recovery codes on",
        "sign out",
        "sign in failed",
        "sign in failed",
        "second step failed",
        "use a recovery code",
        "sign in",
        "second step off",
        "recovery codes off",
        "change password",
    ]
    entries = list(AuditEntry.objects.filter(subject_kind="staff").order_by("number"))
    assert {entry.actor for entry in entries} == {"Mona", "unknown"}
    assert [entry.actor for entry in entries if "failed" in entry.action] == ["unknown"] * 3
    assert entries[4].subject == mona.staff_id  # whose name was tried
    assert entries[5].subject.int == 0
    assert entries[0].origin == "web 127.0.0.1"
    assert entries[-1].origin == "web 192.0.2.9"
    assert "nobody of ours" not in str([entry.after for entry in entries])


# Behind a server that speaks https


def test_behind_a_proxy_the_visitors_address_is_what_the_proxy_saw(mona) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.4", "X-Forwarded-Proto": "https"}
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        Client(headers=forwarded).post("/account/login/", {"login": "mona", "password": "wrong"})
    Client(headers=forwarded).post("/account/login/", {"login": "mona", "password": "wrong"})
    assert [entry.origin for entry in AuditEntry.objects.order_by("number")][-2:] == [
        "web 198.51.100.4",
        "web 127.0.0.1",
    ]


def test_an_unknown_name_of_the_server_is_told_with_the_remedy(people) -> None:
    answer = Client(headers={"Host": "elsewhere.example"}).get("/account/login/")
    assert answer.status_code == 400
    assert "may be reached as elsewhere.example" in answer.content.decode()
    assert "TOUCHBOOK_HOSTS" in answer.content.decode()


def test_what_is_counted_is_counted_for_all_processes(people) -> None:
    cache.set("signin-test", 1)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM signin_remembered WHERE cache_key LIKE '%signin-test'")
        assert cursor.fetchone() == (1,)
