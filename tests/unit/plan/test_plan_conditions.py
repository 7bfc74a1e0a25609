"""Conditions: what may be written, what it means, and that nothing else gets through."""

import logging
import string
import time

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from touchbook.plan.columns import catalogue
from touchbook.plan.conditions import check, to_dialect
from touchbook.plan.model import Attribute, Question, ValueKind
from touchbook.plan.vocabulary import vocabulary

QUESTIONS = {
    "barrier": Question("barrier", "What stands in the way?", 180, choices=("price", "travel")),
    "feeling": Question("feeling", "How do you feel?", 90, scale=(-2.0, 2.0)),
}
ATTRIBUTES = {
    "seats": Attribute("seats", ValueKind.NUMBER),
    "annual_value": Attribute("annual_value", ValueKind.NUMBER),
    "joined": Attribute("joined", ValueKind.DATE),
    "vip": Attribute("vip", ValueKind.YES_NO),
    "account_kind": Attribute("account_kind", ValueKind.TEXT),
}
WORDS = vocabulary(ATTRIBUTES, QUESTIONS, ("newcomer", "regular"), ("gate",))
FACTS = vocabulary(ATTRIBUTES, QUESTIONS, ("newcomer", "regular"), ("gate",), upto="facts")


@pytest.fixture(scope="module")
def state():
    """An empty and a full customer, with every column a condition may use."""
    sql_type = {"number": "double", "text": "varchar", "yes/no": "boolean", "date": "date"}
    columns = catalogue(ATTRIBUTES, QUESTIONS)
    connection = duckdb.connect(config={"enable_external_access": "false"})
    described = ", ".join(f'"{name}" {sql_type[column.kind]}' for name, column in columns.items())
    connection.execute(f"create table state ({described})")
    example = {"number": "9e18", "text": "'price'", "yes/no": "true", "date": "date '2020-01-01'"}
    connection.execute(f"insert into state values ({', '.join(example[c.kind] for c in columns.values())})")
    connection.execute(f"insert into state values ({', '.join(['null'] * len(columns))})")
    return connection


SOUND = [
    "true",
    "tenure_days < 365",
    "standing in ('engaged', 'advocate')",
    "standing not in ('overdrawn')",
    "balance < 0 or hardship or open_withdrawals > 0",
    "not vip and (seats >= 3 or account_kind = 'company')",
    "seats between 1 and 4",
    "seats not between 1 and 4",
    "barrier is null or barrier = 'travel'",
    "vip is not true",
    "account_kind like 'comp%' and account_kind not ilike '%x'",
    "joined < '2024-01-31'",
    "joined between '2020-01-01' and '2021-01-01'",
    "coalesce(feeling, 0) < 0",
    "greatest(balance, -5) > least(1, seats)",
    "round(annual_value / seats, 2) > 100",
    "abs(feeling_trend) > 0.5 and upper(account_kind) = lower('X') or length(account_kind) > 3",
    "case when vip then 2 else 1 end >= seats",
    "case standing when 'engaged' then true else false end",
    "seats / 0 > 1 or seats % 0 = 1",
    "seats * seats * seats * seats > 1",
    "- -seats > - -1",
    "seats - -1 > 3",
    "vip = vip = vip",
    "vip = not vip",
    "seats is null = vip",
    "vip = seats between 1 and 2",
    "(vip or hardship) = (vip and hardship)",
    "SEATS > 1 AND Vip",
    "last_touchpoint = 'gate' and last_kind = 'withdrawal'",
    "type = 'newcomer' and stay_probability < 0.5",
    'seats > 1 and "vip"',
    "account_kind = 'it''s; -- /* not a comment */ $1'",
    " or ".join(["seats > 1"] * 60),
]


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_condition_runs_on_every_row_and_in_spark(text, state):
    checked = check(text, WORDS, line=7)
    assert checked.faults == ()
    condition = checked.condition
    assert (condition.text, condition.line) == (text, 7)
    rows = state.execute(f"select {condition.sql} from state").fetchall()
    assert len(rows) == 2
    assert all(value in (True, False, None) for (value,) in rows)
    again = check(condition.text, WORDS).condition
    assert again.sql == condition.sql
    sqlglot.parse_one(to_dialect(condition, "spark"), read="spark")


def test_a_condition_says_which_columns_it_reads():
    condition = check("SEATS > 1 and (vip or barrier = 'price')", WORDS).condition
    assert condition.columns == {"seats", "vip", "barrier"}
    assert condition.sql == """"seats" > 1 AND ("vip" OR "barrier" = 'price')"""
    assert to_dialect(condition, "spark") == "`seats` > 1 AND (`vip` OR `barrier` = 'price')"


def test_division_by_zero_gives_null_and_large_products_no_overflow(state):
    value = check("annual_value * seats / (seats - seats)", WORDS, "number").condition
    assert state.execute(f"select {value.sql} from state").fetchall() == [(None,), (None,)]


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("seatz > 3", "unknown column 'seatz'", "did you mean 'seats'?"),
        ("barrier = 'travle'", "barrier is never 'travle'", "did you mean 'travel'?"),
        ("barrier in ('price', 'x')", "barrier is never 'x'", "write one of: price, travel"),
        ("standing = 'engagd'", "standing is never 'engagd'", "did you mean 'engaged'?"),
        ("type = 'newcommer'", "type is never 'newcommer'", "did you mean 'newcomer'?"),
        ("last_kind = 'deposits'", "last_kind is never", "did you mean 'deposit'?"),
        ('barrier = "travel"', "unknown column 'travel'", "in single quotes"),
        ("barrier = travel", "unknown column 'travel'", "in single quotes"),
        ("feeling = '3'", "'feeling' is a number and '3' is text", "write 3 without quotes"),
        ("standing = 3", "'standing' is text and 3 is a number", "write '3' in single quotes"),
        ("vip = 'yes'", "'vip' is yes or no", "write vip or not vip"),
        ("seats", "'seats' is a number, where yes or no is needed", "compare it"),
        ("joined < '01/02/2020'", "is no date", "'2026-01-31'"),
        ("joined < 3", "'joined' is a date", "a date"),
        ("vip = null", "a comparison with null never holds", "is null"),
        ("seats < annual_value < 3", "yes or no", "true or false"),
        ("", "is empty", "balance < 0"),
        ("seats >", "cannot be read", "comparison"),
        ("barrier = 'it's'", "never closed", "double it"),
        ("barrier = \u2018price\u2019", "not a straight one", "write '"),
        ("a == 1; b", "';' ends a statement", "remove"),
    ],
)
def test_a_mistake_gets_a_sentence_and_what_to_write(text, what, remedy):
    checked = check(text, WORDS)
    assert checked.condition is None
    assert what in checked.faults[0].what
    assert remedy in checked.faults[0].remedy


def test_all_mistakes_of_one_condition_are_found_at_once_and_placed():
    faults = check("seatz > 3 and balanze < 0", WORDS).faults
    assert [(fault.offset, fault.what) for fault in faults] == [
        (0, "unknown column 'seatz'"),
        (14, "unknown column 'balanze'"),
    ]


def test_what_is_known_later_cannot_decide_a_type():
    assert "not yet known" in check("stay_probability < 0.5", FACTS).faults[0].what
    assert "not yet known" in check("type = 'regular'", FACTS).faults[0].what
    assert check("stay_probability < 0.5", WORDS).condition


def test_a_number_outside_a_scale_is_a_warning_alone():
    checked = check("feeling < -3", WORDS)
    assert checked.condition
    assert [fault.severity for fault in checked.faults] == ["warning"]
    assert check("feeling <= -2 and feeling between -1 and 2", WORDS).faults == ()


def test_worth_must_be_a_number():
    assert check("annual_value * 1.2", FACTS, "number").condition
    assert "a number is needed" in check("vip", FACTS, "number").faults[0].what


HOSTILE = [
    "read_csv('/etc/passwd') = 1",
    "(select 1) = 1",
    "exists(select 1)",
    "seats in (select seats from state)",
    "seats in (from state)",
    "seats in range(3)",
    "seats in seats",
    "'/etc/passwd' in (select content from read_text('/etc/passwd'))",
    "getenv('HOME') = 'x'",
    "current_setting('home_directory') = 'x'",
    "current_user = 'x'",
    "current_date > joined",
    "now() > joined",
    "random() < 0.5",
    "state.seats = 1",
    "main.state.seats = 1",
    "state.* = 1",
    "*",
    "count(*) > 1",
    "count(seats) > 1",
    "sum(seats) over () > 1",
    "row_number() over (order by seats) = 1",
    "columns('.*') = 1",
    "columns(*) > 1",
    "seats::int = 1",
    "cast(seats as int) = 1",
    "try_cast(seats as int) = 1",
    "date '2020-01-01' < joined",
    "interval 1 day > 3",
    "seats > 1; drop table state",
    "seats > 1 -- hidden",
    "seats > /* hidden */ 1",
    "true /*! or 1 */",
    "seats[1] = 1",
    "[1, 2] = [1]",
    "{'a': 1}.a = 1",
    "struct_pack(a := 1) = 1",
    "seats = ?",
    "seats = $1",
    "seats = :name",
    "seats = $$x$$",
    "e'abc' = account_kind",
    "x'ab' = account_kind",
    "b'01' = account_kind",
    "n'ab' = account_kind",
    "u&'ab' = account_kind",
    "list_filter(seats, x -> x > 1) = 1",
    "x -> x > 1",
    "lambda x: x",
    "(seats, vip) = (1, true)",
    "seats = any(1)",
    "seats > all (1)",
    "account_kind collate nocase = 'x'",
    "account_kind like 'a%' escape '\\'",
    "account_kind like 'a\\%'",
    "account_kind like barrier",
    "account_kind ~ 'a'",
    "account_kind similar to 'a'",
    "regexp_matches(account_kind, '(a+)+$')",
    "account_kind || 'x' = 'y'",
    "seats ** 2 > 1",
    "seats // 2 > 1",
    "seats & 1 = 1",
    "seats << 60 > 1",
    "@seats > 1",
    "#1 = 1",
    "seats is distinct from 1",
    "seats <=> 1",
    "if(vip, true, false)",
    "abs(seats, 2) = 1",
    "round(seats, seats) = 1",
    "seats > 99999999999999999999999999",
    "seats > 1_000",
    "seats > 0x1F",
    "seats > 1 limit 1",
    "vip order by seats",
    "vip union select true",
    "vip) union (select true",
    "select 1",
    "drop table state",
    "pragma database_list",
    "attach 'x.db'",
    "copy state to 'x.csv'",
    "install httpfs",
    "load httpfs",
    "call pragma_version()",
    "set memory_limit = '1GB'",
    "explain select 1",
    "seats = 1 b",
    "seats b",
    "vip xor vip",
    "\uff53eats = 1",
    "se\u0430ts = 1",
    "seats\u00a0= 1",
    "seats\u200b = 1",
    "account_kind = 'a\u202eb'",
    "vip\x00",
    "account_kind = 'a\x00b'",
    "seats = 1\r\n",
    "`seats` = 1",
    "\\",
    "seats =\ud800 1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_reaches_beyond_the_state(text, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        checked = check(text, WORDS)
    assert checked.condition is None
    assert checked.faults
    assert all(fault.what and fault.remedy for fault in checked.faults)
    assert not caplog.records, "a parser's own grumbling is for nobody"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2_000 + "vip" + ")" * 2_000,
        "(" * 100 + "vip" + ")" * 100,
        "not " * 900 + "vip",
        "not " * 300 + "vip",
        "- " * 390 + "seats > 0",
        "seats" + " + seats" * 190 + " > 1",
        "vip" + " = vip" * 150,
        "case when vip then " * 50 + "true" + " else false end" * 50,
        "coalesce(" * 19 + "vip" + ", false)" * 19 + " and " + "not " * 60 + "vip",
        "x" * 100_000,
        "vip and " * 20_000 + "vip",
        "'" * 3_999,
        "account_kind = '" + "a" * 100_000 + "'",
        "(((((((((",
        "," * 300,
    ],
)
def test_deep_and_long_conditions_get_a_sentence_in_no_time(text):
    started = time.perf_counter()
    checked = check(text, WORDS)
    assert checked.condition is None
    assert checked.faults
    assert time.perf_counter() - started < 2


SCRATCH = duckdb.connect(config={"enable_external_access": "false"})
PIECES = [
    *("seats", "vip", "barrier", "joined", "balance", "'price'", "'2020-01-01'", "1", "2.5", "null", "true", "-"),
    *("and", "or", "not", "=", "<", ">=", "in", "(", ")", ",", "is", "like", "between", "case", "when", "then", "end"),
    *("+", "*", "/", "%", "coalesce", "abs", "round", "lower", "select", "from", "exists", "cast", "as", "int", "."),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12))
def test_whatever_passes_runs(pieces):
    checked = check(" ".join(pieces), WORDS)
    if checked.condition is None:
        assert checked.faults
        return
    row = "1.0 seats, true vip, 'price' barrier, date '2020-01-01' joined, 2.0 balance"
    ((value,),) = SCRATCH.execute(f"select {checked.condition.sql} from (select {row})").fetchall()
    assert value in (True, False, None)
    to_dialect(checked.condition, "spark")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=string.printable + "é‘’\x00\u202e", max_size=60))
def test_no_text_at_all_brings_the_reader_down(text):
    checked = check(text, WORDS)
    assert checked.condition or checked.faults


def below(frames, call):
    return call() if frames == 0 else below(frames - 1, call)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 12 + "vip" + ")" * 12,
        "coalesce(" * 11 + "vip" + ", false)" * 11,
        "not " * 36 + "vip",
        "seats" + " * seats" * 36 + " > 1",
        "vip" + " = vip" * 12,
        "vip and (vip or " * 11 + "vip" + ")" * 11,
    ],
)
def test_what_is_accepted_is_shallow_enough_for_every_caller(text):
    condition = below(400, lambda: check(text, WORDS)).condition
    assert condition
    assert below(400, lambda: to_dialect(condition, "spark"))
