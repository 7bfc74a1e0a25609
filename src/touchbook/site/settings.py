"""Django's settings. Nothing here is secret; what differs between places comes from the environment."""

from __future__ import annotations

import os

from touchbook.site.home import database_settings, database_url, home

# For the workflows, which stand below this folder and may not import it.
TOUCHBOOK_HOME = home()
TOUCHBOOK_DATABASE_URL = database_url()
# Compiled passes are kept in the home: the folder of the program may be read-only, and is nobody's place for data.
os.environ.setdefault("NUMBA_CACHE_DIR", str(TOUCHBOOK_HOME / "cache"))
INSTALLED_APPS = ["touchbook.store"]
DATABASES = {"default": database_settings(TOUCHBOOK_DATABASE_URL)}
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = "unused: nothing is signed yet"  # noqa: S105
