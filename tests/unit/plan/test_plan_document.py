"""YAML's traps, as people fall into them."""

import time

import pytest

from touchbook.plan.document import MAX_DEPTH, MappingNode, ScalarNode, SequenceNode, read
from touchbook.plan.syntax import MAX_CHARACTERS


def value(text, *path):
    document = read(text)
    assert document.problems == ()
    node = document.at(path)
    assert isinstance(node, ScalarNode)
    return node.value


def only_problem(text):
    document = read(text)
    assert len(document.problems) == 1, document.problems
    return document.problems[0]


@pytest.mark.parametrize(
    "written", ["no", "yes", "on", "off", "1:30", "0123", "1e3", "~", "null", "2020-01-01", "12_000"]
)
def test_every_value_stays_the_text_that_was_written(written):
    assert value(f"answer: {written}\n", "answer") == written


def test_keys_and_values_know_their_place():
    document = read("top:\n  inner: {a: one, b: 'two'}\n  items:\n    - x\n    - y\n")
    two = document.at(("top", "inner", "b"))
    assert (two.line, two.column, two.value, two.quoted) == (2, 22, "two", True)
    assert document.text[two.start : two.end] == "'two'"
    assert isinstance(document.at(("top", "items")), SequenceNode)
    assert document.at(("top", "items", 1)).line == 5
    assert document.place(("top", "inner", "b")) == (2, 19)
    assert document.place(("top", "inner", "missing")) == (2, 3)
    assert document.place(("nowhere",)) == (0, 0)


def test_bytes_are_read_as_utf_8_with_or_without_a_mark():
    assert value("a: é\n".encode(), "a") == "é"
    assert value(b"\xef\xbb\xbfa: 1\n", "a") == "1"
    assert value("\ufeffa: 1\n", "a") == "1"


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "'a' stands here a second time; the first is on line 1"),
        ("a:\n\tb: 1", 2, 1, "tab"),
        ("a: 'never\nb: 2\n", 1, 4, "never closed"),
        ("a: {b: c\nd: e\n", 2, 2, "'}' is missing"),
        ("a: {b: c", 1, 4, "'}' never closes it"),
        ("a: [1, 2\nb: 3", 2, 2, "']' is missing"),
        ("a: b: c", 1, 5, "':' that cannot stand here"),
        ("a: 'x' y", 1, 8, "does not belong"),
        ("a: {when: standing in ('a', 'b'), c: d}", 1, 32, "is missing before this"),
        ("a: @x", 1, 4, "keeps for itself"),
        ('a: "\\q"', 1, 6, "backslash"),
        ("- a\n- b", 1, 1, "a list at its top"),
        ("hello", 1, 1, "single piece of text"),
        ("a: 1\n---\nb: 2", 2, 1, "second document"),
        ("? [a]\n: b", 1, 3, "a key in brackets"),
        ("a: &x 1", 1, 4, "'&x' names a part"),
        ("a: !!python/object:os.system x", 1, 4, "is a YAML tag"),
        ("a: x\x00y", 1, 5, "a NUL byte"),
        ("a: 1\nb: \x07", 2, 4, "invisible character U+0007"),
        ("a: sell \u202eelpoep", 1, 9, "U+202E"),
        (b"a: 1\nb: caf\xe9", 2, 7, "0xE9 is not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, 1, "UTF-16"),
        ("", 0, 0, "is empty"),
        ("# nothing but a comment\n", 0, 0, "is empty"),
    ],
)
def test_each_trap_gives_one_clear_sentence_with_its_place(text, line, column, says):
    problem = only_problem(text)
    assert (problem.line, problem.column) == (line, column)
    assert says in problem.what
    assert problem.remedy


def test_aliases_are_refused_so_that_no_small_text_grows_large():
    lines = ["a0: &a0 [lol, lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    started = time.perf_counter()
    document = read("\n".join(lines))
    assert time.perf_counter() - started < 2
    assert any("'*a0' repeats another part" in problem.what for problem in document.problems)


def test_all_duplicates_and_aliases_are_reported_at_once():
    document = read("a: 1\na: 2\nb: *x\nb: 3\nc: !t 4\n")
    assert [problem.line for problem in document.problems] == [2, 3, 4, 5]


@pytest.mark.parametrize("text", ["[" * 9_000, "a: " + "{b: " * 2_400, "- " * 2_000])
def test_deep_nesting_ends_early_with_a_sentence(text):
    started = time.perf_counter()
    problem = only_problem(text)
    assert f"more than {MAX_DEPTH} deep" in problem.what
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("text", ["x" * (MAX_CHARACTERS + 1), b"x" * (MAX_CHARACTERS + 1)])
def test_an_enormous_text_is_refused_before_it_is_read(text):
    assert "longer than" in only_problem(text).what


def test_a_flow_mapping_keeps_its_order():
    node = read("a: {z: 1, b: 2, y: 3}").at(("a",))
    assert isinstance(node, MappingNode)
    assert list(node.entries) == ["z", "b", "y"]
