"""What a WSGI server calls."""

from __future__ import annotations

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "touchbook.site.web_settings")
application = get_wsgi_application()

# Views load these when they need them, so that commands start fast; here nobody should be the first to wait for them.
for slow_to_load in (
    "duckdb",
    "touchbook.lake.mirror",
    "touchbook.web.passbook.how_money",
    "touchbook.web.passbook.sheet",
    "touchbook.workflows.describe_customer",
    "touchbook.workflows.explain_customer",
    "touchbook.workflows.list_left_alone",
):
    import_module(slow_to_load)

# What is loaded by now stays: whoever looks for garbage, while somebody waits, need not look through all of it.
gc.collect()
gc.freeze()
