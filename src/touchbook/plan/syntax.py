"""What a YAML parser complains of, as a sentence for the person who wrote the file."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

from touchbook.kernel.errors import Problem
from touchbook.kernel.language import say

MAX_CHARACTERS = 250_000
_MAX_REPORTED = 20

# Control characters, and the marks that make a text look different from what it says (bidirectional overrides).
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, counted from 1, of an offset into a text."""
    before = text[:offset]
    line = before.count("\n") + 1
    return line, offset - (before.rfind("\n") + 1) + 1


def undecodable(data: bytes, offset: int) -> Problem:
    """The problem of bytes that are not UTF-8."""
    line, column = position(data[:offset].decode("utf-8", "replace"), offset)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Problem(1, 1, say("the file is UTF-16"), say("save it as UTF-8"))
    what = say("the byte %(byte)s is not UTF-8", byte=f"0x{data[offset]:02X}")
    return Problem(line, column, what, say("save the file as UTF-8"), rule="syntax")


def unreadable_characters(text: str) -> tuple[Problem, ...]:
    """One problem for each character that nobody can see and no file of this kind needs (the first few)."""
    problems = []
    for match in _UNREADABLE.finditer(text):
        line, column = position(text, match.start())
        problems.append(Problem(line, column, _standing_here(match[0]), say("delete it"), rule="syntax"))
        if len(problems) == _MAX_REPORTED:
            break
    return tuple(problems)


def _standing_here(character: str) -> str:
    named = {
        "\x00": say("a NUL byte stands here"),
        "\x1b": say("an escape character stands here"),
        "\x7f": say("a delete character stands here"),
    }
    other = say("the invisible character %(code)s stands here", code=f"U+{ord(character):04X}")
    return named.get(character, other)


def syntax_problem(error: MarkedYAMLError, text: str) -> Problem:
    """The parser's complaint, placed where a person should look, with what to write instead."""
    problem, context = error.problem or "", error.context or ""
    mark, start = error.problem_mark, error.context_mark
    what, remedy, at_start = _explain(problem, context)
    chosen = start if at_start and start is not None else mark or start
    if chosen is None:
        return Problem(0, 0, what, remedy, rule="syntax")
    lines = text.rstrip("\n").count("\n") + 1
    line = min(chosen.line + 1, lines)  # a parser that notices at the very end points past the last line
    return Problem(line, chosen.column + 1, what, remedy, rule="syntax")


def _explain(problem: str, context: str) -> tuple[str, str, bool]:
    """What is wrong, what to write, and whether to point at where the construct began."""
    if r"'\t'" in problem:
        return say("a tab stands where spaces are needed"), say("indent with spaces"), False
    if "quoted scalar" in context and "end of" in problem:
        what = say("a quotation mark is opened here and never closed")
        return what, say("close it, or double it inside the text"), True
    if "escape character" in problem:
        return say("a backslash in double quotes"), say("use single quotes, or write two backslashes"), False
    if "flow mapping" in context or "flow sequence" in context or "flow node" in context:
        return _explain_flow(problem, context)
    return _explain_block(problem)


def _explain_flow(problem: str, context: str) -> tuple[str, str, bool]:
    bracket = "]" if "sequence" in context else "}"
    if "stream end" in problem:
        what = say("a bracket is opened here and '%(bracket)s' never closes it", bracket=bracket)
        return what, say("add the '%(bracket)s'", bracket=bracket), True
    if "<scalar>" in problem or "but got" in problem:
        what = say("a ',' or the closing '%(bracket)s' is missing before this", bracket=bracket)
        return what, say("add it, or put double quotes around a value that contains commas, quotes or braces"), False
    return say("the brackets do not match"), say("check that each '{' and '[' has its partner"), False


def _explain_block(problem: str) -> tuple[str, str, bool]:
    if "mapping values are not allowed" in problem:
        return (
            say("a ':' that cannot stand here"),
            say("put quotes around a value that contains ': ', and line up the keys of one section"),
            False,
        )
    if "could not find expected ':'" in problem:
        return say("a line without a ':'"), say("write 'key: value', or indent a text that goes on"), False
    if "cannot start any token" in problem:
        what = say("a value begins with a character that YAML keeps for itself")
        return what, say("put quotes around the value"), False
    if "<block end>" in problem:
        what = say("this does not belong to the lines before it")
        remedy = say("line it up with its neighbours, and put quotes around the whole of a value, not a part")
        return what, remedy, False
    what = say("this cannot be read as YAML (%(problem)s)", problem=problem)
    return what, say("put quotes around the value, or check the indentation"), False
