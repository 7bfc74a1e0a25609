"""Logging where there is no network: nothing typed is lost, and each moment arrives exactly once, under its own login."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect


def arrived(club: Path, note: str) -> int:
    with sqlite3.connect(club / "touchbook.sqlite3", timeout=20) as database:
        return int(database.execute("SELECT count(*) FROM store_moment WHERE note = ?", (note,)).fetchone()[0])


def logins(club: Path) -> list[str]:
    query = (
        "SELECT login.username FROM signin_login AS login JOIN store_staff AS staff ON staff.id = login.staff_id "
        "WHERE staff.role = 'front line' ORDER BY login.username"
    )
    with sqlite3.connect(club / "touchbook.sqlite3", timeout=20) as database:
        return [str(row[0]) for row in database.execute(query)]


@pytest.fixture
def phone(visit) -> Callable[..., Page]:
    """A function that gives a phone on the page for logging, which the page is kept on."""

    def take(**options) -> Page:
        page = visit(phone=True, **options)
        page.goto("/log/")
        ready(page)
        eventually(page, "navigator.serviceWorker.controller !== null")
        eventually(page, "caches.open('touchbook-page').then((kept) => kept.match('/log/')).then(Boolean)")
        return page

    return take


def eventually(page: Page, expression: str) -> None:
    """Wait until an expression holds; the policy lets no page evaluate text by itself, as Playwright's waiting does."""
    for _ in range(150):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {expression}")


def ready(page: Page) -> None:
    page.wait_for_selector("#log[data-ready]")


def cut(page: Page, off: bool = True) -> None:
    page.context.set_offline(off)


def type_moment(page: Page, note: str) -> None:
    page.get_by_role("button", name="Deposit", exact=True).click()
    page.locator("#practices .chip").first.click()
    if not page.locator("#more").evaluate("more => more.open"):
        page.locator("#more summary").click()
    page.get_by_label("Note", exact=True).fill(note)


def save_moment(page: Page, note: str) -> None:
    type_moment(page, note)
    page.get_by_role("button", name="Save the moment").click()
    expect(page.locator("#saved-what")).to_contain_text("Saved:")


def forget_troubles(page: Page) -> None:
    """The browser notes every request that the cut network swallowed."""
    page.troubles[:] = [one for one in page.troubles if "ERR_INTERNET_DISCONNECTED" not in one]  # type: ignore[attr-defined]


def test_with_the_network_cut_and_a_reload_between_each_moment_arrives_once_from_two_phones(phone, club: Path) -> None:
    one, other = phone(department="member services"), phone(department="operations")
    for page, name in ((one, "one"), (other, "other")):
        cut(page)
        save_moment(page, f"offline {name} 1")
        expect(page.locator("#waiting")).to_have_text("1 waiting to send")
        save_moment(page, f"offline {name} 2")
        type_moment(page, f"half typed on {name}")
        page.reload()
        ready(page)
        expect(page.locator("#waiting")).to_have_text("2 waiting to send")
        expect(page.locator("#offline")).to_be_visible()
        expect(page.get_by_label("Note", exact=True)).to_have_value(f"half typed on {name}")
        expect(page.locator("#practices [aria-pressed=true]")).to_have_count(1)
        assert arrived(club, f"offline {name} 1") == 0
    for page, name in ((one, "one"), (other, "other")):
        cut(page, False)
        expect(page.locator("#waiting")).to_have_text("", timeout=15_000)
        page.get_by_role("button", name="Save the moment").click()
        expect(page.locator("#saved-how")).to_have_text("It has arrived.")
        page.reload()
        ready(page)
        page.wait_for_timeout(300)
        notes = (f"offline {name} 1", f"offline {name} 2", f"half typed on {name}")
        assert [arrived(club, note) for note in notes] == [1, 1, 1]
        forget_troubles(page)


def test_an_answer_that_is_lost_on_its_way_makes_no_second_moment(phone, club: Path) -> None:
    page = phone()
    lost: list[int] = []

    def lose(route) -> None:
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.context.route("**/log/moments/", lose)
    save_moment(page, "the answer is lost")
    while not lost:  # the phone tries again by itself, perhaps before anybody could see that it waits
        page.wait_for_timeout(50)
    assert (lost, arrived(club, "the answer is lost")) == ([200], 1)
    page.reload()
    ready(page)
    expect(page.locator("#waiting")).to_have_text("")
    assert arrived(club, "the answer is lost") == 1
    page.troubles.clear()


def test_the_app_opens_without_network_wherever_one_was(phone) -> None:
    page = phone()
    cut(page)
    page.goto("/")
    ready(page)
    assert page.url.endswith("/log/")
    expect(page.get_by_role("heading", name="What just happened?")).to_be_visible()
    page.get_by_role("button", name="Scan a code").click()
    expect(page.locator("#scanner")).to_be_visible()
    cut(page, False)
    forget_troubles(page)


def test_a_link_that_cannot_open_says_why_one_is_on_the_page_for_logging_and_leads_there_later(phone) -> None:
    page = phone()
    page.goto("/today/")
    cut(page)
    page.locator(".tabs").get_by_role("link", name="More").click()
    ready(page)
    line = page.locator("#instead")
    expect(line).to_contain_text("There is no network; this is the page that works without it.")
    expect(page.locator("h1")).to_have_text("What just happened?")
    assert page.url.endswith("/log/")  # a reload asks for nothing else
    cut(page, off=False)
    line.get_by_role("link", name="Try the other page again").click()
    expect(page).to_have_url(re.compile(r"/more/$"))
    page.goto("/log/?instead=//evil.example/x")
    ready(page)
    expect(page.locator("#instead")).to_be_hidden()
    page.troubles.clear()  # the browser notes what it could not fetch


def test_a_customer_is_named_by_a_number_where_nobody_can_be_searched(phone, club: Path) -> None:
    page = phone()
    cut(page)
    page.get_by_label("Find a customer").fill("rf00003")
    page.get_by_role("button", name="Use “rf00003” as the member number").click()
    save_moment(page, "known by number")
    page.get_by_label("Find a customer").fill("no such number")
    save_moment(page, "known by nothing")
    cut(page, False)
    expect(page.locator("#refused")).to_contain_text("Nobody has the identifier “no such number”", timeout=15_000)
    with sqlite3.connect(club / "touchbook.sqlite3", timeout=20) as database:
        query = (
            "SELECT i.value FROM store_moment m JOIN store_identifier i ON i.customer_id = m.customer "
            "WHERE m.note = 'known by number' AND i.kind = 'member number'"
        )
        assert database.execute(query).fetchall() == [("RF00003",)]
    page.get_by_label("Note", exact=True).evaluate("note => note.closest('details').open = true")
    page.get_by_label("Note", exact=True).fill("half typed")
    page.get_by_role("button", name="Change it").click()
    expect(page.locator("#mistakes")).to_have_text("Save what is in the form first; it would be lost.")
    page.get_by_label("Note", exact=True).fill("")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_label("Find a customer")).to_have_value("no such number")
    page.get_by_label("Find a customer").fill("RF00004")
    page.locator("#found button", has_text="RF00004").click()
    page.get_by_role("button", name="Save the moment").click()
    expect(page.locator("#saved-how")).to_have_text("It has arrived.")
    assert arrived(club, "known by nothing") == 1
    expect(page.locator("#refused")).to_be_hidden()
    forget_troubles(page)


def test_what_the_plan_has_dropped_since_is_refused_stays_and_can_be_let_go(phone, club: Path) -> None:
    page = phone()
    body = {
        "id": "01900000-0000-7000-8000-00000000aaaa",
        "at": "2026-01-01T10:00:00+00:00",
        "touchpoint": "ticket window",
        "happened": [],
        "note": "from an old plan",
    }
    item = {"id": body["id"], "moment": body, "draft": {"touchpoint": "ticket window", "chosen": []}}
    page.evaluate(
        "(item) => Outbox.put({...item, person: JSON.parse(document.getElementById('log-data').textContent).person, "
        "what: '+ smiled', who: 'Unknown guest', state: 'waiting'})",
        item,
    )
    page.reload()
    ready(page)
    expect(page.locator("#refused")).to_contain_text("no touchpoint 'ticket window'")
    expect(page.locator("#waiting")).to_have_text("")
    page.reload()
    ready(page)
    expect(page.locator("#refused")).to_contain_text("+ smiled, Unknown guest")
    page.get_by_role("button", name="Let it go").click()
    page.get_by_role("button", name="Let it go for good").click()
    expect(page.locator("#refused")).to_be_hidden()
    assert arrived(club, "from an old plan") == 0


def test_signed_out_the_moments_are_kept_and_sent_under_the_login_that_made_them(phone, club: Path, site: str) -> None:
    page = phone()
    mine, theirs = logins(club)[:2]
    key = json.loads((club / "demo.json").read_text())["key"]
    page.goto(f"/account/demo/{key}/{mine}/")
    page.goto("/log/")
    ready(page)
    page.context.clear_cookies()  # the session has ended
    save_moment(page, "from before signing out")
    expect(page.locator("#signed-out")).to_be_visible()
    expect(page.locator("#waiting")).to_have_text("1 waiting to send")
    page.goto(f"/account/demo/{key}/{theirs}/")
    page.goto("/log/")
    ready(page)
    expect(page.locator("#others")).to_contain_text("1 moment of somebody else waits on this phone")
    expect(page.get_by_label("Note", exact=True)).to_have_value("")
    assert arrived(club, "from before signing out") == 0
    page.goto(f"/account/demo/{key}/{mine}/")
    page.goto("/log/")
    ready(page)
    for _ in range(100):
        if arrived(club, "from before signing out"):
            break
        page.wait_for_timeout(100)
    expect(page.locator("#waiting")).to_have_text("")
    assert arrived(club, "from before signing out") == 1
    with sqlite3.connect(club / "touchbook.sqlite3", timeout=20) as database:
        query = (
            "SELECT login.username FROM store_moment m JOIN signin_login login ON login.staff_id = m.staff "
            "WHERE m.note = 'from before signing out'"
        )
        assert database.execute(query).fetchall() == [(mine,)]
    page.troubles.clear()  # the browser notes the 403


def test_signing_out_leaves_nobodys_page_behind(phone) -> None:
    page = phone()
    page.goto("/more/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/**")
    eventually(page, "caches.open('touchbook-page').then((kept) => kept.keys()).then((keys) => !keys.length)")
    kept = page.evaluate(
        "caches.keys().then(async (names) => (await Promise.all(names.map(async (name) => "
        "(await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))).flat())"
    )
    assert all(one.startswith("/static/") for one in kept), "files of the program, and nobody's page"


def test_undo_of_what_has_not_left_the_phone_needs_no_network(phone, club: Path) -> None:
    page = phone()
    cut(page)
    save_moment(page, "never sent")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#saved-what")).to_contain_text("Undone")
    cut(page, False)
    page.reload()
    ready(page)
    expect(page.locator("#waiting")).to_have_text("")
    assert arrived(club, "never sent") == 0
    forget_troubles(page)


def test_a_new_version_takes_the_place_of_the_old_one(phone) -> None:
    page = phone()
    page.evaluate(
        "caches.open('touchbook-files-of-an-older-version').then((cache) => cache.put('/old', new Response('')))"
    )
    page.reload()
    ready(page)
    eventually(
        page,
        "caches.keys().then((names) => !names.includes('touchbook-files-of-an-older-version') && names.length === 2)",
    )


def test_a_page_that_was_on_its_way_while_the_app_was_being_installed_is_in_its_care_too(visit) -> None:
    page = visit(phone=True)

    def late(route) -> None:
        answer = route.fetch()
        page.wait_for_timeout(1500)  # by now the app has been installed, with nobody there to take care of
        route.fulfill(response=answer)

    page.route("**/log/", late, times=1)
    page.goto("/log/")
    ready(page)
    eventually(page, "navigator.serviceWorker.controller !== null")
