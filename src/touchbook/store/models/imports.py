"""Imports: what was read from which file, how far it got, and which outside records it brought."""

from __future__ import annotations

from django.db import models


class Import(models.Model):
    """One import of one file. ``rows_done`` is the checkpoint that a resumed import goes on from."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20)  # moments, customers, outcomes, answers
    source = models.CharField(max_length=100)
    file_name = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)  # of the file and the map
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undo_begun_at = models.DateTimeField(null=True)  # without undone_at: a part of it is taken back already
    undone_at = models.DateTimeField(null=True)
    taken_back = models.BigIntegerField(default=0)  # facts that its undo corrected
    rows_done = models.BigIntegerField(default=0)
    added = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)  # customers who were here already
    repeated = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    rejects_file = models.TextField(default="")  # its whole path
    rejects_digest = models.CharField(max_length=64, default="")  # as the import left it; another was corrected since
    customers_made = models.BigIntegerField(default=0)


class ImportedKey(models.Model):
    """An outside record that is here already. Undoing an import forgets its keys, so that it can be brought again."""

    source = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    import_id = models.UUIDField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "kind", "key"), name="imported_once"),)
