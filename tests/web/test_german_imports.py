"""What is wrong with a file that is brought, and with its map, is said in the language of whoever brings it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from test_settings_imports import CSV, MAP, bring, finished

from touchbook.workflows.uploads import find_upload

LANGUAGES = {
    "de": "die Zeile hat 4 Felder, die Datei aber 3 Spalten",
    "en": "the row has 4 fields where the file has 3 columns",
}


@pytest.fixture
def ada(visitor: Callable[[str], Client]) -> Client:
    return visitor("Ada")


def page(client: Client, address: str, language: str) -> str:
    return unescape(client.get(address, headers={"Accept-Language": language}).content.decode())


def problems_in(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [row["problem"] for row in csv.DictReader(stream)]


def test_a_row_that_is_set_aside_is_explained_to_each_reader_in_their_language(ada: Client) -> None:
    upload = bring(ada, CSV + b"1003;Cid;cid@example.org;one too many\n")
    address = f"/settings/imports/files/{upload}/"
    for language in ("de", "en", "de"):
        text = page(ada, address, language)
        assert [said for said in LANGUAGES.values() if said in text] == [LANGUAGES[language]]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_rows_set_aside_by_an_import_are_explained_in_the_language_of_who_began_it(
    ada: Client, language: str
) -> None:
    upload = bring(ada, CSV + b"1003;Cid;cid@example.org;one too many\n;Dee;;\n")
    address = f"/settings/imports/files/{upload}/"
    ada.post(address, {**MAP, "do": "import"}, headers={"Accept-Language": language})
    report = finished(upload)
    assert (report["added"], report["rejected"]) == (2, 2)
    told = [LANGUAGES[language], {"de": "der Kunde fehlt", "en": "the customer is missing"}[language]]
    assert problems_in(find_upload(upload).rejects_file) == told
    assert sorted(problem for problem, _ in report["problems"]) == sorted([told[0], f"member: {told[1]}"])


def test_a_map_with_mistakes_is_told_at_its_fields_in_german(ada: Client) -> None:
    upload = bring(ada, b"when,who,what\n2026-03-01,1001,smiled\n", "moments")
    wrong = {"source": "tablets", "at": "column:gone", "do": "preview"}
    answer = ada.post(f"/settings/imports/files/{upload}/", wrong, headers={"Accept-Language": "de"})
    text = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "die Datei hat keine Spalte „gone“" in text
    assert "die Zuordnung sagt nicht, was in einem Moment geschah" in text
    assert "the file has no column" not in text
