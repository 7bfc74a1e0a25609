"""Cells: money, numbers, yes and no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchbook.workflows.import_records.currencies import currency_of, money_words
from touchbook.workflows.import_records.rejects import safe, unsafe
from touchbook.workflows.import_records.values import BadValue, closest, count, minor_units, number, shown, yes_or_no


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1234.5", 123450), ("£1,234.50", 123450), ("1.234,50 €", 123450), ("1 234,56", 123456), ("-3.20", -320),
        ("1,234", 123400), ("1,234,567", 123456700), ("0.5", 50), (",50", 50), ("EUR 12", 1200), ("12.", 1200),
    ],
)  # fmt: skip
def test_money_is_kept_in_minor_units(text: str, minor: int) -> None:
    assert minor_units(text, "EUR") == minor


def test_money_follows_its_currency() -> None:
    assert minor_units("1500", "JPY") == 1500
    assert minor_units("1.234", "KWD") == 1234


@pytest.mark.parametrize("text", ["abc", "", "1.2.3", "12.345", "(5)", "1e5", "1" * 30, "-", "."])
def test_money_is_never_rounded_or_guessed(text: str) -> None:
    with pytest.raises(BadValue):
        minor_units(text, "GBP")


@pytest.mark.parametrize(
    ("text", "said", "currency"),
    [
        ("5", "", "GBP"), ("£5", "", "GBP"), ("10.00 USD", "", "USD"), ("1.234,50 €", "", "EUR"), ("US$5", "", "USD"),
        ("$5", "CAD", "CAD"), ("5 usd", "USD", "USD"), ("-€ 5", "", "EUR"), ("€ -5", "EUR", "EUR"), ("5 kr.", "SEK", "SEK"),
        ("$5 USD", "USD", "USD"), ("Rs. 500", "INR", "INR"), ("5", "EUR", "EUR"), ("£5", "EGP", "EGP"),
    ],
)  # fmt: skip
def test_an_amount_is_in_the_currency_that_its_cell_names(text: str, said: str, currency: str) -> None:
    assert currency_of(text, said, "GBP") == currency


@pytest.mark.parametrize(
    ("text", "said", "told"),
    [
        ("$5", "", "several currencies"), ("¥500", "", "several currencies"), ("$5", "GBP", "not in GBP"),
        ("10.00 USD", "EUR", "not in EUR"), ("€5 USD", "", "not in EUR"), ("5 apples", "", "no currency"),
    ],
)  # fmt: skip
def test_an_amount_in_no_one_currency_is_set_aside(text: str, said: str, told: str) -> None:
    with pytest.raises(BadValue, match=told):
        currency_of(text, said, "GBP")


def test_money_is_shown_with_all_its_decimals() -> None:
    shown_as = {
        ("GBP", 123450): "£1,234.50",
        ("JPY", 1500): "JPY 1,500",
        ("KWD", -1234): "−KWD 1.234",
        ("USD", 5): "$0.05",
    }
    for (currency, minor), words in shown_as.items():
        assert money_words(minor, currency) == words


def test_a_point_behind_a_sign_is_not_a_decimal_mark() -> None:
    assert minor_units("Rs. 500", "INR") == 50000
    assert minor_units("500 kr.", "SEK") == 50000


@given(st.integers(-(10**12), 10**12))
def test_money_survives_being_written(minor: int) -> None:
    sign = "-" if minor < 0 else ""
    assert minor_units(f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}", "GBP") == minor


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", 1234.5), ("1.234,50", 1234.5), ("-1,234", -1234), ("1 234 567,5", 1234567.5), ("1'234", 1234),
        ("1.234", 1.234), ("0,25", 0.25), (",5", 0.5), ("1.234.567", 1234567), ("1e12", 1e12),
    ],
)  # fmt: skip
def test_a_number_has_its_thousands_apart_as_money_has(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    "text", ["1,2,3", "1.2.3", "1,234,56", "1.234.56", "12 34", "4929000000000000", "1e13", "-1e13"]
)
def test_a_number_that_makes_no_sense_is_set_aside(text: str) -> None:
    with pytest.raises(BadValue):
        number(text)


def test_money_beyond_all_measure_is_set_aside() -> None:
    assert minor_units("1,000,000,000,000", "GBP") == 10**14
    with pytest.raises(BadValue, match="million million"):
        minor_units("4929000000000000", "GBP")


def test_numbers_counts_and_yes_or_no() -> None:
    assert (number("3,5"), number(" 12 "), number("1e3")) == (3.5, 12.0, 1000.0)
    assert (count("3"), yes_or_no("Yes"), yes_or_no("0")) == (3, True, False)
    for read, text in ((number, "nan"), (number, "1_000"), (count, "-1"), (count, "1.5"), (yes_or_no, "maybe")):
        with pytest.raises(BadValue):
            read(text)


def test_a_name_is_matched_with_what_it_is_most_like() -> None:
    assert closest("Dealy", ["delay", "baggage"]) == "delay"
    assert closest("xyz", ["delay"]) == ""


def test_long_values_are_shortened_on_one_line() -> None:
    assert shown("a\nb") == "a b"
    assert len(shown("x" * 100_000)) == 60


@given(st.text(max_size=8).filter(lambda cell: cell[:1] != "'"))
def test_a_cell_made_safe_for_spreadsheets_comes_back(cell: str) -> None:
    assert not safe(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unsafe(safe(cell)) == cell
