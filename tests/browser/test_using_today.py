"""Today's main job in a browser: by touch on a phone, and by the keyboard alone on a desk."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from conftest import login_of

CARDS = "article.touch"
FIRST_LOAD_BYTES_MAX = 150_000


def today() -> dt.date:
    """The day where the club is at home."""
    return dt.datetime.now(ZoneInfo("Europe/London")).date()


def make_due_today(club: Path) -> None:
    """Make the team's touches of the club's week due today, whatever day of the week that is."""
    with sqlite3.connect(club / "touchbook.sqlite3", timeout=20) as database:
        begins = database.execute("SELECT MAX(starts_on) FROM store_planrun").fetchone()[0]
        database.execute("UPDATE store_planrun SET starts_on = ? WHERE starts_on = ?", [today().isoformat(), begins])
        database.execute(
            "UPDATE store_plannedtouch SET due_on = ? WHERE team = 'member services'", [today().isoformat()]
        )


@pytest.fixture
def todays(club: Path) -> Path:
    """The club, with the team's touches of its week due today."""
    make_due_today(club)
    return club


def asked(club: Path, query: str, *parameters: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(club / "touchbook.sqlite3", timeout=20) as database:
        return database.execute(query, parameters).fetchall()


def touch_in(card) -> str:
    return UUID(card.get_attribute("id").removeprefix("touch-")).hex


def open_list(page: Page) -> None:
    page.goto("/today/")
    expect(page.locator("h1")).to_have_text("Whom do I reach today?")


def first_card(page: Page):
    """The first card, by its own id, so that it is found again once its place holds something else."""
    card = page.locator(CARDS).first
    return page.locator(f"[id='{card.get_attribute('id')}']")


def steps_of(club: Path, touch: str) -> list[str]:
    return [row[0] for row in asked(club, "SELECT event FROM store_touchevent WHERE touch = ? ORDER BY number", touch)][
        1:
    ]


def test_reached_with_feeling_and_promise_by_touch(visit, todays: Path) -> None:
    page = visit("front line", phone=True, department="member services")
    open_list(page)
    card = first_card(page)
    touch = touch_in(card)
    card.get_by_text("What to say, and what we know").tap()
    expect(card.get_by_text("Open", exact=True)).to_be_visible()
    before = page.locator("#how-much").inner_text()
    card.get_by_role("button", name="Reached").tap()
    expect(card.get_by_text("What did you learn?")).to_be_visible()
    assert page.locator("#how-much").inner_text() != before
    card.get_by_role("radio", name="Great").tap()
    card.get_by_label("What you promised").fill("Send the bus times")
    card.get_by_label("By when").fill((today() + dt.timedelta(2)).isoformat())
    card.get_by_role("button", name="Write it down").tap()
    expect(card.get_by_text("Written down. Thank you.")).to_be_visible()
    assert steps_of(todays, touch) == ["made"]
    assert asked(todays, "SELECT question, number_value FROM store_answer WHERE touch = ?", touch) == [("feeling", 2.0)]
    assert asked(todays, "SELECT what FROM store_promise WHERE touch = ?", touch) == [("Send the bus times",)]


def test_no_answer_and_later_with_a_date_by_the_keyboard_alone(visit, todays: Path) -> None:
    page = visit("front line", department="member services")
    open_list(page)
    card = first_card(page)
    touch = touch_in(card)
    card.get_by_role("button", name="No answer").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_text("It comes back on")).to_be_visible()
    expect(card.get_by_role("heading")).to_be_focused()  # nothing has to be searched for
    page.keyboard.press("Tab")  # the customer's name
    page.keyboard.press("Tab")
    expect(card.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Tab")
    day = page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Space")  # the first of the other days
    expect(card.get_by_text(f"It comes back on {day}.")).to_be_visible()
    assert steps_of(todays, touch) == ["tried", "tried"]
    page.goto("/today/")
    other = first_card(page)
    assert touch_in(other) != touch
    other.get_by_role("button", name="Later").focus()
    page.keyboard.press("Enter")
    expect(other.get_by_role("button", name="On this day")).to_be_visible()
    day = today() + dt.timedelta(12)
    other.get_by_label("Another day").fill(day.isoformat())
    other.get_by_role("button", name="On this day").focus()
    page.keyboard.press("Enter")
    expect(other.get_by_text(f"{day.day} {day:%B}")).to_be_visible()
    last = asked(
        todays, "SELECT event, due_on FROM store_touchevent WHERE touch = ? ORDER BY number DESC", touch_in(other)
    )
    assert last[0] == ("deferred", day.isoformat())


def test_not_appropriate_with_a_reason_and_undo_by_the_keyboard_alone(visit, todays: Path) -> None:
    page = visit("front line", department="member services")
    open_list(page)
    card = first_card(page)
    touch = touch_in(card)
    card.get_by_text("Not appropriate").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the first reason
    expect(card.get_by_text("Set aside as not appropriate")).to_be_visible()
    expect(card.get_by_role("heading")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="Reached")).to_be_visible()
    assert steps_of(todays, touch) == ["skipped", "reopened"]
    reasons = asked(todays, "SELECT reason FROM store_touchevent WHERE touch = ? AND event = 'skipped'", touch)
    assert reasons == [("This is a hard time for them",)]


def test_a_choice_that_is_tapped_again_is_taken_back(visit, todays: Path) -> None:
    page = visit("front line", department="member services")
    open_list(page)
    card = first_card(page)
    card.get_by_role("button", name="Reached").click()
    choice = card.get_by_role("radio", name="So-so")
    choice.click()
    expect(choice).to_be_checked()
    choice.click()
    expect(choice).not_to_be_checked()
    card.get_by_role("button", name="Undo").click()


def test_without_a_network_it_says_that_nothing_was_recorded(visit, todays: Path) -> None:
    page = visit("front line", phone=True, department="member services")
    open_list(page)
    card = first_card(page)
    page.context.set_offline(True)
    card.get_by_role("button", name="Reached").tap()
    expect(card.get_by_text("There is no network: nothing was recorded.")).to_be_visible()
    page.context.set_offline(False)
    card.get_by_role("button", name="Reached").tap()  # the same form, the same id
    expect(card.get_by_text("What did you learn?")).to_be_visible()
    page.troubles.clear()
    assert steps_of(todays, touch_in(card))[-1:] == ["made"]
    card.get_by_role("button", name="Undo").tap()


def test_whoever_is_signed_out_while_they_write_loses_nothing(visit, todays: Path, site: str) -> None:
    page = visit("front line", phone=True, department="member services")
    open_list(page)
    card = first_card(page)
    card.get_by_role("button", name="Reached").tap()
    card.get_by_label("What you promised").fill("Bring the scarf")
    card.get_by_label("By when").fill(today().isoformat())
    for cookie in page.context.cookies():
        page.context.clear_cookies(name=cookie["name"])
    key = json.loads((todays / "demo.json").read_text())["key"]
    page.context.request.get("/account/login/")  # a page beside this one gives its token to both
    card.get_by_role("button", name="Write it down").tap()
    expect(card.get_by_role("alert")).to_contain_text("You are signed out: nothing was recorded.")
    expect(card.get_by_label("What you promised")).to_have_value("Bring the scarf")
    beside = page.context.new_page()
    beside.goto(f"/account/demo/{key}/{login_of(todays, 'front line', 'member services')}/")
    card.get_by_role("button", name="Write it down").tap()
    expect(card.get_by_text("Written down. Thank you.")).to_be_visible()
    assert asked(todays, "SELECT COUNT(*) FROM store_promise WHERE what = 'Bring the scarf'") == [(1,)]
    page.troubles.clear()  # the browser notes the 401


def test_two_pages_at_once_tell_the_later_one_what_became_of_it(visit, todays: Path) -> None:
    page = visit("front line", phone=True, department="member services")
    open_list(page)
    other = page.context.new_page()
    open_list(other)
    identifier = page.locator(CARDS).first.get_attribute("id")
    page.locator(f"[id='{identifier}']").get_by_role("button", name="Reached").tap()
    expect(page.locator(f"[id='{identifier}']").get_by_text("What did you learn?")).to_be_visible()
    late = other.locator(f"[id='{identifier}']")
    late.get_by_role("button", name="No answer").tap()
    expect(late.get_by_role("alert")).to_contain_text("This touch was settled meanwhile")
    expect(late.get_by_text("Reached:")).to_be_visible()
    page.locator(f"[id='{identifier}']").get_by_role("button", name="Undo").tap()


def test_without_script_the_job_is_done_all_the_same(browser, site: str, todays: Path) -> None:
    key = json.loads((todays / "demo.json").read_text())["key"]
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/account/demo/{key}/{login_of(todays, 'front line', 'member services')}/")
    page.goto("/today/")
    card = page.locator(CARDS).first
    touch = touch_in(card)
    card.get_by_role("button", name="Reached").click()
    page.get_by_role("radio", name="So-so").click()
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("h1")).to_have_text("Whom do I reach today?")
    assert asked(todays, "SELECT number_value FROM store_answer WHERE touch = ?", touch) == [(0.0,)]
    context.close()


def test_the_first_load_is_light(visit, todays: Path) -> None:
    page = visit("front line", phone=True, department="member services")
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    loaded: list[float] = []
    client.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.goto("/today/", wait_until="networkidle")
    assert page.locator(CARDS).count() == 15
    assert sum(loaded) < FIRST_LOAD_BYTES_MAX, f"{sum(loaded):,.0f} bytes"


def test_nothing_hangs_over_the_edge_whatever_the_name(visit, todays: Path) -> None:
    names = [
        "Maximiliane-Alexandra von Hohenstaufen-Württemberg und der Freundeskreis der Südtribüne",
        "عبد الرحمن بن محمد الأنصاري",
        "欧阳美玲与她的家人们",
    ]
    database = sqlite3.connect(todays / "touchbook.sqlite3", timeout=20)
    page = visit("front line", phone=True, department="member services")
    open_list(page)
    touches = [UUID(card.get_attribute("id").removeprefix("touch-")).hex for card in page.locator(CARDS).all()[:3]]
    with database:
        for touch, name in zip(touches, names, strict=True):
            database.execute(
                "UPDATE store_customer SET name = ? WHERE id = (SELECT customer FROM store_plannedtouch WHERE id = ?)",
                [name, touch],
            )
    database.close()
    open_list(page)
    for name in names:
        expect(page.get_by_role("link", name=name)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_reached_with_feeling_and_promise_by_the_keyboard_alone(visit, todays: Path) -> None:
    page = visit("front line", department="member services")
    open_list(page)
    card = first_card(page)
    touch = touch_in(card)
    card.get_by_role("button", name="Reached").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_role("heading", level=2)).to_be_focused()
    for _ in range(3):  # the name, undo, the first question
        page.keyboard.press("Tab")
    feelings = card.get_by_role("group", name="How does being a member feel right now?")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(feelings.get_by_role("radio").nth(1)).to_be_checked()
    card.get_by_label("What you promised").focus()
    page.keyboard.type("Ask the stewards about the lift")
    page.keyboard.press("Tab")
    page.keyboard.type(f"1212{today().year + 1}")  # 12 December, in whichever order the browser asks for it
    card.get_by_role("button", name="Write it down").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_text("Written down. Thank you.")).to_be_visible()
    expect(card.get_by_role("heading", level=2)).to_be_focused()
    promised = asked(todays, "SELECT what FROM store_promise WHERE touch = ?", touch)
    assert promised == [("Ask the stewards about the lift",)]
    assert asked(todays, "SELECT COUNT(*) FROM store_answer WHERE touch = ?", touch) == [(1,)]


def test_every_other_outcome_by_touch(visit, todays: Path) -> None:
    page = visit("front line", phone=True, department="member services")
    open_list(page)
    card = first_card(page)
    touch = touch_in(card)
    card.get_by_role("button", name="No answer").tap()
    card.get_by_role("button", name="Undo").tap()
    card.get_by_role("button", name="Later").tap()
    tomorrow = card.get_by_text("It comes back on").inner_text()
    card.get_by_label("Another day").fill((today() + dt.timedelta(9)).isoformat())
    card.get_by_role("button", name="On this day").tap()
    expect(card.get_by_text(tomorrow)).to_have_count(0)
    card.get_by_role("button", name="Undo").tap()  # the day; before that it had been put off to another
    expect(card.get_by_text(tomorrow)).to_be_visible()
    assert steps_of(todays, touch) == ["tried", "reopened", "deferred", "deferred", "reopened"]
    open_list(page)
    other = first_card(page)
    other.get_by_text("Not appropriate").tap()
    other.get_by_label("Another reason, in your own words").fill("In hospital")
    other.get_by_role("button", name="Set aside").tap()
    expect(other.get_by_text("Set aside as not appropriate")).to_be_visible()
    skipped = asked(
        todays, "SELECT reason FROM store_touchevent WHERE touch = ? AND event = 'skipped'", touch_in(other)
    )
    assert skipped == [("In hospital",)]
