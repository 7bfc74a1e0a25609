"""The way in, in a real browser: from an empty home to people who sign in by password, second step and company account.

``house``     a server on an empty home, with single sign-on by a provider on this machine.
``newcomer``  a function that gives a page of a browser that was never here; its troubles fail the test.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import oidc_provider_mock
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from conftest import environment_of, served
from touchbook.cli.serve import free_port

COMMAND = Path(sys.executable).parent / "touchbook"
WORDS = "seven brass kettles"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PHONE = {"width": 390, "height": 844}
FOR_STRANGERS = ("login/", "inactive/", "company/cancelled/")
OWN = (
    "logout/", "password/change/", "2fa/", "2fa/totp/activate/", "2fa/totp/deactivate/", "2fa/recovery-codes/",
    "2fa/recovery-codes/generate/", "company/",
)  # fmt: skip


@dataclass
class House:
    address: str
    environment: dict[str, str]
    first: str
    issuer: str

    def invite(self, *words: str) -> str:
        """The link that ``touchbook invite`` prints."""
        command = [COMMAND, "invite", *words, "--address", self.address]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True)
        return re.search(r"http\S+/account/invitation/\S+", done.stdout).group(0)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    users = [oidc_provider_mock.User(sub="77", claims={"email": "omar@club.example"})]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as provider:
        issuer = f"http://localhost:{provider.server_port}"
        file = home / "oidc.json"
        file.write_text(json.dumps({"issuer": issuer, "client_id": "touchbook", "client_secret": "s"}))
        single_sign_on = {"TOUCHBOOK_OIDC": str(file)}
        with served(home, free_port(), **single_sign_on) as address:
            first = re.search(r"http\S+/account/invitation/\S+", (home / "server.log").read_text()).group(0)
            yield House(address, environment_of(home, **single_sign_on), first, issuer)


@pytest.fixture
def newcomer(browser: Browser, house: House) -> Iterator[Callable[..., Page]]:
    opened: list[Page] = []

    def page_of(**options: object) -> Page:
        page = browser.new_context(base_url=house.address, locale="en-GB", **options).new_page()
        troubles: list[str] = []
        page.troubles = troubles
        page.on("pageerror", lambda error: troubles.append(str(error)))
        # What a provider's page complains of is not ours.
        ours = lambda said: said.type == "error" and house.address in said.location["url"]  # noqa: E731
        page.on("console", lambda said: troubles.append(f"{said.text} {said.location['url']}") if ours(said) else None)
        opened.append(page)
        return page

    yield page_of
    troubles = [trouble for page in opened for trouble in page.troubles]
    for page in opened:
        page.context.close()
    assert troubles == []


def code_of(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def violations(page: Page) -> list[str]:
    """What axe finds, and whether a phone would have to be moved sideways."""
    found = [
        f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in Axe().run(page, options=RULES).response["violations"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{page.url} is {wide} pixels too wide"] if wide else found


def choose_password(page: Page, name: str = "") -> None:
    if name:
        page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(WORDS)
    page.get_by_label("The same again").fill(WORDS)
    page.get_by_role("button", name="Come in").click()


def sign_in(page: Page, username: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(WORDS)
    page.keyboard.press("Enter")


def arrive(page: Page) -> None:
    """Wait until the way in lies behind."""
    page.wait_for_url(lambda address: address.startswith("http://127.0.0.1") and "/account/" not in address)


def is_in(page: Page) -> bool:
    arrive(page)
    page.goto("/more/")
    return page.url.endswith("/more/")


def test_the_first_administrator_comes_in_by_the_link_and_turns_the_second_step_on(house, newcomer) -> None:
    page = newcomer()
    page.goto(house.first)
    page.get_by_label("Username").fill("ada")
    choose_password(page, "Ada Brennan")
    assert is_in(page)
    assert page.locator("h1").inner_text() == "Ada Brennan"

    page.goto("/account/2fa/")
    page.get_by_role("link", name="Turn it on").click()
    page.get_by_label("Your password").fill(WORDS)
    page.get_by_role("button", name="It is me").click()
    picture = page.get_by_role("img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0"), "the policy let the QR code through"
    page.get_by_text("It cannot scan").click()
    secret = page.locator(".key-text").inner_text()
    page.get_by_label("The code that it shows now").fill(code_of(secret, -1))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("status")).to_contain_text("The second step is on.")
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a file").click()
    assert [code in Path(saved.value.path()).read_text() for code in codes] == [True] * 10

    page.goto("/more/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/")
    sign_in(page, "ADA")
    page.get_by_label("A code").fill(code_of(secret))
    page.keyboard.press("Enter")
    assert is_in(page)


def test_somebody_invited_comes_in_and_only_once(house, newcomer) -> None:
    link = house.invite("Mona Haddad")
    page = newcomer(viewport=PHONE)
    page.goto(link)
    assert page.locator("h1").inner_text() == "Welcome, Mona Haddad"
    assert page.get_by_label("Username").input_value() == "mona.haddad"
    choose_password(page)
    assert is_in(page)
    late = newcomer()
    assert late.request.get(link).status == 404
    sign_in(late, "mona.haddad")
    assert is_in(late)


def test_a_company_account_answers_an_invitation_and_signs_in_from_then_on(house, newcomer) -> None:
    page = newcomer()
    page.goto(house.invite("Omar Said", "--role", "manager"))
    page.get_by_role("button", name="Go on with your company account").click()
    page.wait_for_url(f"{house.issuer}/**")
    page.locator("button[value='77']").click()
    expect(page.get_by_text("Your company account omar@club.example is known now.")).to_be_visible()
    page.get_by_role("button", name="Come in").click()
    assert is_in(page)

    other = newcomer()
    other.goto("/account/login/")
    other.get_by_role("button", name="Go on with your company account").click()
    other.wait_for_url(f"{house.issuer}/**")
    other.locator("button[value='77']").click()
    assert is_in(other)


def test_a_stranger_with_a_company_account_is_told_so(house, newcomer) -> None:
    page = newcomer()
    page.goto("/account/login/")
    page.get_by_role("button", name="Go on with your company account").click()
    page.wait_for_url(f"{house.issuer}/**")
    page.locator("input[name=sub]").fill("somebody")
    with page.expect_response(re.compile("login/callback")) as answered:
        page.get_by_role("button", name="Authorize", exact=True).click()
    assert answered.value.status == 403
    expect(page.get_by_role("heading", name="Nobody here is linked with this account")).to_be_visible()
    assert "403" in page.troubles.pop()  # which is what this is about
    page.goto("/more/")
    assert "/account/login/" in page.url


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_the_way_in(house, newcomer, theme: str) -> None:
    page = newcomer(viewport=PHONE, color_scheme=theme)
    found = []
    name = f"Zoë {theme} " + "Featherstonehaugh " * 4  # as long as a name gets
    link = house.invite(name.strip(), "--username", f"zoe-{theme}")
    for address in (*(f"/account/{one}" for one in FOR_STRANGERS), link):
        page.goto(address)
        found += violations(page)
    page.get_by_label("Password").fill("1234")
    page.get_by_role("button", name="Come in").click()  # with flaws
    found += violations(page)
    page.troubles.clear()  # 422 is what it is
    choose_password(page)
    arrive(page)
    page.goto("/account/2fa/totp/activate/")
    found += violations(page)  # is it you?
    page.get_by_label("Your password").fill(WORDS)
    page.get_by_role("button", name="It is me").click()
    page.get_by_text("It cannot scan").click()
    found += violations(page)
    secret = page.locator(".key-text").inner_text()
    page.get_by_label("The code that it shows now").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_text("The second step is on").wait_for()
    for address in OWN:
        page.goto(f"/account/{address}")
        found += violations(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/account/2fa/")
    found += violations(page)
    page.goto("/account/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/")
    sign_in(page, f"zoe-{theme}")
    page.get_by_label("A code").wait_for()
    found += violations(page)
    assert found == []
