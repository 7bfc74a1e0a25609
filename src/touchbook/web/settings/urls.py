"""Addresses of this page: a section each, with what is in it below."""

from __future__ import annotations

from django.urls import path

from touchbook.web.settings import audit, import_file, imports, invitations, keys, people, teams, views

urlpatterns = [
    path("settings/", views.show, name="settings"),
    path("settings/people/", people.people, name="settings-people"),
    path("settings/people/new/", people.new_person, name="settings-person-new"),
    path("settings/people/<uuid:staff>/", people.person, name="settings-person"),
    path("settings/people/<uuid:staff>/retire/", people.retire, name="settings-person-retire"),
    path("settings/people/<uuid:staff>/back/", people.take_back, name="settings-person-back"),
    path("settings/people/<uuid:staff>/invite/", invitations.send_in, name="settings-person-invite"),
    path("settings/teams/", teams.teams, name="settings-teams"),
    path("settings/teams/<uuid:team>/", teams.team, name="settings-team"),
    path("settings/departments/", teams.departments, name="settings-departments"),
    path("settings/departments/<uuid:department>/", teams.department, name="settings-department"),
    path("settings/keys/", keys.keys, name="settings-keys"),
    path("settings/keys/<uuid:key>/revoke/", keys.revoke, name="settings-key-revoke"),
    path("settings/imports/", imports.imports, name="settings-imports"),
    path("settings/imports/new/", imports.bring, name="settings-import-new"),
    path("settings/imports/<uuid:record>/", imports.one_import, name="settings-import"),
    path("settings/imports/files/<uuid:upload>/", import_file.file, name="settings-import-file"),
    path("settings/imports/files/<uuid:upload>/progress/", import_file.progress, name="settings-import-progress"),
    path("settings/imports/files/<uuid:upload>/rejects/", imports.rejects, name="settings-import-rejects"),
    path("settings/imports/files/<uuid:upload>/remove/", imports.give_up, name="settings-import-remove"),
    path("settings/audit/", audit.audit, name="settings-audit"),
    path("settings/audit/trail.csv", audit.download, name="settings-audit-csv"),
]
