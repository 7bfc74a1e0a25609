import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("customer", "Customer"), ("staff", "Staff"), ("house", "House")], max_length=10
                    ),
                ),
                ("day", models.FloatField()),
                ("deposits", models.FloatField(default=0.0)),
                ("unresolved", models.FloatField(default=0.0)),
                ("recovered", models.FloatField(default=0.0)),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("offset_minutes", models.SmallIntegerField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("customer", models.UUIDField(db_index=True)),
                ("question", models.CharField(max_length=100)),
                ("value", models.CharField(blank=True, max_length=200)),
                ("number_value", models.FloatField(null=True)),
                ("words", models.TextField(blank=True)),
                ("touch", models.UUIDField(null=True)),
                ("import_id", models.UUIDField(db_index=True, null=True)),
                ("corrects", models.UUIDField(null=True, unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("offset_minutes", models.SmallIntegerField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("actor", models.CharField(max_length=200)),
                ("origin", models.CharField(blank=True, max_length=200)),
                ("action", models.CharField(max_length=100)),
                ("subject_kind", models.CharField(max_length=50)),
                ("subject", models.UUIDField(db_index=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("changed_at", models.DateTimeField()),
                ("name", models.CharField(blank=True, max_length=300)),
                ("since", models.DateField(null=True)),
                ("timezone", models.CharField(blank=True, max_length=64)),
                ("attributes", models.JSONField(default=dict)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Department",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("changed_at", models.DateTimeField()),
                ("name", models.CharField(max_length=200, unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("offset_minutes", models.SmallIntegerField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("moment", models.UUIDField(db_index=True)),
                ("account", models.UUIDField(db_index=True)),
                (
                    "account_kind",
                    models.CharField(
                        choices=[("customer", "Customer"), ("staff", "Staff"), ("house", "House")], max_length=10
                    ),
                ),
                ("touchpoint", models.UUIDField()),
                ("practice", models.UUIDField(null=True)),
                ("kind", models.CharField(max_length=10)),
                ("points", models.FloatField()),
                ("corrects", models.UUIDField(null=True, unique=True)),
                ("recovers", models.UUIDField(db_index=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("source", models.CharField(max_length=100)),
                ("file_name", models.CharField(max_length=300)),
                ("digest", models.CharField(max_length=64)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("rows_done", models.BigIntegerField(default=0)),
                ("added", models.BigIntegerField(default=0)),
                ("repeated", models.BigIntegerField(default=0)),
                ("rejected", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Moment",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("offset_minutes", models.SmallIntegerField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("touchpoint", models.UUIDField()),
                ("customer", models.UUIDField(db_index=True, null=True)),
                ("staff", models.UUIDField(null=True)),
                ("channel", models.CharField(blank=True, max_length=20)),
                ("source", models.CharField(blank=True, max_length=100)),
                ("note", models.TextField(blank=True)),
                ("import_id", models.UUIDField(db_index=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Outcome",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("offset_minutes", models.SmallIntegerField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("customer", models.UUIDField(db_index=True)),
                ("outcome", models.CharField(max_length=40)),
                ("value_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("referrer", models.UUIDField(null=True)),
                ("import_id", models.UUIDField(db_index=True, null=True)),
                ("corrects", models.UUIDField(null=True, unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanRun",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(unique=True)),
                ("starts_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("prices", models.JSONField()),
                ("certificate", models.JSONField()),
                ("parameters", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(unique=True)),
                ("text", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("note", models.TextField(blank=True)),
                ("adopted_by", models.CharField(blank=True, max_length=200)),
                ("in_force_from", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("changed_at", models.DateTimeField()),
                ("name", models.CharField(max_length=200, unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TouchEvent",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("offset_minutes", models.SmallIntegerField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("touch", models.UUIDField(db_index=True)),
                ("customer", models.UUIDField(db_index=True)),
                ("name", models.CharField(max_length=200)),
                ("channel", models.CharField(max_length=20)),
                ("purpose", models.CharField(max_length=20)),
                ("event", models.CharField(max_length=20)),
                ("reason", models.TextField(blank=True)),
                ("staff", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Witness",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("offset_minutes", models.SmallIntegerField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("moment", models.UUIDField(db_index=True)),
                ("account", models.UUIDField(null=True)),
                ("unnamed", models.PositiveIntegerField(default=0)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportedKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=200)),
                ("import_id", models.UUIDField(db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("source", "kind", "key"), name="imported_once")],
            },
        ),
        migrations.CreateModel(
            name="PlannedTouch",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("customer", models.UUIDField(db_index=True)),
                ("name", models.CharField(max_length=200)),
                ("purpose", models.CharField(max_length=20)),
                ("channel", models.CharField(max_length=20)),
                ("team", models.CharField(blank=True, max_length=200)),
                ("due_on", models.DateField()),
                ("value", models.FloatField()),
                ("reason", models.TextField()),
                ("held_out", models.BooleanField(default=False)),
                ("must", models.BooleanField(default=False)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="touches", to="store.planrun"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="planrun",
            name="plan_version",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.planversion"),
        ),
        migrations.CreateModel(
            name="Staff",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("changed_at", models.DateTimeField()),
                ("name", models.CharField(max_length=200)),
                ("code", models.CharField(max_length=100, unique=True)),
                (
                    "department",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="store.department"),
                ),
                ("team", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="store.team")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Touchpoint",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("changed_at", models.DateTimeField()),
                ("name", models.CharField(max_length=200, unique=True)),
                ("stage", models.CharField(blank=True, max_length=200)),
                ("channel", models.CharField(blank=True, max_length=20)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "department",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="store.department"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("changed_at", models.DateTimeField()),
                ("channel", models.CharField(blank=True, max_length=20)),
                ("purpose", models.CharField(blank=True, max_length=20)),
                ("allowed", models.BooleanField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="store.customer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "channel", "purpose"), name="consent_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=100)),
                ("value", models.CharField(max_length=300)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="identifiers", to="store.customer"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "value"), name="identifier_once")],
            },
        ),
        migrations.CreateModel(
            name="Practice",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("changed_at", models.DateTimeField()),
                ("name", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=10)),
                ("impact", models.PositiveSmallIntegerField()),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "touchpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="practices", to="store.touchpoint"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("touchpoint", "kind", "name"), name="practice_once")],
            },
        ),
    ]
