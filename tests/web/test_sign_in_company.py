"""Single sign-on, against a real OpenID Connect provider on this machine: who it lets in, and who stays a stranger."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
import requests
from django.test import Client
from django.test.utils import override_settings

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.signin.models import Login
from touchbook.site.single_sign_on import providers
from touchbook.store.models import AuditEntry
from touchbook.workflows.invite import InviteRequest, invite

PASSWORD = "seven brass kettles"
USERS = [
    oidc_provider_mock.User(sub="77", claims={"email": "mona@club.example", "email_verified": True}),
    oidc_provider_mock.User(sub="88", claims={"email": "omar@club.example", "email_verified": True}),
]


@pytest.fixture(autouse=True)
def quick_passwords():
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="module")
def issuer():
    with oidc_provider_mock.run_server_in_thread(user_claims=USERS) as server:
        yield f"http://localhost:{server.server_port}"


def described(tmp_path, issuer: str) -> dict:
    file = tmp_path / "oidc.json"
    file.write_text(json.dumps({"issuer": issuer, "client_id": "touchbook", "client_secret": "s", "name": "The Club"}))
    return providers(str(file))


@pytest.fixture(autouse=True)
def company(issuer: str, tmp_path):
    with override_settings(SOCIALACCOUNT_PROVIDERS=described(tmp_path, issuer)):
        yield


@pytest.fixture
def mona(people) -> Login:
    login = Login.objects.get(username="mona")
    login.set_password(PASSWORD)
    login.email = "mona@club.example"
    login.save()
    return login


def led_to(client: Client, process: str = "login", to: str = "") -> str:
    """Where the button leads."""
    page = client.post("/account/company/login/", {"process": process, "next": to}).content.decode()
    return html.unescape(re.search(r'url=([^"]+)"', page).group(1))


def come_back(client: Client, address: str, subject: str, follow: bool = True):
    """Prove there who one is, and come back."""
    sent = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
    back = urlsplit(sent.headers["Location"])
    return client.get(f"{back.path}?{back.query}", follow=follow)


def through(client: Client, subject: str, process: str = "login", to: str = ""):
    return come_back(client, led_to(client, process, to), subject)


def linked(login: Login) -> Client:
    """A client of somebody who signed in by password, and linked their company account on their own page."""
    client = Client()
    client.post("/account/login/", {"login": login.username, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    answer = through(client, "77", "connect", "/account/company/")
    assert "Your company account is linked." in text(answer)
    return client


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_button_leads_to_the_issuer_by_a_page_and_with_proof_keys(people, issuer: str) -> None:
    assert "Go on with The Club" in text(Client().get("/account/login/"))
    client = Client()
    address = led_to(client)
    assert address.startswith(f"{issuer}/oauth2/authorize?")
    asked = parse_qs(urlsplit(address).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/account/company/login/callback/"]
    page = client.post("/account/company/login/")
    assert page.status_code == 200
    assert "form-action 'self';" in page.headers["Content-Security-Policy"] + ";"
    assert client.get("/account/company/login/").status_code == 302  # nobody is sent away by a link


def test_an_account_that_was_linked_lets_in(mona) -> None:
    linked(mona)
    client = Client()
    answer = through(client, "77", to="/more/")
    assert answer.status_code == 200
    assert "Mona" in text(client.get("/more/"))
    actions = list(AuditEntry.objects.filter(subject=mona.staff_id).order_by("number").values_list("action", "after"))
    assert [action for action, _ in actions] == ["sign in", "link company account", "sign in"]
    assert actions[-1][1] == {"with": "company account"}


def test_the_same_e_mail_address_is_no_proof(mona) -> None:
    client = Client()
    answer = through(client, "77")  # whose verified address is that of Mona's login
    assert answer.status_code == 403
    assert "Nobody here is linked with this account" in text(answer)
    assert "mona@club.example" in text(answer)
    assert client.get("/more/").status_code == 302
    assert Login.objects.count() == 6
    refused = AuditEntry.objects.get(action="company account refused")
    assert (refused.actor, refused.subject.int) == ("unknown", 0)


def test_the_same_subject_at_another_issuer_is_somebody_else(mona, tmp_path) -> None:
    linked(mona)
    with (
        oidc_provider_mock.run_server_in_thread(user_claims=USERS) as other,
        override_settings(SOCIALACCOUNT_PROVIDERS=described(tmp_path, f"http://localhost:{other.server_port}")),
    ):
        assert through(Client(), "77").status_code == 403


def test_a_linked_account_is_of_no_use_to_one_who_has_left(mona) -> None:
    linked(mona)
    mona.staff.retired_at = now()
    mona.staff.save()
    client = Client()
    assert "belongs to somebody who has left" in text(through(client, "77"))
    assert client.get("/more/").status_code == 302


def test_an_invitation_is_accepted_with_a_company_account(people) -> None:
    path = invite(InviteRequest(mint(now()), now(), people["Omar"].id, username="omar.said")).path
    client = Client()
    page = through(client, "88", to=path)
    assert "Your company account omar@club.example is known now." in text(page)
    assert "Password" not in text(page)
    assert client.post(path, {"username": "omar.said"}).status_code == 302
    assert client.get("/log/").status_code == 200
    assert Login.objects.get(username="omar.said").staff == people["Omar"]
    assert "Welcome" not in text(Client().get(path))  # used
    again = Client()
    through(again, "88")
    assert again.get("/log/").status_code == 200


def test_a_company_account_counts_for_the_invitation_that_it_was_used_with(people) -> None:
    mine = invite(InviteRequest(mint(now()), now(), people["Omar"].id)).path
    other = invite(InviteRequest(mint(now()), now(), people["Mia"].id)).path
    client = Client()
    through(client, "88", to=mine)
    assert "Password" in text(client.get(other))


def test_linking_asks_again_who_one_is(mona) -> None:
    client = Client()
    client.post("/account/login/", {"login": "mona", "password": PASSWORD})
    asked = through(client, "77", "connect")
    assert "Is it you?" in text(asked)
    assert not mona.socialaccount_set.exists()
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert mona.socialaccount_set.exists()


def test_an_account_is_linked_with_one_person(mona) -> None:
    linked(mona)
    omar = Login.objects.get(username="omar")
    omar.set_password(PASSWORD)
    omar.save()
    client = Client()
    client.post("/account/login/", {"login": "omar", "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert "linked with somebody else here" in text(through(client, "77", "connect", "/account/company/"))


def test_unlinking_needs_another_way_in(mona) -> None:
    client = linked(mona)
    account = mona.socialaccount_set.get()
    mona.set_unusable_password()
    mona.save()
    through(client, "77")
    page = client.post("/account/company/", {"account": account.pk})
    assert "Choose a password first" in text(page)
    words = {"password1": "four tin whistles", "password2": "four tin whistles"}
    assert "Your password is kept." in text(client.post("/account/password/set/", words, follow=True))
    client.post("/account/reauthenticate/", {"password": "four tin whistles"})
    assert "is not linked any more" in text(client.post("/account/company/", {"account": account.pk}, follow=True))
    assert through(Client(), "77").status_code == 403


def test_nobody_unlinks_the_account_of_another(mona, visitor) -> None:
    linked(mona)
    account = mona.socialaccount_set.get()
    visitor("Omar").post("/account/company/", {"account": account.pk})
    visitor("stranger").post("/account/company/", {"account": account.pk})
    assert mona.socialaccount_set.exists()


def test_whoever_stops_on_the_way_is_told_that_nothing_happened(people) -> None:
    client = Client()
    address = led_to(client)
    sent = requests.post(address, data={"action": "deny"}, allow_redirects=False, timeout=10)
    back = urlsplit(sent.headers["Location"])
    state = parse_qs(urlsplit(address).query)["state"][0]  # which this provider leaves out, and others send
    assert "You stopped on the way" in text(client.get(f"{back.path}?{back.query}&state={state}", follow=True))


def test_an_answer_is_taken_once_and_only_by_the_browser_that_asked(mona) -> None:
    linked(mona)
    victim, attacker = Client(), Client()
    address = led_to(attacker)
    assert "could not be used" in text(come_back(victim, address, "77"))
    assert victim.get("/more/").status_code == 302


def test_a_provider_that_cannot_be_reached_is_told_in_a_sentence(people, tmp_path) -> None:
    with override_settings(SOCIALACCOUNT_PROVIDERS=described(tmp_path, "http://localhost:9")):
        answer = Client().post("/account/company/login/")
    assert answer.status_code == 401
    assert "The company account could not be used" in text(answer)


def test_a_provider_that_tells_of_two_people_is_not_believed() -> None:
    from allauth.socialaccount.adapter import get_adapter
    from allauth.socialaccount.providers.base import ProviderException

    provider = get_adapter().get_provider(None, "company")
    assert provider.extract_uid({"userinfo": {"sub": "1"}, "id_token": {"sub": "1"}})
    with pytest.raises(ProviderException):
        provider.extract_uid({"userinfo": {"sub": "1"}, "id_token": {"sub": "2"}})


@pytest.mark.parametrize("name", ["Mona", "Omar", "stranger"])
def test_the_page_of_ones_company_account_is_ones_own(visitor, people, name: str) -> None:
    answer = visitor(name).get("/account/company/")
    if name == "stranger":
        assert answer.headers["Location"].startswith("/account/login/")
    else:
        assert "None is linked yet." in text(answer)
