"""What somebody did, as one plain sentence for each action of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

# By action and kind of thing. %(who)s is who did it, %(thing)s what it is called.
SENTENCES: Mapping[tuple[str, str], Words] = {
    ("add", "staff"): _("%(who)s added the person %(thing)s."),
    ("hire", "staff"): _("%(who)s added the person %(thing)s."),
    ("create", "staff"): _("%(who)s added the person %(thing)s."),
    ("change", "staff"): _("%(who)s changed the person %(thing)s."),
    ("place", "staff"): _("%(who)s gave %(thing)s a role."),
    ("retire", "staff"): _("%(who)s noted that %(thing)s has left."),
    ("take back", "staff"): _("%(who)s noted that %(thing)s is back."),
    ("remove", "staff"): _("%(who)s removed the person %(thing)s."),
    ("invite", "staff"): _("%(who)s invited %(thing)s to sign in."),
    ("reset access", "staff"): _("%(who)s made a link for %(thing)s to choose a new way of signing in."),
    ("invite first administrator", "invitation"): _("%(who)s made the invitation of the first administrator."),
    ("accept invitation", "staff"): _("%(who)s accepted the invitation, and can sign in."),
    ("accept new access", "staff"): _("%(who)s chose a new way of signing in."),
    ("sign in", "staff"): _("%(who)s signed in."),
    ("sign out", "staff"): _("%(who)s signed out."),
    ("sign in failed", "staff"): _("Somebody tried to sign in as %(thing)s, and failed."),
    ("sign in of one who has left", "staff"): _("Somebody tried to sign in as %(thing)s, who has left."),
    ("second step failed", "staff"): _("Somebody failed at the second step of %(thing)s."),
    ("company account refused", "staff"): _("Somebody came with a company account that belongs to nobody here."),
    ("link company account", "staff"): _("%(who)s linked a company account."),
    ("unlink company account", "staff"): _("%(who)s unlinked a company account."),
    ("change password", "staff"): _("%(who)s changed their password."),
    ("set password", "staff"): _("%(who)s chose a password."),
    ("second step on", "staff"): _("%(who)s turned the second step on."),
    ("second step off", "staff"): _("%(who)s turned the second step off."),
    ("recovery codes on", "staff"): _("%(who)s got recovery codes."),
    ("recovery codes off", "staff"): _("%(who)s let the recovery codes go."),
    ("new recovery codes", "staff"): _("%(who)s made new recovery codes."),
    ("use a recovery code", "staff"): _("%(who)s signed in with a recovery code."),
    ("download", "staff"): _("%(who)s downloaded a list of customers."),
    ("create", "customer"): _("%(who)s added the customer %(thing)s."),
    ("change", "customer"): _("%(who)s changed the customer %(thing)s."),
    ("remove", "customer"): _("%(who)s removed the customer %(thing)s."),
    ("create", "identifier"): _("%(who)s noted what else %(thing)s is known by."),
    ("remove", "identifier"): _("%(who)s removed what %(thing)s was known by."),
    ("consent", "customer"): _("%(who)s noted what %(thing)s allows."),
    ("consent overtaken", "customer"): _("%(who)s noted what %(thing)s had allowed before."),
    ("change owner", "customer"): _("%(who)s changed who looks after %(thing)s."),
    ("answer", "customer"): _("%(who)s noted an answer of %(thing)s."),
    ("answer taken back", "customer"): _("%(who)s took back an answer of %(thing)s."),
    ("add", "team"): _("%(who)s added the team %(thing)s."),
    ("create", "team"): _("%(who)s added the team %(thing)s."),
    ("change", "team"): _("%(who)s renamed the team %(thing)s."),
    ("add", "department"): _("%(who)s added the department %(thing)s."),
    ("create", "department"): _("%(who)s added the department %(thing)s."),
    ("change", "department"): _("%(who)s renamed the department %(thing)s."),
    ("create", "touchpoint"): _("%(who)s added the touchpoint %(thing)s with the plan."),
    ("change", "touchpoint"): _("%(who)s changed the touchpoint %(thing)s with the plan."),
    ("retire", "touchpoint"): _("%(who)s dropped the touchpoint %(thing)s from the plan."),
    ("revive", "touchpoint"): _("%(who)s took the touchpoint %(thing)s into the plan again."),
    ("create", "practice"): _("%(who)s added the practice %(thing)s with the plan."),
    ("change", "practice"): _("%(who)s changed the practice %(thing)s with the plan."),
    ("retire", "practice"): _("%(who)s dropped the practice %(thing)s from the plan."),
    ("revive", "practice"): _("%(who)s took the practice %(thing)s into the plan again."),
    ("adopt", "plan"): _("%(who)s put %(thing)s of the plan in force."),
    ("plan the week", "plan run"): _("%(who)s had %(thing)s planned."),
    ("approve", "plan run"): _("%(who)s approved touches of %(thing)s."),
    ("withdraw", "touch"): _("%(who)s withdrew the touch %(thing)s."),
    ("touch claimed", "touch"): _("%(who)s took on the touch %(thing)s."),
    ("touch made", "touch"): _("%(who)s made the touch %(thing)s."),
    ("touch tried", "touch"): _("%(who)s tried the touch %(thing)s; there was no answer."),
    ("touch deferred", "touch"): _("%(who)s put the touch %(thing)s off."),
    ("touch skipped", "touch"): _("%(who)s found the touch %(thing)s not appropriate."),
    ("touch reopened", "touch"): _("%(who)s opened the touch %(thing)s again."),
    ("log", "moment"): _("%(who)s logged a moment at %(thing)s."),
    ("correct", "moment"): _("%(who)s took a moment back."),
    ("correct", "entry"): _("%(who)s took an entry back."),
    ("recover", "moment"): _("%(who)s made a withdrawal good."),
    ("fail to recover", "moment"): _("%(who)s tried to make a withdrawal good, in vain."),
    ("promise", "promise"): _("%(who)s noted a promise to %(thing)s."),
    ("promise kept", "promise"): _("%(who)s noted that a promise to %(thing)s is kept."),
    ("promise let go", "promise"): _("%(who)s let a promise to %(thing)s go."),
    ("promise taken back", "promise"): _("%(who)s took back a promise to %(thing)s."),
    ("bring", "import"): _("%(who)s brought the file %(thing)s."),
    ("give up", "import"): _("%(who)s gave the file %(thing)s up."),
    ("start import", "import"): _("%(who)s began to import the file %(thing)s."),
    ("start undo", "import"): _("%(who)s began to take the import of %(thing)s back."),
    ("undo", "import"): _("%(who)s took the import of %(thing)s back."),
    ("make", "key"): _("%(who)s made the API key %(thing)s."),
    ("revoke", "key"): _("%(who)s revoked the API key %(thing)s."),
}  # fmt: skip
NAMELESS: Mapping[tuple[str, str], Words] = {
    ("sign in failed", "staff"): _("Somebody tried to sign in with a name that nobody has."),
    ("log", "moment"): _("%(who)s logged a moment."),
}
"""Instead, where nothing is known of what it was called."""
OTHERWISE: Words = _("%(who)s: %(action)s, %(kind)s %(thing)s.")
SOMEBODY: Mapping[str, Words] = {
    "staff": _("somebody who is not there any more"), "customer": _("somebody who is not there any more"),
    "identifier": _("somebody who is not there any more"), "promise": _("somebody who is not there any more"),
    "plan run": _("a week"), "touch": _("to somebody who is not there any more"),
}  # fmt: skip
NAMELESS_THING: Words = _("without a name")
NOBODY: Words = _("Touchbook itself")
UNKNOWN: Words = _("Somebody")
