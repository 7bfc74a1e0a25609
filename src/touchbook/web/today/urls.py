"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.today import outcomes, views

urlpatterns = [
    path("today/", views.show, name="today"),
    path("today/<uuid:touch>/", views.one, name="today-touch"),
    path("today/<uuid:touch>/settle/", outcomes.settle, name="today-settle"),
    path("today/<uuid:touch>/learn/", outcomes.learn, name="today-learn"),
    path("today/<uuid:touch>/undo/", outcomes.undo, name="today-undo"),
    path("today/promises/<uuid:promise>/", outcomes.promise, name="today-promise"),
]
