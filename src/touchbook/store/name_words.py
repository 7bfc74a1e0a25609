"""Keeping the words of customers' names, so that one of a million is found while somebody types.

A word is folded: without case and accents, so that "Zoë" is found by "zoe". Scripts that put no spaces between words
give every ending of a word too, so that 王小明 is found by 小明.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection, transaction

from touchbook.store.models import NameWord
from touchbook.store.values import digits_of

WORDS_MAX = 12
_LENGTH_MAX = 100
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")  # O'Neill is one word
_ALONE = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})


def folded(text: str) -> str:
    """A text as names are compared: without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES))
    return "".join(one for one in apart if not unicodedata.combining(one)).translate(_ALONE)


def words_of(name: str) -> list[str]:
    """The words of a name, folded, each once, in their order."""
    return list(dict.fromkeys(word[:_LENGTH_MAX] for word in _WORD.findall(folded(name))))[:WORDS_MAX]


def kept_of(name: str) -> set[str]:
    """What is kept of a name: its words, and the endings of those in scripts without spaces."""
    kept: set[str] = set()
    for word in words_of(name):
        kept.add(word)
        if _UNSPACED.search(word):
            kept.update(word[start:] for start in range(1, min(len(word), WORDS_MAX)))
    return kept


def keep_names(names: Mapping[UUID, str] | Iterable[tuple[UUID, str]], known: bool = True) -> None:
    """Keep the words of customers' names in place of those that were kept. *known*: some may have been kept."""
    rows = [(digits_of(customer), name) for customer, name in (names.items() if isinstance(names, Mapping) else names)]
    table = NameWord._meta.db_table
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if known:
            cursor.executemany(f"DELETE FROM {table} WHERE customer_id = %s", [(one,) for one, _ in rows])  # noqa: S608
        cursor.executemany(
            f"INSERT INTO {table} (word, customer_id) VALUES (%s, %s)",  # noqa: S608
            [(word, customer) for customer, name in rows for word in sorted(kept_of(name))],
        )
