"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.passbook import changes, views

urlpatterns = [
    path("customers/<uuid:customer>/", views.show, name="customers-passbook"),
    path("customers/<uuid:customer>/lines/", views.older, name="customers-lines"),
    path("customers/<uuid:customer>/moments/<uuid:moment>/", views.moment, name="customers-moment"),
    path("customers/<uuid:customer>/how/<slug:number>/", views.how, name="customers-how"),
    path("customers/<uuid:customer>/next/", views.what_would_change, name="customers-change"),
    path("customers/<uuid:customer>/card/", views.card, name="customers-card"),
    path("customers/<uuid:customer>/promises/", changes.promise, name="customers-promise"),
    path("customers/<uuid:customer>/promises/<uuid:promise>/", changes.settle, name="customers-settle"),
    path("customers/<uuid:customer>/consent/", changes.consent, name="customers-consent"),
    path("customers/<uuid:customer>/owner/", changes.owner, name="customers-owner"),
    path("staff/<uuid:staff>/account/", views.account, name="more-account"),
]
