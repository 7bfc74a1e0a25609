"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.customers import views

urlpatterns = [
    path("customers/", views.show, name="customers"),
    path("customers/customers.csv", views.download, name="customers-download"),
]
