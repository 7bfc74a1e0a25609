"""Which currency an amount is in, where its cell names one by a sign or a code."""

from __future__ import annotations

from decimal import Decimal

from touchbook.kernel.language import say
from touchbook.workflows.import_records.values import MINOR_DIGITS, MONEY, BadValue, shown

# What a sign beside an amount may mean; several currencies share some of them.
_SIGNS = {
    sign.casefold(): frozenset(codes.split())
    for sign, codes in {
        "£": "GBP EGP FKP GIP SHP", "GB£": "GBP", "E£": "EGP", "€": "EUR", "euro": "EUR", "euros": "EUR",
        "$": "USD AUD BBD BMD BND BSD BZD CAD FJD GYD HKD JMD LRD NAD NZD SBD SGD SRD TTD TWD XCD ARS CLP COP MXN UYU",
        "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "NZ$": "NZD", "S$": "SGD",
        "MX$": "MXN", "NT$": "TWD", "R$": "BRL", "R": "ZAR", "¥": "JPY CNY", "￥": "JPY CNY", "円": "JPY", "元": "CNY",
        "kr": "SEK NOK DKK ISK", "kr.": "SEK NOK DKK ISK", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "lei": "RON MDL",
        "Fr": "CHF", "Fr.": "CHF", "₹": "INR", "Rs": "INR LKR MUR NPR PKR", "Rs.": "INR LKR MUR NPR PKR", "₽": "RUB",
        "₺": "TRY", "TL": "TRY", "₩": "KRW", "₪": "ILS", "₫": "VND", "฿": "THB", "₦": "NGN", "₴": "UAH", "₱": "PHP",
    }.items()
}  # fmt: skip
_USUAL = {"£": "GBP"}  # of a sign that others share, but hardly ever without saying so


def currency_of(text: str, said: str, usual: str) -> str:
    """The currency of the amount *text*: of its own sign or code, else *said* (by a column or the map), else *usual*.

    Raises ``BadValue`` when the cell and *said* contradict each other, or the sign does not say which currency it is.
    """
    match = MONEY.fullmatch(text.strip())
    currency = said or usual
    if match is None:
        return currency
    for mark in (" ".join(match["before"].split()) + (match["between"] or "").strip(), match["behind"].strip()):
        if not mark:
            continue
        possible = _possible(mark, currency)
        if not possible:
            what = say("'%(mark)s' in '%(text)s' is no currency", mark=shown(mark), text=shown(text))
            raise BadValue(what, say("write the amount as 1234.50"))
        if currency in possible:
            continue
        if said:
            what = say("'%(text)s' is not in %(said)s, as the row says otherwise", text=shown(text), said=said)
            raise BadValue(what, say("correct one of the two"))
        found = _USUAL.get(mark) or (min(possible) if len(possible) == 1 else "")
        if not found:
            what = say(
                "'%(mark)s' in '%(text)s' may be one of several currencies, and %(usual)s is none of them",
                mark=shown(mark),
                text=shown(text),
                usual=usual,
            )
            raise BadValue(what, say("write its code, as in 1234.50 USD, or name the column 'currency' in the map"))
        said = currency = found
    return currency


def money_words(minor: int, currency: str) -> str:
    """An amount in minor units with all its decimals, and its sign where the currency has one of its own."""
    digits = MINOR_DIGITS.get(currency, 2)
    sign = {"GBP": "£", "EUR": "€", "USD": "$"}.get(currency, f"{currency} ")
    return f"{'−' if minor < 0 else ''}{sign}{Decimal(abs(minor)).scaleb(-digits):,.{digits}f}"


def _possible(mark: str, currency: str) -> frozenset[str]:
    if mark.casefold() in _SIGNS:
        return _SIGNS[mark.casefold()]
    is_code = len(mark) == 3 and mark.isascii() and mark.isalpha()
    return frozenset({mark.upper()}) if is_code and (mark.isupper() or mark.upper() == currency) else frozenset()
