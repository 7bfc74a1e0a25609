"""The Django app: tables, migrations, queries, bulk append. Everything that is remembered lives here."""
