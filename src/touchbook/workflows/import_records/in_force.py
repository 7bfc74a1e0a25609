"""What an import stands on: the plan in force, its playbook, and the ledger's terms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from touchbook.ledger.terms import Terms
from touchbook.plan.model import Plan
from touchbook.store.models import Practice, Touchpoint
from touchbook.store.queries import plan_in_force, terms_of
from touchbook.workflows.import_records.playbook import Place, Playbook, Practised


@dataclass(frozen=True, slots=True)
class InForce:
    """The plan in force; ``version`` is its number."""

    version: int
    plan: Plan
    playbook: Playbook
    terms: Terms


def in_force() -> InForce:
    """The plan in force. Raises ``NotFound`` when none was adopted."""
    version, plan = plan_in_force()
    practices = defaultdict(list)
    for one in Practice.objects.filter(retired_at__isnull=True).order_by("name"):
        practices[one.touchpoint_id].append(Practised(one.id.hex, one.name, one.kind, float(one.impact)))
    places = {
        one.name: Place(one.id.hex, one.name, one.channel, tuple(practices[one.id]))
        for one in Touchpoint.objects.filter(retired_at__isnull=True).order_by("name")
    }
    return InForce(version.number, plan, Playbook(places), terms_of(plan.ledger))
