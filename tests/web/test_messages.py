"""Every text of the pages is there in every language, says the same, and is what Django reads."""

from __future__ import annotations

import re

import pytest
from messages import LOCALES, brought_up_to_date, catalogue, compiled, read

LANGUAGES = sorted(folder.name for folder in LOCALES.iterdir())
_FILLED = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def _said(text: object) -> list[str]:
    return list(text) if isinstance(text, list | tuple) else [str(text or "")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_left_over(language: str) -> None:
    wanted, there = brought_up_to_date(language), read(language)
    missing = [str(one.id) for one in wanted if one.id and not all(_said(one.string))]
    assert missing == [], "run: python tests/web/messages.py, and translate what it leaves empty"
    assert {str(one.id) for one in there} == {str(one.id) for one in wanted}, "run: python tests/web/messages.py"
    assert [str(one.id) for one in there if one.id and one.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_into_a_text_is_filled_into_its_translation(language: str) -> None:
    for one in read(language):
        wanted = set(_FILLED.findall(_said(one.id)[-1]))
        for said in _said(one.string) if one.id else ():
            assert set(_FILLED.findall(said)) <= wanted, f"{one.id!r}: {said!r}"
        assert not one.id or set(_FILLED.findall(_said(one.string)[-1])) == wanted, f"{one.id!r}: {one.string!r}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_django_reads_is_what_was_translated(language: str) -> None:
    file = catalogue(language).with_suffix(".mo")
    assert file.read_bytes() == compiled(read(language)), "run: python tests/web/messages.py"
