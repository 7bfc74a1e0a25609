{% load static %}// Keeps the page for logging at hand, so that it opens where there is no network.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
