"""Every text that people are shown is there in every language, says the same, and is what is read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from messages import COLLECTIONS, SENTENCES, SOURCE, Collection, brought_up_to_date, compiled, read, said_in, texts_of

from touchbook.kernel.language import ENGLISH, LANGUAGES

CATALOGUES = [
    pytest.param(of, language, id=f"{of.name}-{language}") for of in COLLECTIONS for language in of.languages()
]
_FILLED = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def _texts(text: object) -> list[str]:
    return list(text) if isinstance(text, list | tuple) else [str(text or "")]


@pytest.mark.parametrize(("of", "language"), CATALOGUES)
def test_every_text_is_translated_and_none_is_left_over(of: Collection, language: str) -> None:
    wanted, there = brought_up_to_date(of, language), read(of, language)
    missing = [str(one.id) for one in wanted if one.id and not all(_texts(one.string))]
    assert missing == [], "run: python tests/web/messages.py, and translate what it leaves empty"
    assert {str(one.id) for one in there} == {str(one.id) for one in wanted}, "run: python tests/web/messages.py"
    assert [str(one.id) for one in there if one.id and one.fuzzy] == []


@pytest.mark.parametrize(("of", "language"), CATALOGUES)
def test_what_is_filled_into_a_text_is_filled_into_its_translation(of: Collection, language: str) -> None:
    for one in read(of, language):
        wanted = set(_FILLED.findall(_texts(one.id)[-1]))
        for said in _texts(one.string) if one.id else ():
            assert set(_FILLED.findall(said)) <= wanted, f"{one.id!r}: {said!r}"
        assert not one.id or set(_FILLED.findall(_texts(one.string)[-1])) == wanted, f"{one.id!r}: {one.string!r}"


@pytest.mark.parametrize(("of", "language"), CATALOGUES)
def test_what_is_read_is_what_was_translated(of: Collection, language: str) -> None:
    file = of.catalogue(language).with_suffix(".mo")
    assert file.read_bytes() == compiled(read(of, language)), "run: python tests/web/messages.py"


def test_whoever_can_be_spoken_to_is_spoken_to_in_sentences_of_their_language() -> None:
    assert {*SENTENCES.languages(), ENGLISH} == set(LANGUAGES)


def test_what_is_said_is_written_out_where_it_is_said() -> None:
    """A variable in the place of a sentence would be gathered from nowhere, and stay English for everybody."""
    wanted = {"say": 1, "say_many": 2, "later": 1}
    unwritten = [place for place, call in _said() if len(texts_of(call)) < wanted[call.func.id]]
    assert unwritten == []


def test_what_a_sentence_names_is_filled_in_where_it_is_said() -> None:
    """Each ``%(name)s`` has its value, and each value its place, whichever language the sentence is said in."""
    wrong = []
    for place, call in _said():
        named = {name for text in texts_of(call) for name, _ in _FILLED.findall(text) if name}
        given = [word.arg for word in call.keywords]
        if None not in given and named != set(given):
            wrong.append(place)
    assert wrong == []


def _said() -> Iterator[tuple[str, ast.Call]]:
    for file in sorted(SOURCE.rglob("*.py")):
        for call in said_in(file):
            yield f"{file.relative_to(SOURCE)}:{call.lineno}", call
