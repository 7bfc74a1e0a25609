"""'No customer can' is never said falsely: against random conditions on a grid of customers that DuckDB evaluates."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchbook.plan.conditions import check, to_dialect
from touchbook.plan.model import Attribute, Question, ValueKind
from touchbook.plan.satisfiable import satisfiable
from touchbook.plan.vocabulary import vocabulary

ATTRIBUTES = {
    "seats": Attribute("seats", ValueKind.NUMBER),
    "score": Attribute("score", ValueKind.NUMBER),
    "vip": Attribute("vip", ValueKind.YES_NO),
    "kind": Attribute("kind", ValueKind.TEXT),
}
QUESTIONS = {"mood": Question("mood", "?", 1, scale=(0.0, 2.0))}
WORDS = vocabulary(ATTRIBUTES, QUESTIONS)

NUMBERS = st.sampled_from(["0", "1", "2", "-1", "1.5", "(2)"])
COLUMNS = st.sampled_from(["seats", "score", "mood"])
OPERATORS = st.sampled_from(["<", "<=", ">", ">=", "=", "<>"])
TEXTS = st.sampled_from(["'a'", "'b'", "'c'"])
ATOMS = st.one_of(
    st.builds("{} {} {}".format, COLUMNS, OPERATORS, NUMBERS),
    st.builds("{} {} {}".format, NUMBERS, OPERATORS, COLUMNS),
    st.builds("{} {} {}".format, COLUMNS, OPERATORS, COLUMNS),
    st.builds("{} between {} and {}".format, COLUMNS, NUMBERS, NUMBERS),
    st.builds("{} + 1 {} {} * 2".format, COLUMNS, OPERATORS, COLUMNS),
    st.builds("kind {} ({}, {})".format, st.sampled_from(["in", "not in"]), TEXTS, TEXTS),
    st.builds("{} in ({}, {})".format, COLUMNS, NUMBERS, NUMBERS),
    st.builds("kind {} {}".format, st.sampled_from(["=", "<>", "like", "<"]), TEXTS),
    st.builds("{} is {}null".format, st.sampled_from(["seats", "vip", "kind"]), st.sampled_from(["", "not "])),
    st.builds("coalesce({}, 1) {} {}".format, COLUMNS, OPERATORS, NUMBERS),
    st.builds("case when vip then {} else {} end {} {}".format, COLUMNS, COLUMNS, OPERATORS, NUMBERS),
    st.sampled_from(["vip", "vip = true", "vip <> true", "vip is true", "vip is not false", "true", "false"]),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) is not true".format, inner),
        st.builds("({}) and {}".format, inner, inner),
        st.builds("{} or ({})".format, inner, inner),
        st.builds("({}) = ({})".format, inner, inner),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def customers():
    connection = duckdb.connect()
    numbers = "unnest([-2.0, -1, 0, 0.5, 1, 1.5, 2, 3, null])"
    connection.execute(
        f"""create table customers as select * from (select {numbers} seats), (select {numbers} score),
        (select unnest([0.0, 1, 2, null]) mood), (select unnest([true, false, null]) vip),
        (select unnest(['a', 'b', 'c', 'd', null]) kind)"""
    )
    return connection


@settings(max_examples=150, deadline=None)
@given(st.lists(CONDITIONS, min_size=1, max_size=2), st.lists(CONDITIONS, max_size=2))
def test_whoever_is_there_is_possible(customers, holding, not_holding):
    checked = [check(text, WORDS).condition for text in [*holding, *not_holding]]
    assert None not in checked, [check(text, WORDS).faults for text in [*holding, *not_holding]]
    wanted, unwanted = checked[: len(holding)], checked[len(holding) :]
    where = [f"({condition.sql})" for condition in wanted]
    where += [f"({condition.sql}) is not true" for condition in unwanted]
    ((count,),) = customers.execute(f"select count(*) from customers where {' and '.join(where)}").fetchall()
    if count:
        assert satisfiable(wanted, unwanted, WORDS, {})
    for condition in checked:
        to_dialect(condition, "spark")
