"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.log import sending, views

urlpatterns = [
    path("log/", views.show, name="log"),
    path("log/people/", views.people, name="log-people"),
    path("log/scan/", views.scan, name="log-scan"),
    path("log/moments/", sending.moments, name="log-moments"),
    path("log/undo/", sending.take_back, name="log-undo"),
    path("log/recoveries/", sending.recoveries, name="log-recoveries"),
    path("log/recover/", sending.make_good, name="log-recover"),
]
