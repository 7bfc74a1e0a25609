"""Changing a plan's text keeps everything else of it as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_plan_loader import CLUB

from touchbook.kernel.errors import PlanInvalid
from touchbook.plan.document import MappingNode, ScalarNode, read
from touchbook.plan.loader import load, read_plan
from touchbook.plan.printer import as_text, normalise, set_value
from touchbook.workflows.start_plan import KINDS, starter

TEXT = """\
# ours
plan: A club   # the name
guardrails:
  # people first
  rest: 7 days   # at least
  at_most: {any: 2 per 30 days, ask: 1 per 90 days}  # windows
  quiet_hours:
types:
  - a   # first
  - b

touches:
  call:
    purpose: ask
    when: >
      balance < 0
      or hardship
    to:
      - x
      - y
  # the end
"""


def tree(node):
    if isinstance(node, ScalarNode):
        return " ".join(node.value.split())
    if isinstance(node, MappingNode):
        return {key: tree(entry.value) for key, entry in node.entries.items()}
    return [tree(item) for item in node.items]


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("guardrails", "rest"), "10 days", "rest: 7 days ", "rest: 10 days "),
        (("plan",), "A: b # c", "plan: A club ", "plan: 'A: b # c' "),
        (("guardrails", "at_most", "ask"), "1 per 180 days", "1 per 90 days", "1 per 180 days"),
        (("guardrails", "at_most", "sell"), "1 per 90 days", "90 days}", "90 days, sell: 1 per 90 days}"),
        (("guardrails", "at_most", "any"), None, "any: 2 per 30 days, ", ""),
        (("guardrails", "at_most", "ask"), None, ", ask: 1 per 90 days", ""),
        (
            ("guardrails", "at_most"),
            {"any": "1 per 7 days"},
            "{any: 2 per 30 days, ask: 1 per 90 days}",
            "{any: 1 per 7 days}",
        ),
        (("guardrails", "quiet_hours"), "21:00-08:00", "quiet_hours:", "quiet_hours: 21:00-08:00"),
        (("guardrails", "rest"), None, "  rest: 7 days   # at least\n", ""),
        (("types", 0), "z", "- a ", "- z "),
        (("types",), ["p", "q"], "types:\n  - a   # first\n  - b\n", "types: [p, q]\n"),
        (("touches", "call", "to"), "x", "to:\n      - x\n      - y\n", "to: x\n"),
        (("touches", "call", "must"), True, "      - y\n", "      - y\n    must: true\n"),
        (
            ("touches", "note"),
            {"purpose": "inform", "minutes": 2.5},
            "      - y\n",
            "      - y\n  note: {purpose: inform, minutes: 2.5}\n",
        ),
        (
            ("touches", "call", "when"),
            "hardship, it's so",
            ">\n      balance < 0\n      or hardship\n",
            "'hardship, it''s so'\n",
        ),
        (("capacity",), {"email": "20 per week"}, "  # the end\n", "capacity: {email: 20 per week}\n  # the end\n"),
    ],
)
def test_a_value_is_changed_where_it_stands_and_nothing_else(path, value, old, new):
    assert TEXT.count(old) == 1
    changed = set_value(TEXT, path, value)
    assert changed == TEXT.replace(old, new)


def test_a_change_can_be_read_back_as_a_plan():
    changed = set_value(CLUB, ("guardrails", "rest"), "10 days")
    changed = set_value(changed, ("touches", "travel page", "when"), "barrier in ('travel', 'nothing')")
    plan = read_plan(changed)
    assert plan.guardrails.rest_days == 10
    assert plan.touches["travel page"].when.sql == "\"barrier\" IN ('travel', 'nothing')"


@pytest.mark.parametrize("path", [("nowhere", "rest"), ("plan", "x"), ("types", 9), (), ("guardrails", "none")])
def test_a_path_that_leads_nowhere_is_an_error(path):
    with pytest.raises(KeyError):
        set_value(TEXT, path, None if path[-1:] == ("none",) else "x")


def test_a_broken_text_is_not_changed():
    with pytest.raises(PlanInvalid):
        set_value("a: [", ("a",), "x")
    with pytest.raises(PlanInvalid):
        normalise("a: 1\na: 2\n")


SCALARS = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\u2028\u2029\ufeff"),
    max_size=30,
)
TRICKY = st.sampled_from(
    [
        "no",
        "1:30",
        "- a",
        "a: b",
        "a #b",
        "#",
        "'",
        '"',
        "*x",
        "&x",
        "!t",
        "{",
        "[a]",
        "?",
        "-",
        "---",
        "%",
        "@",
        ",",
        "a, b",
        "a: ",
        " a",
        "a ",
        "|",
        ">",
        "~",
        "",
        "x\ny",
        "\t",
    ]
)


@given(
    st.sampled_from([("plan",), ("guardrails", "at_most", "any"), ("types", 1), ("touches", "call", "purpose")]),
    SCALARS | TRICKY,
)
def test_any_text_at_any_place_reads_back_as_itself(path, value):
    if any(0x202A <= ord(character) <= 0x202E or 0x2066 <= ord(character) <= 0x2069 for character in value):
        return
    changed = set_value(TEXT, path, value)
    assert read(changed).at(path).value == value
    others = [line for line in changed.splitlines() if "#" in line and "# " in line]
    assert any("# the end" in line for line in others)


def test_values_are_written_on_one_line():
    assert as_text({"a b": [1, 2.5, True, "no", "x, y"], "c": {}}) == "{a b: [1, 2.5, true, no, 'x, y'], c: {}}"


@pytest.mark.parametrize("text", [TEXT, CLUB, *(starter(kind)["plan.yaml"] for kind in KINDS)])
def test_a_normal_plan_means_the_same_and_keeps_its_comments(text):
    normal = normalise(text)
    assert tree(read(normal).root) == tree(read(text).root)
    assert normalise(normal) == normal
    assert normal.count("# ") == text.count("# ")
    assert (load(normal).plan is None) is (load(text).plan is None)


def test_normal_keeps_values_as_they_were_written():
    assert normalise("a:   no\nb: 007\nc:\n- 1:30\n- 'q'\n\n\n") == "a: no\nb: 007\nc:\n  - 1:30\n  - 'q'\n"
