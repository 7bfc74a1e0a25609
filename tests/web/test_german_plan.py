"""A plan's mistakes and warnings are said in the language of whoever reads them, also of a text that is kept."""

from __future__ import annotations

import os
from html import unescape
from pathlib import Path

from django.test import Client

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import Customer, PlanVersion
from touchbook.workflows.refresh_state import refresh_state


def _checked(reader: Client, text: str, language: str) -> str:
    """What the editor says of a text to a reader."""
    form = {"text": text, "based_on": 1, "note": "", "id": str(mint(now()))}
    answer = reader.post("/plan/check/", form, headers={"HX-Request": "true", "Accept-Language": language})
    return unescape(answer.content.decode())


def test_the_mistakes_of_one_text_are_said_to_each_in_their_own_language(visitor) -> None:
    text = PlanVersion.objects.order_by("-number").first().text.replace("purpose: ask", "purpose: asc", 1)
    line = next(number for number, words in enumerate(text.splitlines(), 1) if "purpose: asc" in words)
    stella = visitor("Stella")
    german, english, again = (_checked(stella, text, language) for language in ("de", "en", "de"))
    assert german == again
    assert f'data-line="{line}"' in german
    assert f'data-line="{line}"' in english
    assert "„purpose“: purpose kann nicht „asc“ sein." in german
    assert "Meinten Sie „ask“?" in german
    assert "'asc' is no purpose." in english
    assert "Did you mean 'ask'?" in english
    assert "Did you mean" not in german


def test_a_filter_that_is_wrong_is_explained_in_the_language_of_its_reader(visitor, ana: Customer, home: Path) -> None:
    refresh_state(home, os.environ["TOUCHBOOK_DATABASE_URL"])
    anil = visitor("Anil")

    def told(language: str) -> str:
        answer = anil.get("/customers/", {"where": "balnce < 0"}, headers={"Accept-Language": language})
        return unescape(answer.content.decode())

    assert "Unbekannte Spalte „balnce“; meinten Sie „balance“?" in told("de")
    assert "Unknown column 'balnce'; did you mean 'balance'?" in told("en")
