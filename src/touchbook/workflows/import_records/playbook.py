"""The touchpoints and practices of the plan in force, as an import refers to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Line(NamedTuple):
    """What one entry says, before it is on an account; ids have 32 digits."""

    practice: str | None
    kind: str
    points: float
    recovers: str | None = None


@dataclass(frozen=True, slots=True)
class Practised:
    """A practice: its id (32 digits), its name, ``deposit`` or ``withdrawal``, and its impact in points."""

    id: str
    name: str
    kind: str
    points: float

    def line(self) -> Line:
        """What it puts on the page of whom it is done to."""
        return Line(self.id, self.kind, self.points)

    def words(self) -> str:
        """Sign, name and points."""
        sign = "+" if self.kind == "deposit" else "−"
        return f"{sign} {self.name} ({self.points:g})"


@dataclass(frozen=True, slots=True)
class Place:
    """A touchpoint with its practices; ``id`` has 32 digits."""

    id: str
    name: str
    channel: str
    practices: tuple[Practised, ...]

    def named(self, text: str) -> tuple[Practised, ...]:
        """The practices of a name; a sign before it ("+ " or "- ") tells a deposit from a withdrawal."""
        kind, name = "", text
        if text[:1] in "+-−–" and text[1:2] == " ":
            kind, name = ("deposit" if text[0] == "+" else "withdrawal"), text[2:].strip()
        exact = [one for one in self.practices if one.name == name and kind in ("", one.kind)]
        folded = name.casefold()
        return tuple(
            exact or [one for one in self.practices if one.name.casefold() == folded and kind in ("", one.kind)]
        )


@dataclass(frozen=True, slots=True)
class Playbook:
    """Every touchpoint of the plan in force, by name."""

    places: Mapping[str, Place]

    def place(self, name: str) -> Place | None:
        """The touchpoint of a name; case does not matter where it tells nothing apart."""
        if name in self.places:
            return self.places[name]
        near = [place for known, place in self.places.items() if known.casefold() == name.casefold()]
        return near[0] if len(near) == 1 else None
