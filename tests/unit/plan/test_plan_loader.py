"""A plan file becomes a plan, or a list of all that is wrong with it."""

import pytest

from touchbook.kernel.errors import PlanInvalid
from touchbook.plan.loader import load, read_plan
from touchbook.plan.model import EACH_OWNER, OWNER, AtMost, Capacity, Channel, LedgerTerms, Purpose, Script, ValueKind

CLUB = """\
plan: Riverside members
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: annual_value, period: 365 days, discount: 10%}
attributes: {annual_value: number, seats: number, account_kind: text}
types:
  newcomer: tenure_days < 365
  family: seats >= 3
  regular: true
intelligence:
  - decision: Who needs a call?
    needs: [feeling, barrier]
    acts: [welcome call, travel page]
    review: monthly
questions:
  feeling: {ask: How do you feel?, scale: -2..2, good_for: 90 days}
  barrier: {ask: What is in the way?, choices: [travel, nothing], good_for: 180 days}
ledger: {half_life: 180 days, unresolved_half_life: 540 days, asymmetry: 2.5, witness: 0.4, engaged_at: 10}
touchpoints:
  gate:
    stage: match day
    department: operations
    deposits: {greeted by name: 2, fixed a ticket: 4, held a door: 1}
    withdrawals: {unexplained queue: 2}
touches:
  welcome call:
    {purpose: ask, channel: phone, team: members, minutes: 10, to: newcomer, when: tenure_days < 30, asks: [feeling, barrier], once: yes}
  travel page:
    {purpose: help, channel: email, when: "barrier in ('travel')", content: travel.md, answers: travel}
  upgrade:
    {purpose: sell, channel: email, when: balance > 5, revenue: 60 GBP, cost: 0.5, accept: 4%, effect: -0.1}
guardrails:
  rest: 7 days
  at_most: {any: 2 per 30 days, ask: 1 per 90 days}
  sales_share: 10%
  never_sell_when: balance < 0 or hardship
  quiet_hours: 21:00-08:00
  hold_out: 5%
capacity:
  members: 30 hours per week
  email: 2000 per week
  budget: 500 GBP per week
"""


def changed(old, new, text=CLUB):
    assert old in text
    return text.replace(old, new)


def sentences(text):
    return [problem.sentence("plan.yaml") for problem in load(text).problems]


def test_a_whole_plan_is_read():
    loaded = load(CLUB)
    assert loaded.problems == ()
    plan = loaded.plan
    assert (plan.name, plan.currency, plan.timezone) == ("Riverside members", "GBP", "Europe/London")
    assert (plan.success.outcome, plan.success.period_days, plan.success.discount) == ("renewed", 365.0, 0.1)
    assert plan.success.worth.sql == '"annual_value"'
    assert plan.attributes["seats"].kind is ValueKind.NUMBER
    assert list(plan.types) == ["newcomer", "family", "regular"]
    assert plan.intelligence[0].acts == ("welcome call", "travel page")
    assert plan.questions["feeling"].scale == (-2.0, 2.0)
    assert plan.questions["barrier"].choices == ("travel", "nothing")
    assert plan.ledger == LedgerTerms()
    assert plan.touchpoints["gate"].deposits["fixed a ticket"] == 4
    assert plan.guardrails.at_most == (AtMost("any", 2, 30.0), AtMost("ask", 1, 90.0))
    assert plan.guardrails.quiet_hours == ("21:00", "08:00")
    assert plan.guardrails.hold_out == 0.05
    assert plan.capacity["members"] == Capacity("members", "minutes", 1800.0, 7.0, 40)
    assert plan.capacity["budget"].kind == "money"


def test_a_touch_carries_all_its_options():
    touches = read_plan(CLUB).touches
    call, page, upgrade = touches["welcome call"], touches["travel page"], touches["upgrade"]
    assert (call.purpose, call.channel, call.team, call.minutes) == (Purpose.ASK, Channel.PHONE, "members", 10.0)
    assert (call.to, call.asks, call.once, call.must) == (("newcomer",), ("feeling", "barrier"), True, False)
    assert (page.answers, page.content, page.when.columns, page.line) == (("travel",), "travel.md", {"barrier"}, 28)
    assert (upgrade.revenue, upgrade.cost, upgrade.accept, upgrade.effect) == (60.0, 0.5, 0.04, -0.1)
    assert upgrade.cooldown_days == 90.0


def test_what_is_for_owners_for_everybody_and_for_the_moment():
    text = changed("team: members", "team: owner")
    text = changed("members: 30 hours per week", "each owner: 5 hours per week", text)
    text = changed("department: operations", "department: operations\n    outreach: true", text)
    more = "working_hours: 8:00-16:00\n  contact_ceiling: 3 per 30 days\n  in_the_moment: 10%"
    loaded = load(changed("hold_out: 5%", more, text))
    assert loaded.problems == ()
    plan = loaded.plan
    assert plan.touches["welcome call"].team == OWNER
    assert plan.capacity == {
        "each owner": Capacity(EACH_OWNER, "minutes", 300.0, 7.0, 43),
        **{name: plan.capacity[name] for name in ("email", "budget")},
    }
    assert plan.touchpoints["gate"].outreach
    assert plan.guardrails.working_hours == ("08:00", "16:00")
    assert plan.guardrails.contact_ceiling == AtMost("contacts", 3, 30.0)
    assert plan.guardrails.in_the_moment == 0.1


def test_without_them_people_work_from_nine_to_five_and_nothing_else_is_limited():
    plan = read_plan(CLUB)
    assert plan.guardrails.working_hours == ("09:00", "17:00")
    assert plan.guardrails.contact_ceiling is None
    assert plan.guardrails.in_the_moment == 0.0
    assert not plan.touchpoints["gate"].outreach


def test_a_misspelt_owner_is_told_what_is_meant():
    text = changed("team: members", "team: owner")
    found = sentences(changed("members: 30 hours", "each owners: 5 hours", text))
    assert any("'each owners'; did you mean 'each owner'?" in sentence for sentence in found), found
    found = sentences(changed("members: 30 hours", "each owner: 5", text))
    assert any("the capacity 'each owner' is a person's time, and this is" in sentence for sentence in found), found


def test_a_house_speaks_english_unless_its_plan_says_otherwise():
    assert load(CLUB).plan.language == "en"
    assert load(CLUB.replace("timezone:", "language: de\ntimezone:")).plan.language == "de"


def test_bytes_are_read_too():
    assert read_plan(CLUB.encode()) == read_plan(CLUB)


def test_without_guardrails_the_limits_are_those_of_the_evidence():
    text = CLUB[: CLUB.index("guardrails:")] + CLUB[CLUB.index("capacity:") :]
    guardrails = load(text).plan.guardrails
    assert guardrails.rest_days == 7.0
    assert guardrails.at_most == (AtMost("phone", 3, 90.0), AtMost("email", 4, 90.0), AtMost("ask", 1, 90.0))
    assert guardrails.sales_share is None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("guardrails:", "guardrail:", ":32:1: error: unknown key 'guardrail' in the plan; did you mean 'guardrails'?"),
        ("currency: GBP", "currency: pounds", "2:11: error: 'currency' in the plan: 'pounds' is no currency"),
        (
            "Europe/London",
            "Europe/Lodnon",
            "3:11: error: 'timezone' in the plan: 'Europe/Lodnon' is no time zone; did you mean",
        ),
        (
            "timezone:",
            "language: german\ntimezone:",
            "3:11: error: 'language' in the plan: 'german' is no language that Touchbook speaks; did you mean 'de'?",
        ),
        (
            "timezone:",
            "language: xx\ntimezone:",
            "3:11: error: 'language' in the plan: 'xx' is no language that Touchbook speaks; write one of: en, de.",
        ),
        (
            "kind: renewal",
            "kind: renewel",
            "4:35: error: 'kind' in success: 'renewel' is no kind; did you mean 'renewal'?",
        ),
        (
            "worth: annual_value",
            "worth: anual_value",
            "4:51: error: worth: unknown column 'anual_value'; did you mean 'annual_value'?",
        ),
        (
            "worth: annual_value",
            "worth: account_kind",
            "4:51: error: worth: 'account_kind' is text, where a number is needed",
        ),
        ("discount: 10%", "discount: 110%", "'discount' in success is '110%', outside 0% to 100%"),
        ("outcome: renewed, ", "", "4:10: error: success has no 'outcome'; write 'outcome: renewed'."),
        ("seats: number,", "seats: numbr,", "is no type of attribute; did you mean 'number'?"),
        (
            "seats: number,",
            "seats: number, Seat Count: number,",
            "cannot be a column's name; use small letters, digits and underscores, such as seat_count",
        ),
        ("seats: number,", "seats: number, balance: number,", "has the name of a built-in column"),
        ("seats: number,", "seats: number, select: number,", "is a word of SQL; choose another name"),
        ("seats: number,", "seats: number, feeling: number,", "the question 'feeling' clashes with 'feeling'"),
        (
            "seats: number,",
            "seats: number, feeling_age_days: number,",
            "the question 'feeling' clashes with 'feeling_age_days'",
        ),
        (
            "family: seats >= 3",
            "family: seatz >= 3",
            "8:11: error: the type 'family': unknown column 'seatz'; did you mean 'seats'?",
        ),
        ("family: seats >= 3", "family: worth > 3", "the column 'worth' is not yet known here"),
        ("family: seats >= 3", "family: seats >= '3'", "write 3 without quotes"),
        (
            "needs: [feeling, barrier]",
            "needs: [feelings, barrier]",
            "12:13: error: this decision needs 'feelings', which is neither a question nor a column; did you mean 'feeling'?",
        ),
        (
            "acts: [welcome call",
            "acts: [welcom call",
            "13:12: error: this decision acts through 'welcom call', which is no touch; did you mean 'welcome call'?",
        ),
        ("scale: -2..2", "scale: 2..-2", "does not rise"),
        ("scale: -2..2, ", "", "the question 'feeling' has no scale"),
        ("choices: [travel", "scale: 0..1, choices: [travel", "has both a scale and choices"),
        ("choices: [travel, nothing]", "choices: [travel]", "has one choice alone"),
        ("choices: [travel, nothing]", "choices: [travel, travel]", "is in this list twice"),
        ("good_for: 180 days", "good_for: 180", "'180' has no unit; write '180 days'"),
        ("good_for: 180 days", "good_for: 6 months", "months differ in length; write days"),
        (", good_for: 180 days", "", "the question 'barrier' has no 'good_for'"),
        ("half_life: 180 days,", "half_life: 0 days,", "'half_life' in ledger: '0 days' is no time"),
        ("witness: 0.4", "witness: 1.4", "'witness' in ledger is '1.4', outside 0 to 1"),
        ("witness: 0.4", "witness: no", "'no' is no number"),
        (
            "greeted by name: 2",
            "greeted by name: 6",
            "23:33: error: the impact of 'greeted by name' is 6; write a whole number from 1 to 5.",
        ),
        ("greeted by name: 2", "greeted by name: 2.5", "'2.5' is no whole number"),
        ("greeted by name: 2, fixed", "greeted by name: 2, greeted by name: 3, fixed", "stands here a second time"),
        ("purpose: sell", "purpose: upsell", "'upsell' is no purpose; did you mean 'sell'?"),
        ("channel: phone", "channel: fax", "'fax' is no channel; write one of: phone, visit, email"),
        ("minutes: 10", "minutes: ten", "'ten' is no number"),
        ("team: members, ", "", "takes minutes of nobody; add the 'team'"),
        ("team: members", "team: email", "cannot be a team's name"),
        ("to: newcomer", "to: [newcommer]", "goes to 'newcommer', which is no type; did you mean 'newcomer'?"),
        (
            "asks: [feeling, barrier]",
            "asks: [feelng, barrier]",
            "asks 'feelng', which is no question; did you mean 'feeling'?",
        ),
        ("answers: travel", "answers: travle", "answers 'travle', which no question offers; did you mean 'travel'?"),
        (
            "barrier in ('travel')",
            "barrier in ('travle')",
            "29:56: error: 'when' of the touch 'travel page': barrier is never 'travle'; did you mean 'travel'?",
        ),
        ("once: yes", "once: perhaps", "'perhaps' is neither yes nor no; write true or false"),
        ("content: travel.md", "content: ../travel.md", "is no file in the plan's folder of content"),
        ("content: travel.md", "content: /etc/passwd", "is no file in the plan's folder of content"),
        ("revenue: 60 GBP", "revenue: 60 EUR", "is not in the plan's currency; write it in GBP"),
        ("accept: 4%", "accept: 400%", "outside 0% to 100%"),
        ("cost: 0.5", "cost: -1", "outside 0 to 1,000,000,000"),
        ("any: 2 per 30 days", "all: 2 per 30 days", "at_most has no limit for 'all'"),
        ("any: 2 per 30 days", "any: 2", "is no limit; write how many in how long, such as 2 per 30 days"),
        ("hold_out: 5%", "hold_out: 60%", "outside 0% to 50%"),
        ("21:00-08:00", "9pm-8am", "are no quiet hours; write two times of day, such as 21:00-08:00"),
        ("balance < 0 or hardship", "balance < 0 or hardshp", "unknown column 'hardshp'; did you mean 'hardship'?"),
        (
            "members: 30 hours",
            "membres: 30 hours",
            "no touch has the team or channel 'membres'; did you mean 'members'?",
        ),
        ("email: 2000 per week", "email: 30 hours per week", "write 2000 per week"),
        ("members: 30 hours per week", "members: 30 per week", "write 30 hours per week"),
        (
            "members: 30 hours",
            "each owner: 5 hours",
            "40:3: error: no touch is made by the owner of a relationship; write 'team: owner' at a touch",
        ),
        ("members: 30 hours", "owner: 5 hours", "does not say whose time it is; write 'each owner: 5 hours per week'"),
        ("team: members", "team: each owner", "'each owner' cannot be a team's name; write 'team: owner'"),
        ("hold_out: 5%", "working_hours: 22:00-06:00", "run over midnight; write a day's, such as 09:00-17:00"),
        ("hold_out: 5%", "contact_ceiling: 3", "is no limit; write how many in how long, such as 2 per 30 days"),
        ("hold_out: 5%", "contact_ceiling: 0 per 30 days", "is no limit; write how many in how long"),
        ("hold_out: 5%", "in_the_moment: 60%", "'in_the_moment' in guardrails is '60%', outside 0% to 50%"),
        ("department: operations", "outreach: mostly", "'mostly' is neither yes nor no; write true or false"),
        (
            "{annual_value: number,",
            "{annual_value: number, owner: text,",
            "the attribute 'owner' has the name of a built-in",
        ),
        (
            "ledger:",
            "  owner: {ask: Who looks after you?, good_for: 90 days}\nledger:",
            "the question 'owner' has the name of a built-in column; choose another name",
        ),
        ("budget: 500 GBP", "budget: 500 EUR", "the budget is in EUR, and the plan in GBP"),
        ("budget: 500 GBP per week", "budget: 500 per week", "write 500 GBP per week"),
        ("rest: 7 days", "rest: [7 days]", "'rest' in guardrails has a list; write one value, such as 7 days"),
        ("ledger: {half_life", "ledger: 3\nledger2: {half_life", "'ledger' in the plan should have keys of its own"),
    ],
)
def test_each_mistake_is_one_sentence_with_its_place(old, new, sentence):
    loaded = load(changed(old, new))
    assert loaded.plan is None
    found = [problem.sentence("plan.yaml") for problem in loaded.errors]
    assert any(sentence in line for line in found), found
    assert len(found) <= 3, "one mistake should not set off an avalanche"


def test_a_plan_without_touches_is_an_error():
    for text in (CLUB[: CLUB.index("touches:")], changed("touches:\n", "touches: {}\nx:\n")):
        assert any("no touches" in line or "no 'touches'" in line for line in sentences(text))


def test_everything_wrong_is_reported_at_once_and_in_order():
    text = changed("currency: GBP", "currency: gbp")
    text = changed("tenure_days < 365", "tenure < 365", text)
    text = changed("purpose: sell", "purpose: sel", text)
    text = changed(
        "deposits: {greeted by name: 2, fixed a ticket: 4, held a door: 1}", "deposits: {greeted by name: 9}", text
    )
    loaded = load(text)
    assert [problem.line for problem in loaded.errors] == [2, 7, 23, 31]
    with pytest.raises(PlanInvalid) as caught:
        read_plan(text, "club.yaml")
    assert str(caught.value).count("\n") == 3
    assert str(caught.value).startswith("club.yaml:2:11: error: ")
    assert caught.value.exit_code == 1


def test_errors_and_warnings_come_together():
    text = changed("witness: 0.4", "witness: 4")
    text = changed("withdrawals: {unexplained queue: 2}", "withdrawals: {}", text)
    assert [(problem.severity, problem.line) for problem in load(text).problems] == [("error", 18), ("warning", 20)]


def test_warnings_alone_leave_a_plan():
    loaded = load(changed("asymmetry: 2.5", "asymmetry: 8"))
    assert loaded.plan.ledger.asymmetry == 8
    assert [problem.rule for problem in loaded.warnings] == ["asymmetry"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plan",
        "- plan",
        "plan: [",
        "plan: {}\ntypes: []\ntouches: 3\nsuccess: []\nquestions: x\nintelligence: {}\nledger: []\nguardrails: 1\ncapacity: []",
        "types: {a: {b: c}}\ntouches: {x: 1, y: [], z: {}}\ntouchpoints: {a: 1, b: {deposits: [1]}, c: {}}",
        "intelligence: [1, {}, {decision: x, needs: {a: b}, acts: [[1]]}]",
        "questions: {a: 1, b: {}, c: {scale: [1], choices: {}}}",
        "capacity: {a: b, c: {}, budget: 1}\nguardrails: {at_most: 3}",
        "attributes: {a: [], '': text, ' b ': text}",
        "\x00",
        b"\xff\xfe\x00",
    ],
)
def test_the_ugliest_texts_give_problems_and_nothing_else(text):
    loaded = load(text)
    assert loaded.plan is None
    assert loaded.errors
    assert all(problem.what and problem.remedy for problem in loaded.problems)


def test_any_line_may_be_missing_or_doubled_without_an_accident():
    lines = CLUB.splitlines(keepends=True)
    for index in range(len(lines)):
        load("".join(lines[:index] + lines[index + 1 :]))
        load("".join([*lines[: index + 1], *lines[index:]]))


def test_a_name_longer_than_the_store_can_keep_is_an_error():
    assert any("longer than 200 characters" in line for line in sentences(changed("gate:", f"{'g' * 201}:")))


@pytest.mark.parametrize("name", ['""', "'  '"])
def test_a_plan_has_a_name(name):
    assert sentences(changed("plan: Riverside members", f"plan: {name}")) == [
        "plan.yaml:1:7: error: the plan's name is empty; write 'plan: Riverside FC members'."
    ]


def test_a_script_has_any_of_four_steps():
    told = read_plan(changed("minutes: 10", "minutes: 10, script: {open: It is the club., close: We ring on Monday.}"))
    assert told.touches["welcome call"].script == Script(open="It is the club.", close="We ring on Monday.")
    assert told.touches["travel page"].script == Script()
    wrong = load(changed("minutes: 10", "minutes: 10, script: {opens: Hello}")).errors
    assert [(problem.what, problem.remedy) for problem in wrong] == [
        ("unknown key 'opens' in the script of the touch 'welcome call'", "did you mean 'open'?")
    ]
    (wrong,) = load(changed("minutes: 10", "minutes: 10, script: Hello")).errors
    assert wrong.what == "'script' in the touch 'welcome call' should have keys of its own"
