"""What touches are called where they are spoken of: what they are for, and how they reach a customer."""

from __future__ import annotations

from touchbook.kernel.language import say, say_many
from touchbook.plan.model import Channel, Purpose, Touch
from touchbook.plan.words import channel_word, purpose_word
from touchbook.planner.phrases import whole_number


def quoted(touch: str) -> str:
    """A touch by its name, in quotation marks."""
    return say("“%(touch)s”", touch=touch)


def called(purpose: str, channel: str) -> str:
    """What a touch is for, and how it reaches a customer: help by phone."""
    return say("%(purpose)s by %(channel)s", purpose=purpose_word(purpose), channel=channel_word(channel))


def kind_of_touch(key: str) -> str:
    """The touches that a limit counts, by its key: phone touches, or ask touches."""
    return channel_word(key) if key in set(Channel) else purpose_word(key)


def purpose_by_channel(touch: Touch) -> str:
    """What a customer gets by a touch, as they would call it: questions by email, offers by phone."""
    return say("%(what)s by %(channel)s", what=_received(touch.purpose), channel=channel_word(touch.channel))


def one_message(channel: str) -> str:
    """One touch by a channel, as what is taken: one phone call."""
    return {
        Channel.PHONE: say("one phone call"), Channel.VISIT: say("one visit"), Channel.EMAIL: say("one e-mail"),
        Channel.SMS: say("one text message"), Channel.LETTER: say("one letter"),
        Channel.WEBHOOK: say("one webhook message"),
    }[Channel(channel)]  # fmt: skip


def one_more_message(channel: str) -> str:
    """One touch more by a channel: one more phone call."""
    return {
        Channel.PHONE: say("one more phone call"), Channel.VISIT: say("one more visit"),
        Channel.EMAIL: say("one more e-mail"), Channel.SMS: say("one more text message"),
        Channel.LETTER: say("one more letter"), Channel.WEBHOOK: say("one more webhook message"),
    }[Channel(channel)]  # fmt: skip


def the_messages(channel: str) -> str:
    """All that a channel carries in a week: the phone calls."""
    return {
        Channel.PHONE: say("the phone calls"), Channel.VISIT: say("the visits"), Channel.EMAIL: say("the e-mails"),
        Channel.SMS: say("the text messages"), Channel.LETTER: say("the letters"),
        Channel.WEBHOOK: say("the webhook messages"),
    }[Channel(channel)]  # fmt: skip


def more_messages(channel: str, amount: float) -> str:
    """So many more touches by a channel: 1 more phone call, 2 more e-mails, no more letters."""
    whole = round(amount)
    kind, told = Channel(channel), whole_number(whole)
    if not whole:
        return {
            Channel.PHONE: say("no more phone calls"), Channel.VISIT: say("no more visits"),
            Channel.EMAIL: say("no more e-mails"), Channel.SMS: say("no more text messages"),
            Channel.LETTER: say("no more letters"), Channel.WEBHOOK: say("no more webhook messages"),
        }[kind]  # fmt: skip
    return {
        Channel.PHONE: say_many("%(count)s more phone call", "%(count)s more phone calls", whole, count=told),
        Channel.VISIT: say_many("%(count)s more visit", "%(count)s more visits", whole, count=told),
        Channel.EMAIL: say_many("%(count)s more e-mail", "%(count)s more e-mails", whole, count=told),
        Channel.SMS: say_many("%(count)s more text message", "%(count)s more text messages", whole, count=told),
        Channel.LETTER: say_many("%(count)s more letter", "%(count)s more letters", whole, count=told),
        Channel.WEBHOOK: say_many(
            "%(count)s more webhook message", "%(count)s more webhook messages", whole, count=told
        ),
    }[kind]


def no_message_left(channel: str) -> str:
    """That a channel carries nothing more in a week, as what keeps a touch from being made."""
    return {
        Channel.PHONE: say("no phone call is left for it this week"),
        Channel.VISIT: say("no visit is left for it this week"),
        Channel.EMAIL: say("no e-mail is left for it this week"),
        Channel.SMS: say("no text message is left for it this week"),
        Channel.LETTER: say("no letter is left for it this week"),
        Channel.WEBHOOK: say("no webhook message is left for it this week"),
    }[Channel(channel)]


def message_by(channel: str) -> str:
    """What one touch by a channel is called, in English alone: phone call, e-mail."""
    return _MESSAGES[Channel(channel)]


def _received(purpose: Purpose) -> str:
    return {
        Purpose.INFORM: say("news"), Purpose.ASK: say("questions"), Purpose.HELP: say("help"),
        Purpose.HEADS_UP: say("notices"), Purpose.THANK: say("thanks"), Purpose.CELEBRATE: say("good wishes"),
        Purpose.APOLOGISE: say("apologies"), Purpose.INVITE: say("invitations"), Purpose.SELL: say("offers"),
    }[purpose]  # fmt: skip


_MESSAGES = {
    Channel.PHONE: "phone call", Channel.VISIT: "visit", Channel.EMAIL: "e-mail", Channel.SMS: "text message",
    Channel.LETTER: "letter", Channel.WEBHOOK: "webhook message",
}  # fmt: skip
