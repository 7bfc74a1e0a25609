"""The house is run in a real browser: somebody is added and invited, a file comes in and goes, a key is made."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from playwright.sync_api import Page, expect
from test_axe import violations, wider_than_the_screen

MEMBERS = "member,name,joined\nRF90001,Zora Quill,2024-02-01\nRF90002,Yves Marlow,soon\n"


def expect_quiet(page: Page, status: int) -> None:
    """A form that was refused is answered with a status that the console names; nothing else may be said there."""
    told = page.troubles  # type: ignore[attr-defined]
    assert [line for line in told if f"status of {status}" not in line] == []
    told.clear()


def test_somebody_is_added_by_keyboard_alone_and_every_mistake_is_told_beside_its_field(visit) -> None:
    page = visit("administrator")
    page.goto("/settings/people/new/")
    page.locator("#name").focus()
    page.keyboard.type("Zainab El-Amin")
    page.keyboard.press("Tab")
    page.keyboard.type("ada")
    for _ in range(4):  # past the role, the department and the team
        page.keyboard.press("Tab")
    page.keyboard.type("six hours")
    page.keyboard.press("Enter")
    expect(page.locator("#code-problems")).to_contain_text("Ada Brennan has the code “ada”")
    expect(page.locator("#minutes_per_week-problems")).to_contain_text("“six hours” is no number of minutes")
    expect(page.locator("#name")).to_have_value("Zainab El-Amin")
    expect(page.locator("#code")).to_have_attribute("aria-invalid", "true")
    expect_quiet(page, 422)
    page.locator("#code").fill("zainab")
    page.locator("#minutes_per_week").fill("360")
    page.locator("#minutes_per_week").press("Enter")
    expect(page.locator("h1")).to_have_text("Zainab El-Amin")
    page.get_by_role("button", name="Invite them").press("Enter")
    assert "/account/" in page.locator("#link").input_value()
    expect(page.get_by_role("img", name="The link as a code")).to_be_visible()


def test_a_link_is_copied_at_the_press_of_a_button(visit) -> None:
    page = visit("administrator", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/settings/people/?text=Ada")
    page.locator(".people a").first.click()
    page.get_by_role("button", name="Reset their access").click()
    page.get_by_role("button", name="Copy the link").click()
    expect(page.locator("[data-copied]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#link").input_value()


def test_the_list_narrows_as_one_types_and_keeps_the_focus(visit) -> None:
    page = visit("administrator", phone=True)
    page.goto("/settings/people/")
    page.locator("#text").press_sequentially("Stella")
    expect(page.locator(".people > li")).to_have_count(1)
    expect(page.locator("#text")).to_be_focused()
    assert "text=Stella" in page.url
    page.get_by_role("link", name="Stella Whitcombe").click()
    expect(page.locator("h1")).to_have_text("Stella Whitcombe")


def test_a_file_comes_in_a_row_is_corrected_and_all_of_it_goes(visit, club: Path) -> None:
    page = visit("administrator")
    page.goto("/settings/imports/")
    page.get_by_role("link", name="Bring a file").click()
    page.get_by_role("radio", name="Customers who they are").check()
    page.locator("#file").set_input_files(
        {"name": "new members.csv", "mimeType": "text/csv", "buffer": MEMBERS.encode()}
    )
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".understood")).to_contain_text("name Zora Quill")
    expect(page.locator(".understood")).to_contain_text("'soon' is not a date")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#state")).to_contain_text("It is in the book.", timeout=60_000)
    expect(page.locator("#state .counts")).to_contain_text("set aside")
    page.get_by_role("link", name="Correct these rows").click()
    rows = page.locator("#rows").input_value()
    page.locator("#rows").fill(rows.replace("Marlow,soon", "Marlow,2024-03-01"))
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".understood")).to_contain_text("name Yves Marlow")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#state")).to_contain_text("It is in the book.", timeout=60_000)
    assert _members(club) == 2
    for _ in range(2):
        page.goto("/settings/imports/")
        page.locator(".came li", has_text="in the book").locator("a").first.click()
        page.get_by_role("button", name="Take it back").click()
        expect(page.locator("#state")).to_contain_text("It is taken back.", timeout=60_000)
    assert _members(club) == 0


def _members(club: Path) -> int:
    with sqlite3.connect(club / "touchbook.sqlite3") as database:
        query = "SELECT COUNT(*) FROM store_identifier WHERE value LIKE 'RF9000%'"
        return int(database.execute(query).fetchone()[0])


def test_a_key_is_shown_once_and_revoked_after_a_question(visit) -> None:
    page = visit("administrator", dark=True)
    page.goto("/settings/keys/")
    page.locator("#name").fill("ticket gate")
    page.get_by_role("button", name="Make the key").dblclick()  # the answer to the second would not show it
    expect(page.locator("#new-key")).to_be_focused()
    raw = page.locator("#raw").input_value()
    assert raw.startswith("tb_")
    page.goto("/settings/keys/")
    assert raw not in page.content()
    page.get_by_text("Revoke", exact=True).click()
    page.get_by_role("button", name="Revoke the key ticket gate for good").click()
    expect(page.locator("[role=status]").first).to_contain_text("is revoked")


def test_the_trail_tells_what_was_done_in_the_browser(visit) -> None:
    page = visit("administrator")
    page.goto("/settings/people/?text=Anil")
    page.locator(".people a").first.click()
    page.locator("#minutes_per_week").fill("45")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="What was changed of them").click()
    line = page.locator(".audit > li").first
    expect(line).to_contain_text("Ada Brennan changed the person Anil Kapoor.")
    assert violations(page) == []
    assert wider_than_the_screen(page) == 0
    expect(line).to_contain_text("web 127.0.0.1")
    expect(line).to_contain_text("45")
