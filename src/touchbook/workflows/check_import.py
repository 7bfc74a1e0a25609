"""Check a file and its map against a plan that is not in force yet, so that nothing is begun that must fail."""

from __future__ import annotations

from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from touchbook.kernel.errors import Unreadable
from touchbook.plan.model import Plan, Touchpoint
from touchbook.workflows.import_records.date_orders import orders_of
from touchbook.workflows.import_records.mapping import RecordKind, file_terms, load
from touchbook.workflows.import_records.playbook import Place, Playbook, Practised
from touchbook.workflows.import_records.reading import open_source


def check_import(kind: RecordKind, path: Path, map_path: Path, plan: Plan) -> None:
    """Read a map and, of its file, what can stop an import under *plan* at once; nothing is written.

    Raises ``MapInvalid`` for a map with problems and for dates that may be day first or month first, ``Unreadable`` for
    a file or a map that cannot be read.
    """
    try:
        text = map_path.read_bytes()
    except OSError as error:
        raise Unreadable(f"The map {map_path} cannot be read ({error.strerror}); name a file you may read.") from error
    terms = file_terms(text, str(map_path))
    source = open_source(path, terms.delimiter, terms.encoding)
    playbook = Playbook({name: _place(touchpoint) for name, touchpoint in plan.touchpoints.items()})
    mapped = load(text, kind, source.columns, plan, playbook, source=str(map_path))
    orders_of(source, mapped, str(map_path))


def _place(touchpoint: Touchpoint) -> Place:
    """A touchpoint as an import knows it; the ids stand for those that adopting the plan will give."""
    practices = tuple(
        Practised(uuid5(NAMESPACE_URL, f"{touchpoint.name}/{kind}/{name}").hex, name, kind, float(impact))
        for kind, impacts in (("deposit", touchpoint.deposits), ("withdrawal", touchpoint.withdrawals))
        for name, impact in impacts.items()
    )
    return Place(uuid5(NAMESPACE_URL, touchpoint.name).hex, touchpoint.name, touchpoint.channel, practices)
