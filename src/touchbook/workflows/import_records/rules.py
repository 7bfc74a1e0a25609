"""What a row of moments means: at which touchpoint it happened, and what was done well or badly there.

Either rules decide (``entries:`` in the map), the first that matches in each list, or two columns name the touchpoint
and the practice. What has been decided for the same cells once is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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
            told = ", ".join(f"{names[index]} '{shown(fields[index])}'" for index in used)
            raise BadValue(
                f"no rule of 'entries' matches {told or 'this row'}",
                "add a rule to the map, or 'skip: true' for what is no moment",
            )
        told_of = [meaning for meaning in found if meaning.place is not None]
        if not told_of:
            return SKIPPED
        if len({meaning.place.id for meaning in told_of if meaning.place}) > 1:
            places = " and ".join(sorted({f"'{meaning.place.name}'" for meaning in told_of if meaning.place}))
            raise BadValue(f"the rules give one moment two touchpoints, {places}", "let one list of rules decide")
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
            what = f"'{shown(name)}' is no touchpoint of the plan" if name else "the touchpoint is missing"
            raise _at(touchpoint, what, _nearest(name, playbook.places))
        practices: list[Practised] = []
        for part in filter(None, (part.strip() for part in _in_column(practice, fields).split(";"))):
            found = place.named(part)
            if len(found) != 1:
                known = [one.name for one in place.practices]
                what = f"'{shown(part)}' is {'both a deposit and a withdrawal' if found else 'no practice'}"
                remedy = "write '+' or '−' and a blank before it" if found else _nearest(part, known)
                raise _at(practice, f"{what} of the touchpoint '{place.name}'", remedy)
            practices.append(found[0])
        if not practices:
            raise _at(practice, "the practice is missing", "fill in what was done well or badly")
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
    return f"did you mean '{near}'" if near else "correct it, or add it to the plan"


def read_rules(reader: MapReader, node: Node, playbook: Playbook) -> list[list[Rule]]:
    """The lists of rules under ``entries:``: one list, or a list of lists."""
    if not isinstance(node, SequenceNode) or not node.items:
        reader.wrong(node, "'entries' is not a list of rules", "write '- {when: {column: value}, touchpoint: …}' lines")
        return []
    lists = node.items if all(isinstance(part, SequenceNode) for part in node.items) else (node,)
    return [
        [rule for item in part.items if (rule := _read_rule(reader, item, playbook)) is not None]
        for part in lists
        if isinstance(part, SequenceNode)
    ]


def _read_rule(reader: MapReader, node: Node, playbook: Playbook) -> Rule | None:
    if not isinstance(node, MappingNode):
        reader.wrong(node, "a rule is not in braces", "write '- {when: {column: value}, touchpoint: …, practice: …}'")
        return None
    found = reader.keys(node, ("when", "touchpoint", "practice", "unnamed_witnesses", "skip"), "in a rule")
    tests = _read_tests(reader, found.get("when"), node)
    meaning = _read_meaning(reader, found, node, playbook)
    return None if tests is None or meaning is None else Rule(tests, meaning)


def _read_tests(reader: MapReader, node: Node | None, rule: Node) -> tuple[tuple[int, Test], ...] | None:
    if not isinstance(node, MappingNode):
        reader.wrong(node or rule, "the rule does not say when it holds", "add 'when: {column: value}', or 'when: {}'")
        return None
    tests = []
    for name, entry in node.entries.items():
        index = reader.index(entry.key, name)
        texts = reader.texts(entry.value, f"the value of '{name}'")
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
        if len(found.keys() - {"when", "skip"}) or reader.text(found["skip"], "'skip'") not in ("true", "yes"):
            reader.wrong(found["skip"], "'skip' stands alone and is true", "write '{when: {…}, skip: true}'")
        return SKIPPED
    if "touchpoint" not in found or "practice" not in found:
        missing = "touchpoint" if "touchpoint" not in found else "practice"
        reader.wrong(rule, f"the rule names no {missing}", f"add '{missing}: NAME', or write 'skip: true'")
        return None
    name = reader.text(found["touchpoint"], "the touchpoint")
    place = playbook.places.get(name)
    if place is None:
        if name:
            reader.unknown(found["touchpoint"], f"the plan has no touchpoint '{name}'", name, playbook.places)
        return None
    practices = []
    for node, text in reader.texts(found["practice"], "the practice"):
        same = place.named(text)
        if not same:
            known = [practice.name for practice in place.practices]
            reader.unknown(node, f"the touchpoint '{name}' has no practice '{text}'", text, known)
        elif len(same) > 1:
            what = f"'{text}' is both a deposit and a withdrawal of the touchpoint '{name}'"
            reader.wrong(node, what, f"write '+ {text}' or '- {text}'")
        else:
            practices.append(same[0])
    return Meaning(place, tuple(practices), _unnamed(reader, found.get("unnamed_witnesses")))


def _unnamed(reader: MapReader, node: Node | None) -> int:
    if node is None:
        return 0
    text = reader.text(node, "the number of witnesses")
    try:
        return count(text) if text else 0
    except BadValue as error:
        reader.wrong(node, error.problem, error.remedy)
        return 0
