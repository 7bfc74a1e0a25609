"""Map files: what they may say, and every mistake told at its line with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from touchbook.kernel.errors import MapInvalid
from touchbook.plan.loader import read_plan
from touchbook.workflows.import_records.mapping import KEYS, RecordKind, file_terms, load
from touchbook.workflows.import_records.playbook import Place, Playbook, Practised
from touchbook.workflows.import_records.rules import SKIPPED, Decider
from touchbook.workflows.import_records.values import BadValue

PLAN = read_plan(
    """
plan: Test
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: 100, period: 365 days, discount: 10%}
types: {regular: true}
attributes: {seats: number, joined: date}
questions:
  feeling: {ask: How is it?, scale: -2..2, good_for: 90 days}
touchpoints:
  delay:
    deposits: {told early: 3, rebooked: 4, voucher: 2}
    withdrawals: {rolling delays: 3}
touches:
  call: {purpose: ask, channel: phone, team: service, minutes: 10, asks: [feeling]}
"""
)
EARLY = Practised("11", "told early", "deposit", 3.0)
ROLLING = Practised("12", "rolling delays", "withdrawal", 3.0)
BOTH = (Practised("13", "voucher", "deposit", 2.0), Practised("14", "voucher", "withdrawal", 2.0))
PLAYBOOK = Playbook(
    {
        "delay": Place("1", "delay", "", (EARLY, ROLLING, *BOTH)),
        "baggage": Place("2", "baggage", "", (Practised("21", "bag lost", "withdrawal", 4.0),)),
    }
)
COLUMNS = ("id", "at", "guest", "mood", "reason", "score", "where", "what")


def problems_of(text: str, kind: RecordKind = "moments") -> list[str]:
    with pytest.raises(MapInvalid) as invalid:
        load(text.encode(), kind, COLUMNS, PLAN, PLAYBOOK, source="map.yaml")
    return str(invalid.value).splitlines()


def decider_of(text: str) -> Decider:
    head = "source: test\nat: at\ncustomer: guest\n"
    decider = load((head + text).encode(), "moments", COLUMNS, PLAN, PLAYBOOK).decider
    assert decider is not None
    return decider


def row(mood: str = "", reason: str = "", score: str = "", where: str = "", what: str = "") -> list[str]:
    return ["1", "2026-01-01", "g", mood, reason, score, where, what]


RULES = """entries:
  - {when: {mood: negative, reason: [Late, Cancelled]}, touchpoint: delay, practice: rolling delays, unnamed_witnesses: 2}
  - {when: {mood: negative, score: "< 0.5"}, skip: true}
  - {when: {mood: Positive}, touchpoint: delay, practice: [told early, + voucher]}
"""


def test_the_first_rule_that_matches_decides() -> None:
    decider = decider_of(RULES)
    late = decider.meaning(row("Negative", "late"))
    assert (late.practices, late.unnamed_witnesses) == ((ROLLING,), 2)
    assert decider.meaning(row("negative", "other", "0.3")) is SKIPPED
    assert decider.meaning(row("positive")).practices == (EARLY, BOTH[0])
    with pytest.raises(BadValue, match="no rule of 'entries' matches mood 'meh'"):
        decider.meaning(row("meh"))


def test_several_lists_give_one_moment_several_entries() -> None:
    decider = decider_of(
        """entries:
  - [{when: {mood: negative}, touchpoint: delay, practice: rolling delays}, {when: {}, skip: true}]
  - [{when: {reason: voucher}, touchpoint: delay, practice: + voucher}, {when: {reason: bag}, touchpoint: baggage, practice: bag lost}]
"""
    )
    assert decider.meaning(row("negative", "voucher")).practices == (ROLLING, BOTH[0])
    assert decider.meaning(row("fine", "x")) is SKIPPED
    with pytest.raises(BadValue, match="two touchpoints, 'baggage' and 'delay'"):
        decider.meaning(row("negative", "bag"))


def test_columns_may_name_touchpoint_and_practice() -> None:
    decider = decider_of("touchpoint: {column: where, values: {Gate: delay, bags: baggage}}\npractice: what\n")
    assert decider.meaning(row(where="gate", what="Told early; - voucher")).practices == (EARLY, BOTH[1])
    for cells, told in (
        ({"where": "bar", "what": "x"}, "not among the values"),
        ({"where": "bags", "what": "bag lots"}, "no practice of the touchpoint 'baggage'"),
        ({"where": "gate", "what": "voucher"}, "both a deposit and a withdrawal"),
        ({"where": "gate", "what": ""}, "practice is missing"),
    ):
        with pytest.raises(BadValue, match=told):
            decider.meaning(row(**cells))


@pytest.mark.parametrize("written", ["%Q", "%d/%m/%Q", "%d/%m", "%", "day", "%Y-%", "%Y %Y"])
def test_a_date_format_that_is_none_is_a_mistake_of_the_map(written: str) -> None:
    (line,) = problems_of(
        f"""source: x
at: {{column: at, format: "{written}"}}
customer: guest
touchpoint: {{value: delay}}
practice: {{value: rolling delays}}
"""
    )
    assert "is not a format of dates" in line


def test_every_problem_is_told_at_once_with_its_place() -> None:
    lines = problems_of(
        """source: x
at: {column: att, format: day}
customer: {column: guest, knd: email}
nots: mood
attributes: {seat: score}
entries:
  - {when: {moood: bad}, touchpoint: dealy, practice: rolling delays}
  - {when: {mood: bad}, touchpoint: delay, practice: roling delays}
  - {when: {mood: bad}, touchpoint: delay, practice: voucher}
  - {touchpoint: delay}
"""
    )
    places = [":".join(line.split(":")[1:3]) for line in lines]
    assert places == ["2:14", "2:27", "3:27", "4:1", "5:14", "7:13", "7:38", "8:54", "9:54", "10:5", "10:5"]
    together = "\n".join(lines)
    for told in (
        "the file has no column 'att'; did you mean 'at'",
        "'knd' means nothing under the customer; did you mean 'kind'",
        "did you mean 'note'",
        "declares no attribute 'seat'; did you mean 'seats'",
        "did you mean 'mood'",
        "did you mean 'delay'",
        "did you mean 'rolling delays'",
        "write '+ voucher' or '- voucher'",
    ):
        assert told in together


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("moments", "at: at\nentries: []\n", "no 'source'"),
        ("moments", "source: x\nat: at\n", "does not say what happened"),
        ("moments", "source: x\nat: at\nsource: y\nentries: []\n", "stands here a second time"),
        ("moments", "- a\n", "a list at its top"),
        ("moments", "", "the file is empty"),
        (
            "moments",
            "source: x\nat: at\ntimezone: Mars/Olympus\ntouchpoint: where\npractice: what\n",
            "not a time zone",
        ),
        ("outcomes", "source: x\nat: at\ncustomer: guest\noutcome: {value: renewd}\n", "did you mean 'renewed'"),
        ("outcomes", "source: x\nat: at\noutcome: what\n", "who the customers are"),
        (
            "answers",
            "source: x\nat: at\ncustomer: guest\nquestion: {value: feelings}\nvalue: score\n",
            "did you mean 'feeling'",
        ),
        ("answers", "source: x\nat: at\ncustomer: guest\nquestion: what\n", "no 'value'"),
        ("customers", "source: x\ncustomer: guest\nconsents: [{column: mood, channel: fax}]\n", "'fax' is no channel"),
        ("customers", "source: x\ncustomer: guest\nentries: []\n", "means nothing in a map of customers"),
    ],
)
def test_each_mistake_has_its_sentence(kind: RecordKind, text: str, told: str) -> None:
    assert any(told in line for line in problems_of(text, kind))


def test_the_map_may_prescribe_delimiter_and_encoding() -> None:
    terms = file_terms(b"source: x\ndelimiter: tab\nencoding: cp1250\n", "map.yaml")
    assert (terms.delimiter, terms.encoding) == ("\t", "cp1250")
    with pytest.raises(MapInvalid, match="not a delimiter"):
        file_terms(b"delimiter: both\n", "map.yaml")


def test_every_key_of_a_map_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "map.md").read_text()
    assert [key for keys in KEYS.values() for key in keys if f"`{key}`" not in page] == []
