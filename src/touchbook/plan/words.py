"""The words of a plan's own vocabulary, as they stand in a sentence: channels, purposes and standings."""

from __future__ import annotations

from touchbook.kernel.language import say
from touchbook.plan.model import Channel, Purpose


def channel_word(channel: str) -> str:
    """A channel, as it stands in a sentence."""
    return {
        Channel.PHONE: say("phone"), Channel.VISIT: say("visit"), Channel.EMAIL: say("email"), Channel.SMS: say("sms"),
        Channel.LETTER: say("letter"), Channel.WEBHOOK: say("webhook"),
    }[Channel(channel)]  # fmt: skip


def purpose_word(purpose: str) -> str:
    """What a touch is for, as it stands in a sentence."""
    return {
        Purpose.INFORM: say("inform"), Purpose.ASK: say("ask"), Purpose.HELP: say("help"),
        Purpose.HEADS_UP: say("heads-up"), Purpose.THANK: say("thank"), Purpose.CELEBRATE: say("celebrate"),
        Purpose.APOLOGISE: say("apologise"), Purpose.INVITE: say("invite"), Purpose.SELL: say("sell"),
    }[Purpose(purpose)]  # fmt: skip


def standing_word(standing: str) -> str:
    """How a customer stands."""
    return {
        "overdrawn": say("overdrawn"), "neutral": say("neutral"), "engaged": say("engaged"),
        "advocate": say("advocate"),
    }.get(standing, standing)  # fmt: skip
