"""Outcomes and answers, in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from touchbook.kernel.ids import derive
from touchbook.kernel.language import say
from touchbook.store.append import append
from touchbook.store.models import Answer, Outcome
from touchbook.workflows.import_records.batches import Counts, Keys, Task
from touchbook.workflows.import_records.customers import Directory
from touchbook.workflows.import_records.records import AnswerRecord, OutcomeRecord, Record
from touchbook.workflows.import_records.values import BadValue

_OUTCOME = (
    "id", "at", "offset_minutes", "customer", "import_id", "outcome", "value_minor", "currency", "referrer",
)  # fmt: skip
_ANSWER = ("id", "at", "offset_minutes", "customer", "import_id", "question", "value", "number_value", "words")


class AnswersWriter:
    """Prepares and writes batches of outcomes or of answers: facts that stand by themselves."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._keys = Keys(task)
        self._directory = Directory(task.import_id, task.actor)
        self._rows: list[tuple[Any, ...]] = []

    def prepare(self, records: Sequence[Record]) -> Counts:
        """Find out what a batch brings."""
        batch = cast(Sequence[OutcomeRecord | AnswerRecord], records)
        self._rows = []
        self._keys.look_up(record.key for record in batch)
        new = [record for record in batch if self._keys.import_of(record.key) is None]
        self._directory.look_up(one for record in new for one in (*record.identifiers, *_referrer(record)))
        self._directory.look_up_held(record.identifiers for record in new)
        counts = self._keys.take_new(batch, self._add)
        counts.customers_made = self._directory.take_count()
        return counts

    def write(self, at: datetime) -> None:
        """Write what was prepared."""
        self._directory.write(at)
        if self._task.kind == "outcomes":
            append(Outcome, _OUTCOME, self._rows)
        else:
            append(Answer, _ANSWER, self._rows)
        self._keys.write()

    def _add(self, record: OutcomeRecord | AnswerRecord) -> None:
        self._directory.check(record.identifiers)
        if set(_referrer(record)) & set(record.identifiers):
            raise BadValue(say("the customer is their own referrer"), say("correct the referrer, or clear the cell"))
        customer = self._directory.customer(record.identifiers, record.at, {})
        shared = (
            derive(record.at, self._task.import_id, record.key), record.at, record.offset_minutes,
            customer, self._task.import_id,
        )  # fmt: skip
        if isinstance(record, OutcomeRecord):
            referrer = self._directory.customer(record.referrer, record.at, {}) if record.referrer else None
            self._rows.append((*shared, record.outcome, record.value_minor, record.currency, referrer))
        else:
            self._rows.append((*shared, record.question, record.value, record.number_value, record.words))


def _referrer(record: OutcomeRecord | AnswerRecord) -> tuple[tuple[str, str], ...]:
    return record.referrer if isinstance(record, OutcomeRecord) else ()
