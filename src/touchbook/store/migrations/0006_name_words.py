"""The words of customers' names, by which they are found; those of the names that are there already."""

import django.db.models.deletion
from django.db import migrations, models

from touchbook.store.name_words import kept_of

_ROWS = 20_000


def _fill(_apps, schema_editor) -> None:
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        last = None
        while True:
            after = "" if last is None else "AND id > %s"
            query = f"SELECT id, name FROM store_customer WHERE name <> '' {after} ORDER BY id LIMIT {_ROWS}"  # noqa: S608
            cursor.execute(query, [] if last is None else [last])
            rows = cursor.fetchall()
            if not rows:
                break
            last = rows[-1][0]
            cursor.executemany(
                "INSERT INTO store_nameword (word, customer_id) VALUES (%s, %s)",
                [(word, customer) for customer, name in rows for word in sorted(kept_of(name))],
            )
        if connection.vendor == "postgresql":  # or no later migration of the same go could change the table
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0005_people_and_promises"),
    ]

    operations = [
        migrations.CreateModel(
            name="NameWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(db_index=True, max_length=100)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="name_words", to="store.customer"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("customer", "word"), name="name_word_once")],
            },
        ),
        migrations.RunPython(_fill, migrations.RunPython.noop),
    ]
