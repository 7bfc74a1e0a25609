"""A German reader's pages speak German down to the planner's own sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from touchbook.kernel.clock import now
from touchbook.store.models import Customer, PlannedTouch, PlanRun
from touchbook.workflows.make_plan import make_plan
from touchbook.workflows.set_consent import ConsentRequest, set_consent

ENGLISH = re.compile(r"\b(the|is planned|is left alone|would|worth|takes|this week|Expected|does not allow|scarce)\b")


@pytest.fixture
def week(people, ana: Customer, home: Path) -> PlanRun:
    """Seven days planned for Ana."""
    return PlanRun.objects.get(id=make_plan(home, settings.TOUCHBOOK_DATABASE_URL).run)


def told(client: Client, address: str, language: str) -> str:
    """What a page says in its main part, without its tags."""
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    page = answer.content.decode()
    body = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split()).replace("&nbsp;", " ")


def test_why_somebody_gets_what_they_get_is_told_in_the_readers_language(visitor, week: PlanRun) -> None:
    touch = PlannedTouch.objects.first()
    address, anil = f"/week/{week.number}/why/{touch.customer}/", visitor("Anil")
    english, german = told(anil, address, "en"), told(anil, address, "de")
    assert f"“{touch.name}” (" in english
    assert " is planned." in english
    assert f"„{touch.name}“ (" in german
    assert " ist geplant." in german
    assert "Nichts von dem, was er braucht, ist diese Woche knapp." in german
    assert re.search(r"Nicht „[^“]+“: [^.]+\.", german)
    own = re.sub(r"„[^“]*“", "", german)
    assert not ENGLISH.search(own), own


def test_why_somebody_is_left_alone_is_told_in_the_readers_language(visitor, people, ana, home: Path) -> None:
    set_consent(ConsentRequest(ana.id, False, now()))
    run = PlanRun.objects.get(id=make_plan(home, settings.TOUCHBOOK_DATABASE_URL).run)
    german = told(visitor("Mia"), f"/week/{run.number}/why/{ana.id}/", "de")
    assert "Ana Whitfield wird diese Woche in Ruhe gelassen: Kein Kontakt des Plans ist jetzt möglich." in german
    assert "fehlt die Einwilligung des Kunden." in german
    assert not ENGLISH.search(re.sub(r"„[^“]*“", "", german)), german


def test_what_a_week_is_worth_is_told_in_the_readers_language(visitor, week: PlanRun) -> None:
    stella = visitor("Stella")
    assert "Expected to be worth £" in told(stella, "/week/", "en")
    german = told(stella, "/week/", "de")
    assert re.search(r"Voraussichtlich [\d.,]+ £ wert, neben dem, was gemacht werden muss; kein Plan", german)
    assert "Expected" not in german


def test_reasons_stay_in_the_language_of_the_house(visitor, week: PlanRun) -> None:
    """They were written down for everybody, once, when the week was decided."""
    touch = PlannedTouch.objects.first()
    german = told(visitor("Stella"), f"/week/{week.number}/touches/{touch.id}/", "de")
    assert "Expected: " in german


def test_what_speaks_for_staying_is_told_in_the_readers_language(visitor, ana: Customer) -> None:
    german = told(visitor("Mona"), f"/customers/{ana.id}/how/stay/", "de")
    assert "Dauer: im ersten Jahr gehen mehr als im zweiten und dritten" in german
    assert "tenure" not in german


def test_the_words_of_a_touch_and_of_a_standing_are_the_readers(visitor, ana: Customer, week: PlanRun) -> None:
    touch = PlannedTouch.objects.filter(run=week, customer=ana.id).first()
    shown = {"phone": "Telefon", "email": "E-Mail", "sms": "SMS", "letter": "Brief", "visit": "Besuch"}
    german = told(visitor("Anil"), f"/week/{week.number}/touches/{touch.id}/", "de")
    assert f"{touch.purpose}, {touch.channel}" not in german
    assert shown[touch.channel] in german
    assert "Neutral" in told(visitor("Mia"), f"/customers/{ana.id}/", "en")
    assert re.search("Neutral|Verbunden|Überzogen", told(visitor("Mia"), f"/customers/{ana.id}/", "de"))
