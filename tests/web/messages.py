"""Texts to translate: gathered from code and templates into the catalogues, and compiled.

There are two collections: the texts of the pages, which Django looks up (``web/locale/*/LC_MESSAGES/django.po``), and
the sentences of all that lies below them (``kernel/locale/*/LC_MESSAGES/sentences.po``; see ``kernel.language``).
``python tests/web/messages.py`` brings both up to date and compiles them; a text that is new is left empty, one that is
gone is dropped. It says how many are still to be translated.
"""

from __future__ import annotations

import ast
import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parents[2] / "src" / "touchbook"
_DJANGO = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_OURS = {"say": 1, "say_many": 2, "later": 1}
"""What says a sentence, and how many of its first arguments are texts."""
_MARKED = re.compile(r"""\b_\((["'])(.+?)\1\)""")

Text = tuple[str, str | tuple[str, str], str | None]
"""Where it stands, the text (or its singular and plural), and its context."""


@dataclass(frozen=True)
class Collection:
    """Texts that are kept together: in which folder and under which name, and from where they are gathered."""

    name: str
    folder: Path
    code: tuple[str, ...]
    gather: Callable[[Path], Iterator[tuple[str | tuple[str, str], str | None]]]
    has_templates: bool = False

    def catalogue(self, language: str) -> Path:
        """Where a language's texts are kept."""
        return self.folder / language / "LC_MESSAGES" / f"{self.name}.po"

    def languages(self) -> list[str]:
        """Those that it is translated into."""
        return sorted(folder.name for folder in self.folder.iterdir())

    def gathered(self) -> Iterator[Text]:
        """Every text that is to be translated."""
        for folder in self.code:
            for file in sorted((SOURCE / folder).rglob("*.py")):
                for text, context in self.gather(file):
                    yield str(file.relative_to(SOURCE)), text, context
        if self.has_templates:
            yield from _of_templates()


def _for_django(file: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    for _, text, _, context in extract_from_file("python", file, keywords=_DJANGO):
        yield text, context


def said_in(file: Path) -> Iterator[ast.Call]:
    """Where a file says a sentence by ``kernel.language``, also within another sentence."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _OURS:
            yield node


def texts_of(call: ast.Call) -> list[str]:
    """The texts that a call says: one, or the singular and the plural; fewer where one is not written out."""
    assert isinstance(call.func, ast.Name)
    given = call.args[: _OURS[call.func.id]]
    return [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _for_us(file: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    for call in said_in(file):
        texts = texts_of(call)
        yield (texts[0] if len(texts) == 1 else (texts[0], texts[1])), None


PAGES = Collection("django", SOURCE / "web" / "locale", ("web", "signin", "site"), _for_django, has_templates=True)
SENTENCES = Collection("sentences", SOURCE / "kernel" / "locale", ("",), _for_us)
COLLECTIONS = (PAGES, SENTENCES)


def _of_templates() -> Iterator[Text]:
    from django.template import engines
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode

    engine = engines["django"].engine
    folder = SOURCE / "web" / "templates"
    for file in sorted(folder.rglob("*")):
        if not file.is_file():
            continue
        place, source = str(file.relative_to(SOURCE)), file.read_text(encoding="utf-8")
        for node in engine.from_string(source).nodelist.get_nodes_by_type((TranslateNode, BlockTranslateNode)):
            context = node.message_context.resolve({}) if node.message_context else None
            if isinstance(node, TranslateNode):
                if isinstance(node.filter_expression.var, str):
                    yield place, node.filter_expression.var, context
                elif isinstance(literal := node.filter_expression.var.literal, str):
                    yield place, literal.replace("%", "%%"), context  # as Django looks it up
                continue
            singular = _trimmed(node, node.render_token_list(node.singular)[0])
            if node.plural:
                yield place, (singular, _trimmed(node, node.render_token_list(node.plural)[0])), context
            else:
                yield place, singular, context
        for found in _MARKED.finditer(source):
            yield place, found.group(2), None


def _trimmed(node: object, text: str) -> str:
    from django.utils.translation import trim_whitespace

    return trim_whitespace(text) if getattr(node, "trimmed", False) else text


class Texts(Catalog):
    """A language's texts. Their head has no date and no author, so that the same texts make the same file."""

    def __init__(self, language: str) -> None:
        super().__init__(locale=language, header_comment="", fuzzy=False)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:  # type: ignore[override]
        kept = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
        return [(name, value) for name, value in super().mime_headers if name in kept]


def read(of: Collection, language: str) -> Texts:
    """A language's texts; none where there is no catalogue yet."""
    file, texts = of.catalogue(language), Texts(language)
    if file.exists():
        with file.open("rb") as opened:
            for one in read_po(opened, locale=language):
                if one.id:
                    texts.add(one.id, one.string, locations=one.locations, flags=one.flags, context=one.context)
    return texts


def compiled(texts: Texts) -> bytes:
    """What Django reads."""
    into = io.BytesIO()
    write_mo(into, texts)
    return into.getvalue()


def brought_up_to_date(of: Collection, language: str) -> Texts:
    """A language's texts as code and templates have them now, with the translations that are there."""
    old, new = read(of, language), Texts(language)
    for place, text, context in of.gathered():
        there = old.get(text[0] if isinstance(text, tuple) else text, context)
        new.add(text, there.string if there and bool(there.pluralizable) == isinstance(text, tuple) else None,
                locations=[(place, None)], context=context)  # fmt: skip
    return new


def main() -> None:
    """Bring every language up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "touchbook.site.web_settings")
    import django

    django.setup()
    for of in COLLECTIONS:
        for language in of.languages():
            file, texts = of.catalogue(language), brought_up_to_date(of, language)
            with file.open("wb") as opened:
                write_po(opened, texts, width=120, sort_output=True, include_lineno=False, omit_header=False)
            file.with_suffix(".mo").write_bytes(compiled(read(of, language)))
            empty = sum(not (all(one.string) if one.pluralizable else one.string) for one in texts if one.id)
            print(f"{of.name}, {language}: {len(texts)} texts, {empty} still to be translated")


if __name__ == "__main__":
    sys.exit(main())
