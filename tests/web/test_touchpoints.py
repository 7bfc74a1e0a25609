"""The journey: what was won and lost where, in sentences, for who answers for it, and never by person."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import Customer, Entry, Touchpoint
from touchbook.web.templatetags.words import percent
from touchbook.web.touchpoints.sentences import change
from touchbook.workflows.correct import CorrectionRequest, correct
from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment
from touchbook.workflows.refresh_state import refresh_state


def happened(who: Customer | None, touchpoint: str, practice: str, days: float, staff=None, note: str = "") -> None:
    at = now() - timedelta(days=days)
    request = MomentRequest(
        mint(at), at, touchpoint, (Happened(practice),), who.id if who else None, staff.id if staff else None, note=note
    )
    log_moment(request)


def refreshed(home: Path) -> None:
    refresh_state(home, os.environ["TOUCHBOOK_DATABASE_URL"])


@pytest.fixture
def journey(ana: Customer, people, home: Path) -> dict[str, str]:
    """Four weeks at the gate (operations) and in the seats (member services); the address of each touchpoint."""
    for days in (1, 2, 3):
        happened(ana, "gate", "greeted by name", days, people["Omar"], "wore the old scarf")
    happened(ana, "gate", "rough bag search", 4, people["Omar"])
    happened(None, "gate", "rough bag search", 5, people["Omar"], "a guest with a pram")
    happened(ana, "gate", "rough bag search", 40)
    happened(ana, "in-seat visit", "remembered what we talked about", 2, people["Mona"])
    happened(ana, "in-seat visit", "pitched an upgrade", 90)
    refreshed(home)
    return {one.name: f"/touchpoints/{one.id}/" for one in Touchpoint.objects.all()}


def page(client: Client, address: str = "/touchpoints/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("Mia", {"in-seat visit", "renewal call"}),  # member services'
        ("Stella", {"gate", "in-seat visit", "seat move", "renewal call", "kiosk"}),
        ("Anil", {"gate", "in-seat visit", "seat move", "renewal call", "kiosk"}),
        ("Ada", {"gate", "in-seat visit", "seat move", "renewal call", "kiosk"}),
    ],
)
def test_managers_see_their_departments_and_the_office_sees_all(visitor, journey, who: str, seen: set[str]) -> None:
    text = page(visitor(who))
    assert {name for name, address in journey.items() if address in text} == seen
    for name, address in journey.items():
        assert visitor(who).get(address).status_code == (200 if name in seen else 404), name


def test_the_front_line_and_strangers_do_not_see_it(visitor, journey) -> None:
    for address in ("/touchpoints/", journey["gate"]):
        assert visitor("Omar").get(address).status_code == 403
        assert visitor("stranger").get(address).status_code == 302


def test_the_worst_leak_and_the_best_habit_can_be_read_out(visitor, journey) -> None:
    text = page(visitor("Stella"))
    assert "Gate: “rough bag search” cost us 6.0 points in 28 days. 100% of that is not made good yet." in text
    assert "Gate: “greeted by name” brought us 6.0 points in 28 days. It happens in 60% of the moments" in text
    mia = page(visitor("Mia"))
    assert "rough bag search" not in mia
    assert "“remembered what we talked about” brought us 3.0 points" in mia


def test_bars_come_with_a_sign_a_word_and_a_table(visitor, journey) -> None:
    text = page(visitor("Stella"))
    assert 'aria-label="gate: +6.0 points in deposits, −6.0 points in withdrawals in the last 28 days"' in text
    assert re.search(r"−6.0 <span class=\"small\">lost", text)
    assert re.search(r'<th scope="row">gate</th><td class="num">\+6.0</td>.*?−6.0</td><td class="num">−3.0</td>', text)
    assert "Withdrawals: 2.0 times as much as before" in text


def test_stages_stand_in_the_plans_order(visitor, journey) -> None:
    headings = re.findall(r'<h2 id="stage-\d+">(.*?)</h2>', page(visitor("Stella")))
    assert headings == ["Match day", "Season", "Renewal"]


def test_a_department_can_be_looked_at_alone(visitor, journey) -> None:
    department = re.search(r'href="(\?department=[^"]+)">Operations', page(visitor("Stella")))[1]
    text = page(visitor("Stella"), f"/touchpoints/{department}")
    assert journey["gate"] in text
    assert journey["kiosk"] not in text
    assert journey["kiosk"] in page(visitor("Stella"), "/touchpoints/?department=none-of-ours")


@pytest.mark.parametrize(
    ("now_points", "before", "said"),
    [
        (0.0, 0.0, ""),
        (5.0, 0.0, "there was next to nothing before"),
        (10.0, 10.5, "about as before"),
        (0.0, 10.0, "none any more"),
        (15.0, 10.0, "50% more than before"),
        (6.0, 10.0, "40% less than before"),
        (25.0, 10.0, "2.5 times as much as before"),
    ],
)
def test_a_change_is_said_in_words(now_points: float, before: float, said: str) -> None:
    assert change(now_points, before) == said


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [
        (0.0, 0, "0%"),
        (0.004, 0, "under 1%"),
        (0.006, 0, "1%"),
        (0.004, 1, "0.4%"),
        (0.0002, 1, "under 0.1%"),
        (1.0, 0, "100%"),
    ],
)
def test_what_happens_seldom_is_not_said_never_to_happen(share: float, digits: int, said: str) -> None:
    assert percent(share, digits) == said


def test_a_touchpoint_opens_to_its_practices_and_moments(visitor, journey) -> None:
    text = page(visitor("Stella"), journey["gate"])
    assert "5 moments in the last 28 days" in text
    assert "in 60% of the moments" in text
    assert "Queue that nobody explained" in text
    assert "not seen in 28 days" in text
    assert text.count('class="moment"') == 6
    assert "a guest with a pram" in text
    assert "Ana Whitfield" in text


def test_no_name_of_staff_stands_beside_a_withdrawal(visitor, journey, people) -> None:
    for text in (page(visitor("Stella")), page(visitor("Ada"), journey["gate"])):
        assert not {name for name in people if name in text} - {"Stella", "Ada"}


def test_a_customer_of_colleagues_is_not_named_and_their_note_is_not_shown(visitor, journey, people, home) -> None:
    Customer.objects.update(owner=people["Omar"])
    happened(Customer.objects.get(), "in-seat visit", "asked one real question", 1, note="her mother is ill")
    text = page(visitor("Mia"), journey["in-seat visit"])
    assert "a customer of colleagues" in text
    assert "Ana Whitfield" not in text
    assert "her mother is ill" not in text
    assert "her mother is ill" in page(visitor("Stella"), journey["in-seat visit"])


def test_what_was_taken_back_counts_no_more(visitor, journey, home) -> None:
    wrong = Entry.objects.filter(kind="withdrawal", account_kind="customer").order_by("-at").first()
    correct(CorrectionRequest(mint(now()), now(), entry=wrong.id))
    refreshed(home)
    assert "“rough bag search” cost us 3.0 points" in page(visitor("Stella"))
    assert "taken back since" in page(visitor("Stella"), journey["gate"])


def test_earlier_moments_follow_without_gap_or_repeat(visitor, journey, ana) -> None:
    at = now() - timedelta(days=6)
    for _ in range(70):  # all in one instant
        log_moment(MomentRequest(mint(now()), at, "kiosk", (Happened("remembered the usual order"),), ana.id))
    stella, address, pages = visitor("Stella"), journey["kiosk"], []
    while address:
        text = page(stella, address)
        pages.append(text.count('class="moment"'))
        further = re.search(r'class="button plain" href="([^"]+)" hx-get', text)
        address = further[1] if further else ""
    assert pages == [30, 30, 10]
    again = stella.get(f"{journey['kiosk']}?before=1", headers={"HX-Request": "true"}).content
    assert b"<h1" not in again


def test_it_says_when_nothing_was_logged_yet_and_when_sums_are_still_being_made(visitor, people, home) -> None:
    assert "The sums are being made" in page(visitor("Stella"))
    refreshed(home)
    text = page(visitor("Mia"))
    assert "Nothing was logged in the last 28 days" in text
    assert "Log a moment" in text
    gate = Touchpoint.objects.get(name="gate")
    assert "No moment is on record here yet" in page(visitor("Ada"), f"/touchpoints/{gate.id}/")


def test_a_manager_without_departments_is_told_why_the_page_is_empty(visitor, people, home) -> None:
    people["Mia"].department = None
    people["Mia"].save()
    refreshed(home)
    assert "You see those of your departments" in page(visitor("Mia"))
