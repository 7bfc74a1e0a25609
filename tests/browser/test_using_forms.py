"""What is typed into a form comes back when one comes back; and nothing of it, or of a customer, to anybody else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from test_axe import violations, wider_than_the_screen

from conftest import login_of

WHAT = "Bring the scarf to the north stand"


@pytest.fixture
def passbook(visit, club: Path) -> Callable[..., Page]:
    """A function that opens a customer's passbook at the form for promises."""

    def open_one(role: str = "strategist", **options) -> Page:
        with sqlite3.connect(club / "touchbook.sqlite3") as database:
            (customer,) = database.execute("SELECT id FROM store_customer WHERE name <> '' ORDER BY id").fetchone()
        page = visit(role, **options)
        page.goto(f"/customers/{customer[:8]}-{customer[8:12]}-{customer[12:16]}-{customer[16:20]}-{customer[20:]}/")
        page.get_by_text("Write a promise down").click()
        return page

    return open_one


def what(page: Page):
    return page.locator("input[name=what]")


def promises(club: Path) -> int:
    with sqlite3.connect(club / "touchbook.sqlite3", timeout=20) as database:
        return int(database.execute("SELECT count(*) FROM store_promise WHERE what = ?", (WHAT,)).fetchone()[0])


def enter(page: Page, club: Path, role: str) -> None:
    key = json.loads((club / "demo.json").read_text())["key"]
    page.goto(f"/account/demo/{key}/{login_of(club, role)}/")


def test_what_was_typed_is_there_again_after_going_back(passbook) -> None:
    page = passbook()
    what(page).fill(WHAT)
    page.locator("input[name=due_on]").fill("2031-05-04")
    page.get_by_role("navigation", name="Pages").first.get_by_role("link", name="Customers").click()
    expect(page.locator("h1")).to_have_text("Who needs us?")
    page.go_back()
    expect(what(page)).to_be_visible()  # and the form is open
    expect(what(page)).to_have_value(WHAT)
    expect(page.locator("input[name=due_on]")).to_have_value("2031-05-04")
    expect(page.get_by_text("What you had typed is here again.")).to_be_visible()
    assert violations(page) == []
    page.reload()
    expect(what(page)).to_have_value(WHAT)
    page.get_by_role("button", name="Clear it").click()
    expect(what(page)).to_have_value("")
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_text("What you had typed is here again.")).to_have_count(0)


def test_in_the_settings_too_and_whoever_comes_by_a_link_begins_afresh(visit) -> None:
    page = visit("administrator", phone=True)
    page.goto("/settings/people/new/")
    page.locator("#name").fill("Zainab El-Amin")
    page.locator("#role").select_option(index=2)
    page.locator(".trail a").first.click()
    page.go_back()
    expect(page.locator("#name")).to_have_value("Zainab El-Amin")
    assert page.locator("#role").evaluate("one => one.selectedIndex") == 2
    page.goto("/settings/people/")
    page.goto("/settings/people/new/")
    expect(page.locator("#name")).to_have_value("")


def test_what_was_sent_does_not_come_back(passbook, club: Path) -> None:
    page = passbook()
    before = promises(club)
    what(page).fill(WHAT)
    page.locator("input[name=due_on]").fill("2027-05-04")
    page.get_by_role("button", name="Promise it").click()
    expect(page.get_by_text("The promise is written down.")).to_be_visible()
    assert promises(club) == before + 1
    page.goto("/customers/")
    page.go_back()
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('typed '))") == []


def test_after_signing_out_nothing_of_a_customer_or_of_what_was_typed_is_left(passbook) -> None:
    page = passbook()
    name = page.locator("h1").inner_text()
    what(page).fill(WHAT)
    page.goto("/customers/")
    page.get_by_label("Search by name or number").fill(name.split()[0])
    expect(page.locator("main")).to_contain_text(name)
    page.goto("/more/")
    assert WHAT in page.evaluate("JSON.stringify(sessionStorage)")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_have_text("Who are you?")
    kept = page.evaluate("JSON.stringify([sessionStorage, localStorage])")
    assert WHAT not in kept
    assert name not in kept  # nor does a list that was narrowed stay behind
    for _ in range(3):
        page.go_back()
        expect(page.locator("h1")).to_have_text("Who are you?")
        assert name not in page.content()
        assert WHAT not in page.content()


def test_when_the_session_ends_it_is_sent_after_signing_in_again(passbook, club: Path) -> None:
    page = passbook()
    before = promises(club)
    what(page).fill(WHAT)
    page.locator("input[name=due_on]").fill("2027-05-04")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Promise it").click()
    expect(page.get_by_text("What you typed is kept: sign in.")).to_be_visible()
    assert promises(club) == before
    enter(page, club, "strategist")
    page.goto("/more/typed/")
    expect(page.locator("h1")).to_have_text("Do you still want to send this?")
    expect(page.locator("dl")).to_contain_text(WHAT)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert violations(page) == []
        assert wider_than_the_screen(page) == 0
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("The promise is written down.")).to_be_visible()
    assert promises(club) == before + 1


def test_when_the_session_ends_nobody_else_finds_it(passbook, club: Path) -> None:
    page, secret = passbook(), "A seat where nobody sees her"
    what(page).fill(secret)
    page.locator("input[name=due_on]").fill("2027-05-04")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Promise it").click()
    expect(page.locator("h1")).to_have_text("Who are you?")
    enter(page, club, "manager")
    page.goto("/more/typed/")
    expect(page.locator("h1")).not_to_have_text("Do you still want to send this?")
    assert secret not in page.content()
    assert page.evaluate("JSON.stringify(sessionStorage)").find(secret) == -1


def test_a_form_in_an_older_tab_is_kept_when_somebody_signed_in_anew_beside_it(passbook, club: Path) -> None:
    page = passbook()
    before = promises(club)
    what(page).fill(WHAT)
    page.locator("input[name=due_on]").fill("2027-05-04")
    other = page.context.new_page()
    enter(other, club, "strategist")  # which gives the browser another token
    page.get_by_role("button", name="Promise it").click()
    expect(page.locator("h1")).to_have_text("Do you still want to send this?")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("The promise is written down.")).to_be_visible()
    assert promises(club) == before + 1
