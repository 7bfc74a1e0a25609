// Keeps the page for logging at hand, so that it opens where there is no network, and sends what waits there.
// The files are named by what is in them, so this text changes with them, and so does the name of their cache.
importScripts("{% static 'touchbook/js/outbox.js' %}");
const FILES = {{ files|safe }};
const CACHE = "touchbook-files-{{ version }}";
const PAGES = "touchbook-page";
const LOG = "{% url 'log' %}";
const MOMENTS = "{% url 'log-moments' %}";
const ACCOUNT = "/account/";
const WAIT_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim().then(renew));
});

self.addEventListener("message", (event) => {
  // A page that was on its way while the worker was installed is in nobody's care until it asks.
  if (event.data === "keep") event.waitUntil(self.clients.claim().then(renew));
  if (event.data === "forget") event.waitUntil(forget());
});

self.addEventListener("sync", (event) => {
  if (event.tag === "moments") event.waitUntil(sendAll());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (pathname.startsWith(ACCOUNT)) {
    // Whoever signs in or out here: the page of the last one is nobody else's.
    if (/^\/account\/(login|logout|demo|invitation)/.test(pathname)) event.waitUntil(forget());
    return;
  }
  if (request.method !== "GET") return;
  if (FILES.includes(pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  } else if (request.mode === "navigate" && pathname === LOG) {
    event.respondWith(logPage(event));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch((problem) => elsewhere(request, problem)));
  }
});

async function logPage(event) {
  const asked = fetch(event.request);
  event.waitUntil(asked.then((answer) => keep(answer.clone())).catch(() => {}));
  const late = new Promise((done) => setTimeout(done, WAIT_MS, null));
  const first = await Promise.race([asked.catch(() => null), late]);
  if (first) return first;
  return (await (await caches.open(PAGES)).match(LOG)) || asked;
}

// With no network there is one page that still works; it says so, and names the one that was asked for.
async function elsewhere(request, problem) {
  const { pathname, search } = new URL(request.url);
  const kept = await (await caches.open(PAGES)).match(LOG);
  if (kept) return Response.redirect(pathname === "/" ? LOG : `${LOG}?instead=${encodeURIComponent(pathname + search)}`);
  throw problem;
}

async function renew() {
  try {
    await keep(await fetch(LOG, { credentials: "same-origin", redirect: "manual" }));
  } catch {
    // No network; the page that is kept still has its files, as none is removed before a newer page is there.
  }
}

async function keep(answer) {
  if (!answer.ok || answer.redirected || answer.type === "opaqueredirect") return;
  if (!(answer.headers.get("Content-Type") || "").startsWith("text/html")) return;
  if (!answer.url.endsWith(LOG)) return;
  await (await caches.open(PAGES)).put(LOG, answer);
  for (const name of await caches.keys()) {
    if (name.startsWith("touchbook-") && name !== CACHE && name !== PAGES) await caches.delete(name);
  }
}

async function forget() {
  await caches.delete(PAGES);
}

async function sendAll() {
  if (!self.cookieStore) return;
  const token = (await self.cookieStore.get("csrftoken"))?.value;
  if (!token) return;
  const people = new Set((await self.Outbox.all()).map((one) => one.person));
  for (const person of people) {
    const { how } = await self.Outbox.send(person, MOMENTS, token);
    if (how === "offline") throw new Error("still offline"); // the browser tries again
  }
  for (const client of await self.clients.matchAll()) client.postMessage("sent");
}
