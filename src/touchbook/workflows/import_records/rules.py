"""What a row of moments means: at which touchpoint it happened, and what was done well or badly there.

Either rules decide (``entries:`` in the map), the first that matches in each list, or two columns name the touchpoint
and the practice. What has been decided for the same cells once is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from touchbook.kernel.language import say
from touchbook.plan.document import MappingNode, Node, ScalarNode, SequenceNode
from touchbook.workflows.import_records.maptext import Cell, MapReader
from touchbook.workflows.import_records.playbook import Line, Place, Playbook, Practised
from touchbook.workflows.import_records.values import BadValue, closest, count, number, shown

_REMEMBERED_MAX = 20_000
_COMPARISON = re.compile(r"(<=|>=|<|>)\s*([+-]?\d+(?:\.\d+)?)")
Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What happened in a moment; ``place`` is None for a row that is no moment for the plan.

    ``lines`` is what its practices put on a page, made once for all rows that mean the same.
    """

    place: Place | None
    practices: tuple[Practised, ...] = ()
    unnamed_witnesses: int = 0
    lines: tuple[Line, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(practice.line() for practice in self.practices))


SKIPPED = Meaning(None)


@dataclass(frozen=True, slots=True)
class Rule:
    """``meaning`` holds for a row when every test does, each on the field at its index."""

    tests: tuple[tuple[int, Test], ...]
    meaning: Meaning

    def matches(self, fields: Sequence[str]) -> bool:
        """Whether the rule holds for a row."""
        return all(test(fields[index].strip()) for index, test in self.tests)


class Decider:
    """Gives rows their meaning."""

    def __init__(self, used: Sequence[int], decide: Callable[[Sequence[str]], Meaning]) -> None:
        self._used = tuple(used)
        self._decide = decide
        self._remembered: dict[tuple[str, ...], Meaning | BadValue] = {}

    def meaning(self, fields: Sequence[str]) -> Meaning:
        """The meaning of a row. Raises ``BadValue`` when it has none."""
        key = tuple([fields[index] for index in self._used])
        found = self._remembered.get(key)
        if found is None:
            try:
                found = self._decide(fields)
            except BadValue as error:
                found = error
            if len(self._remembered) >= _REMEMBERED_MAX:
                self._remembered.clear()
            self._remembered[key] = found
        if isinstance(found, BadValue):
            raise found
        return found


def by_rules(lists: Sequence[Sequence[Rule]], names: Sequence[str]) -> Decider:
    """Each list gives what its first matching rule says; together they must speak of one touchpoint."""
    used = sorted({index for rules in lists for rule in rules for index, _ in rule.tests})

    def decide(fields: Sequence[str]) -> Meaning:
        found = [rule.meaning for rules in lists for rule in [_first(rules, fields)] if rule is not None]
        if not found:
            told = ", ".join(
                say("%(name)s '%(value)s'", name=names[index], value=shown(fields[index])) for index in used
            )
            raise BadValue(
                say("no rule of 'entries' matches %(told)s", told=told or say("this row")),
                say("add a rule to the map, or 'skip: true' for what is no moment"),
            )
        told_of = [meaning for meaning in found if meaning.place is not None]
        if not told_of:
            return SKIPPED
        if len({meaning.place.id for meaning in told_of if meaning.place}) > 1:
            both = sorted({meaning.place.name for meaning in told_of if meaning.place}, key=lambda name: f"'{name}'")
            places = say(" and ").join(say("'%(text)s'", text=place) for place in both)
            what = say("the rules give one moment two touchpoints, %(places)s", places=places)
            raise BadValue(what, say("let one list of rules decide"))
        practices = dict.fromkeys(practice for meaning in told_of for practice in meaning.practices)
        return Meaning(told_of[0].place, tuple(practices), max(meaning.unnamed_witnesses for meaning in told_of))

    return Decider(used, decide)


def _first(rules: Sequence[Rule], fields: Sequence[str]) -> Rule | None:
    return next((rule for rule in rules if rule.matches(fields)), None)


def by_columns(touchpoint: Cell, practice: Cell, playbook: Playbook) -> Decider:
    """The touchpoint and the practices (several are separated by ``;``) are written in the row itself."""
    used = [cell.index for cell in (touchpoint, practice) if cell.index >= 0]

    def decide(fields: Sequence[str]) -> Meaning:
        name = _in_column(touchpoint, fields)
        place = playbook.place(name)
        if place is None:
            unknown = say("'%(name)s' is no touchpoint of the plan", name=shown(name))
            what = unknown if name else say("the touchpoint is missing")
            raise _at(touchpoint, what, _nearest(name, playbook.places))
        practices: list[Practised] = []
        for part in filter(None, (part.strip() for part in _in_column(practice, fields).split(";"))):
            found = place.named(part)
            if len(found) != 1:
                known = [one.name for one in place.practices]
                if not found:
                    raise _at(practice, _no_practice(shown(part), place.name), _nearest(part, known))
                raise _at(practice, _both(shown(part), place.name), say("write '+' or '−' and a blank before it"))
            practices.append(found[0])
        if not practices:
            raise _at(practice, say("the practice is missing"), say("fill in what was done well or badly"))
        return Meaning(place, tuple(dict.fromkeys(practices)))

    return Decider(used, decide)


def _in_column(cell: Cell, fields: Sequence[str]) -> str:
    try:
        return cell.text(fields)
    except BadValue as error:
        error.column = cell.column
        raise


def _at(cell: Cell, problem: str, remedy: str) -> BadValue:
    error = BadValue(problem, remedy)
    error.column = cell.column
    return error


def _nearest(name: str, known: Sequence[str] | object) -> str:
    near = closest(name, known) if name else ""  # type: ignore[arg-type]
    return say("did you mean '%(name)s'", name=near) if near else say("correct it, or add it to the plan")


def _no_practice(name: str, place: str) -> str:
    return say("'%(name)s' is no practice of the touchpoint '%(place)s'", name=name, place=place)


def _both(name: str, place: str) -> str:
    return say("'%(name)s' is both a deposit and a withdrawal of the touchpoint '%(place)s'", name=name, place=place)


def read_rules(reader: MapReader, node: Node, playbook: Playbook) -> list[list[Rule]]:
    """The lists of rules under ``entries:``: one list, or a list of lists."""
    if not isinstance(node, SequenceNode) or not node.items:
        remedy = say("write '- {when: {column: value}, touchpoint: …}' lines")
        reader.wrong(node, say("'entries' is not a list of rules"), remedy)
        return []
    lists = node.items if all(isinstance(part, SequenceNode) for part in node.items) else (node,)
    return [
        [rule for item in part.items if (rule := _read_rule(reader, item, playbook)) is not None]
        for part in lists
        if isinstance(part, SequenceNode)
    ]


def _read_rule(reader: MapReader, node: Node, playbook: Playbook) -> Rule | None:
    if not isinstance(node, MappingNode):
        remedy = say("write '- {when: {column: value}, touchpoint: …, practice: …}'")
        reader.wrong(node, say("a rule is not in braces"), remedy)
        return None
    found = reader.keys(node, ("when", "touchpoint", "practice", "unnamed_witnesses", "skip"), say("in a rule"))
    tests = _read_tests(reader, found.get("when"), node)
    meaning = _read_meaning(reader, found, node, playbook)
    return None if tests is None or meaning is None else Rule(tests, meaning)


def _read_tests(reader: MapReader, node: Node | None, rule: Node) -> tuple[tuple[int, Test], ...] | None:
    if not isinstance(node, MappingNode):
        remedy = say("add 'when: {column: value}', or 'when: {}'")
        reader.wrong(node or rule, say("the rule does not say when it holds"), remedy)
        return None
    tests = []
    for name, entry in node.entries.items():
        index = reader.index(entry.key, name)
        texts = reader.texts(entry.value, say("the value of %(what)s", what=say("'%(text)s'", text=name)))
        if index >= 0 and texts:
            tests.append((index, _test(texts)))
    return tuple(tests)


def _test(texts: Sequence[tuple[ScalarNode, str]]) -> Test:
    words = frozenset(text.casefold() for _, text in texts)
    comparison = _COMPARISON.fullmatch(texts[0][1]) if len(texts) == 1 else None
    if comparison is None:
        return lambda cell: cell.casefold() in words
    operator, bound = comparison[1], float(comparison[2])

    def compare(cell: str) -> bool:
        try:
            value = number(cell)
        except BadValue:
            return False
        return {"<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound}[operator]

    return compare


def _read_meaning(reader: MapReader, found: dict[str, Node], rule: Node, playbook: Playbook) -> Meaning | None:
    if "skip" in found:
        said = reader.text(found["skip"], say("'%(text)s'", text="skip"))
        if len(found.keys() - {"when", "skip"}) or said not in ("true", "yes"):
            reader.wrong(found["skip"], say("'skip' stands alone and is true"), say("write '{when: {…}, skip: true}'"))
        return SKIPPED
    if "touchpoint" not in found or "practice" not in found:
        missing = "touchpoint" if "touchpoint" not in found else "practice"
        remedy = say("add '%(key)s: NAME', or write 'skip: true'", key=missing)
        no_place, no_practice = say("the rule names no touchpoint"), say("the rule names no practice")
        reader.wrong(rule, no_place if missing == "touchpoint" else no_practice, remedy)
        return None
    name = reader.text(found["touchpoint"], say("the touchpoint"))
    place = playbook.places.get(name)
    if place is None:
        if name:
            what = say("the plan has no touchpoint '%(name)s'", name=name)
            reader.unknown(found["touchpoint"], what, name, playbook.places)
        return None
    practices = []
    for node, text in reader.texts(found["practice"], say("the practice")):
        same = place.named(text)
        if not same:
            known = [practice.name for practice in place.practices]
            what = say("the touchpoint '%(place)s' has no practice '%(name)s'", place=name, name=text)
            reader.unknown(node, what, text, known)
        elif len(same) > 1:
            reader.wrong(node, _both(text, name), say("write '+ %(name)s' or '- %(name)s'", name=text))
        else:
            practices.append(same[0])
    return Meaning(place, tuple(practices), _unnamed(reader, found.get("unnamed_witnesses")))


def _unnamed(reader: MapReader, node: Node | None) -> int:
    if node is None:
        return 0
    text = reader.text(node, say("the number of witnesses"))
    try:
        return count(text) if text else 0
    except BadValue as error:
        reader.wrong(node, error.problem, error.remedy)
        return 0
