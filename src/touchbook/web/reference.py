"""``docs/reference/roles.md``: what each role may do, made from the table that the pages obey.

python -m touchbook.web.reference > docs/reference/roles.md
"""

from __future__ import annotations

import os

_HEAD = """\
# Roles

What each role may do. This page is made from `web/access.py`, which the pages obey; every address is tested with a
member, one of another department, and a stranger.
"""

_FOOT = """
## Whom one sees

Strategists, analysts and administrators see every customer. The front line and managers see

- customers whom nobody looks after;
- customers whom they, or somebody of their departments, look after: a manager's departments are the one they work in
  and those they answer for;
- whoever looks after them, customers to whom their team, or they themselves, have a touch to make.

Whoever may not be seen is not there: the page answers as it does for an unknown address. A moment may still be logged
for somebody whose number is known or whose code is scanned; then only the name is shown. “See only mine” narrows every
list to the customers whom one looks after.

Analysts see no contact details and no free texts. The account of a member of staff is seen by them and by their manager
alone, whatever the role of anybody else; no page ranks people by withdrawals.
"""


def reference() -> str:
    """The whole page as Markdown."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "touchbook.site.web_settings")
    import django

    django.setup()
    from touchbook.store.models import Role
    from touchbook.web.access import GRANTED, May

    roles = list(Role)
    lines = [f"| | {' | '.join(roles)} |", f"|---|{'---|' * len(roles)}"]
    for what in May:
        marks = " | ".join("yes" if what in GRANTED[role] else "" for role in roles)
        lines.append(f"| {what.value} | {marks} |")
    return "\n".join([_HEAD, *lines, _FOOT])


if __name__ == "__main__":
    print(reference(), end="")
