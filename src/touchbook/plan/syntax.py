"""What a YAML parser complains of, as a sentence for the person who wrote the file."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

from touchbook.kernel.errors import Problem

MAX_CHARACTERS = 250_000
_MAX_REPORTED = 20

# Control characters, and the marks that make a text look different from what it says (bidirectional overrides).
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)

_NAMES = {"\x00": "a NUL byte", "\x1b": "an escape character", "\x7f": "a delete character"}


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, counted from 1, of an offset into a text."""
    before = text[:offset]
    line = before.count("\n") + 1
    return line, offset - (before.rfind("\n") + 1) + 1


def undecodable(data: bytes, offset: int) -> Problem:
    """The problem of bytes that are not UTF-8."""
    line, column = position(data[:offset].decode("utf-8", "replace"), offset)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Problem(1, 1, "the file is UTF-16", "save it as UTF-8")
    return Problem(line, column, f"the byte 0x{data[offset]:02X} is not UTF-8", "save the file as UTF-8", rule="syntax")


def unreadable_characters(text: str) -> tuple[Problem, ...]:
    """One problem for each character that nobody can see and no file of this kind needs (the first few)."""
    problems = []
    for match in _UNREADABLE.finditer(text):
        line, column = position(text, match.start())
        name = _NAMES.get(match[0], f"the invisible character U+{ord(match[0]):04X}")
        problems.append(Problem(line, column, f"{name} stands here", "delete it", rule="syntax"))
        if len(problems) == _MAX_REPORTED:
            break
    return tuple(problems)


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
        return "a tab stands where spaces are needed", "indent with spaces", False
    if "quoted scalar" in context and "end of" in problem:
        return "a quotation mark is opened here and never closed", "close it, or double it inside the text", True
    if "escape character" in problem:
        return "a backslash in double quotes", "use single quotes, or write two backslashes", False
    if "flow mapping" in context or "flow sequence" in context or "flow node" in context:
        return _explain_flow(problem, context)
    return _explain_block(problem)


def _explain_flow(problem: str, context: str) -> tuple[str, str, bool]:
    bracket = "]" if "sequence" in context else "}"
    if "stream end" in problem:
        return f"a bracket is opened here and '{bracket}' never closes it", f"add the '{bracket}'", True
    if "<scalar>" in problem or "but got" in problem:
        what = f"a ',' or the closing '{bracket}' is missing before this"
        return what, "add it, or put double quotes around a value that contains commas, quotes or braces", False
    return "the brackets do not match", "check that each '{' and '[' has its partner", False


def _explain_block(problem: str) -> tuple[str, str, bool]:
    if "mapping values are not allowed" in problem:
        return (
            "a ':' that cannot stand here",
            "put quotes around a value that contains ': ', and line up the keys of one section",
            False,
        )
    if "could not find expected ':'" in problem:
        return "a line without a ':'", "write 'key: value', or indent a text that goes on", False
    if "cannot start any token" in problem:
        return "a value begins with a character that YAML keeps for itself", "put quotes around the value", False
    if "<block end>" in problem:
        what = "this does not belong to the lines before it"
        return what, "line it up with its neighbours, and put quotes around the whole of a value, not a part", False
    return f"this cannot be read as YAML ({problem})", "put quotes around the value, or check the indentation", False
