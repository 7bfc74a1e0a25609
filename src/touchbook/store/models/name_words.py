"""The words of customers' names, by which they are found; kept by ``store.name_words``."""

from __future__ import annotations

from django.db import models

from touchbook.store.models.things import Customer


class NameWord(models.Model):
    """One word of a customer's name, without case and accents. What it says can always be made anew from the names."""

    word = models.CharField(max_length=100, db_index=True)  # looked up from its beginning
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="name_words")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("customer", "word"), name="name_word_once"),)
