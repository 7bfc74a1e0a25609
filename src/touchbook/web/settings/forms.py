"""What every form of these pages has: an id by which it is done once, texts without blanks around them, choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint


def form_id(request: HttpRequest) -> UUID:
    """The id that the form was given when its page was made; a fresh one where it brings none."""
    return uuid_or_none(request.POST.get("id", "")) or mint(now())


def text(request: HttpRequest, name: str) -> str:
    """A line that was typed, without blanks around it."""
    return request.POST.get(name, "").strip()


def choice(request: HttpRequest, name: str) -> UUID | None:
    """The thing that was chosen, if any."""
    return uuid_or_none(request.POST.get(name, ""))


def uuid_or_none(raw: str) -> UUID | None:
    """An id out of an address or a form; None for what is none, so that it filters nothing."""
    try:
        return UUID(raw)
    except ValueError:
        return None


def instant_or_none(raw: str) -> datetime | None:
    """An instant as a hidden field holds it."""
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        return None


def by_field(problems: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Problems by field for a template; those of the form as a whole are under ``whole``."""
    return {field or "whole": list(sentences) for field, sentences in problems.items()}
