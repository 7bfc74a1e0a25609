"""What is true in the simulated club: all its numbers in one place, and nobody in the club can see them.

They were written down from the evidence behind the defaults (docs/explanation/evidence.md) before any policy was
played, and they are not the planner's beliefs: they differ from them in size, in shape, and for some people in sign.
Feelings are on the scale −2 … +2, ``…_SHARE`` are chances, and times are days unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

# Feeling: what a person falls back to + warmth that fades − grudges that hardly do − what an unmet need costs.
WARMTH_HALF_LIFE_DAYS = 120.0
GRUDGE_HALF_LIFE_DAYS = 400.0
DEPOSIT_PER_POINT = 0.05
WITHDRAWAL_PER_POINT = 0.17  # bad weighs 2.5 to 5 times as much as good, depending on whom one asks
TENDERNESS_SD = 0.4  # of the logarithm: how much more strongly some feel a wrong than others
UNMET_NEED = 0.20
MOOD_STEP_SD = 0.03  # a week: results on the pitch, life at home; nobody at the club can see or change it
WITNESSED = 0.35  # of what is felt, by who saw it
SECOND_WRONG_DAYS = 90.0
SECOND_WRONG = 0.5  # of what making good does, when it is not the first wrong

# Barriers and needs come and go.
BARRIER_COMES = 0.004  # a week; more often to the unhappy, by the factor below for each step of feeling
BARRIER_COMES_WHEN_UNHAPPY = 1.5
BARRIER_GOES = 0.012  # a week
NEED_COMES = 0.008
NEED_GOES = 0.010
BARRIER_SHARES: Mapping[str, float] = {"price": 0.30, "travel": 0.20, "time": 0.20, "seats": 0.15, "health": 0.15}
NEED_SHARES: Mapping[str, float] = {
    "step-free way": 0.20, "quieter place": 0.20, "help with children": 0.25, "help with tickets": 0.35,
}  # fmt: skip

# Renewal: log-odds of staying.
STAY_BASE = 1.75
STAY_PER_FEELING = 1.0
STAY_PER_ATTENDANCE = 1.5  # beside an attendance of 0.65: who comes seldom leaves
STAY_FIRST_RENEWAL = -0.65
STAY_SECOND_RENEWAL = -0.25
STAY_HARDSHIP = -0.4
STAY_HIDDEN_SD = 0.45
BARRIER_WEIGHS: Mapping[str, float] = {"price": 1.2, "travel": 0.9, "time": 0.8, "seats": 0.6, "health": 1.4}

# Before a renewal comes the bill, with its changes.
BILL_DAYS_BEFORE = 49
BILL_SHOCK = 0.12  # of feeling; twice that for whom the price is a barrier
BILL_SHOCK_WARNED = 0.03
WARNING_LASTS_DAYS = 100.0

# Contact: whether it is noticed, and how much of it people bear.
NOTICED_SHARE: Mapping[str, float] = {
    "phone": 0.75,
    "visit": 0.95,
    "email": 0.5,
    "sms": 0.8,
    "letter": 0.9,
    "webhook": 0.4,
}
OPENS_SD = 0.5  # of the log-odds that a message is opened, between people
BURDEN: Mapping[str, float] = {
    "phone": 1 / 3, "visit": 1 / 3, "email": 1 / 4, "sms": 1 / 4, "letter": 1 / 10, "webhook": 1 / 10,
}  # fmt: skip
# 1 is what a person bears in three months: three calls, or four e-mails, or ten letters
BURDEN_HALF_LIFE_DAYS = 45.0
BURDEN_UNNOTICED = 0.4  # of it, when it is only seen to have come
BURDEN_TOO_SOON = 1.5  # times as much within a week of the last one
TOLERANCE_SD = 0.35  # of the logarithm
IRRITATION = 0.06  # of feeling, for a contact at twice what a person bears
IRRITATION_LEVELS_OFF = 2.0
COMPLAINS_OF_CONTACT_SHARE = 0.02  # of contacts at twice what a person bears
OPTS_OUT_SHARE: Mapping[str, float] = {"phone": 0.02, "email": 0.03, "sms": 0.05}  # of those
OPTS_OUT_ANYWAY_SHARE: Mapping[str, float] = {"phone": 0.001, "email": 0.002, "sms": 0.004}

# What contacts do when they are noticed. People differ in how receptive they are; some would rather be left alone.
RECEPTIVE_SD = 0.6  # around 1
INFORMED = 0.015
ASKED = 0.02
LISTENED_TO = 0.07
ANSWERS_SHARE: Mapping[str, float] = {
    "phone": 0.85,
    "visit": 0.9,
    "email": 0.25,
    "sms": 0.2,
    "letter": 0.1,
    "webhook": 0.1,
}
ANSWER_NOISE_SD = 0.6
SAYS_BARRIER_SHARE = 0.85
SAYS_NEED_SHARE = 0.9
HELP_FITS = 0.06  # of feeling at once, beside what it removes
HELP_MISSES = -0.02
CURED_SHARE: Mapping[str, float] = {
    "price": 0.30, "travel": 0.40, "time": 0.25, "seats": 0.50, "health": 0.25,
    "step-free way": 0.7, "quieter place": 0.6, "help with children": 0.6, "help with tickets": 0.8,
}  # fmt: skip
# by a person; a text alone does less
CURED_BY_TEXT = 0.5
BAD_NEWS = -0.01
THANKED = 0.07
THANKED_WITH_A_GRUDGE = -0.05
INVITED_COMES_SHARE = 0.15
INVITED_CAME = 0.15
APOLOGY: Mapping[str, float] = {"phone": 0.7, "visit": 0.8, "email": 0.35, "sms": 0.2, "letter": 0.45, "webhook": 0.1}
APOLOGY_HALF_LIFE_DAYS = 60.0
APOLOGY_LATE = 0.3  # it never does less than this share of what a prompt one does
APOLOGY_ACCEPTED_SHARE: Mapping[str, float] = {
    "phone": 0.9,
    "visit": 0.95,
    "email": 0.5,
    "sms": 0.3,
    "letter": 0.5,
    "webhook": 0.1,
}
GRUDGE_FELT = 0.05  # a smaller one is no longer felt

# Sales.
BUYS_BASE = -3.3  # log-odds, of a noticed offer
BUYS_PER_FEELING = 0.7
BUYS_KEEN_SD = 0.5
BUYS_IN_HARDSHIP = -1.5
BUYS_WITH_A_GRUDGE = -1.0
BUYS_AGAIN = -3.0  # within a year
UNWANTED_OFFER = 0.03  # of feeling; three times that with a grudge or in hardship
COMPLAINS_OF_OFFER_SHARE = 0.004
COMPLAINS_OF_OFFER_WITH_A_GRUDGE_SHARE = 0.03

# Things that go wrong.
WRITTEN_DOWN_SHARE = 0.6  # of wrongs of which the member says nothing
MADE_GOOD = 0.85  # of a wrong, when staff make it good at once
MADE_GOOD_HALF_LIFE_DAYS = 30.0

# Word of mouth: people outside know a few members, and join, or not, by what they hear.
PROSPECTS_PER_MEMBER = 0.6
ACQUAINTANCES = 3
JOINS = 0.003  # a week
JOINS_PER_GOOD_FEELING = 0.7  # good words move more purchases than bad ones
JOINS_PER_BAD_FEELING = 0.5
OF_ONE_WHO_LEFT = -1.0  # the feeling that speaks from somebody who left
REFERRER_FEELING = 0.5
REFERRER_NAMED_SHARE = 0.5
