// Undo is offered for a minute; a choice that is tapped again is taken back; without a network, or signed out, it says so.
const MINUTE = 60_000;

function letGo(within) {
  for (const form of within.querySelectorAll("form.undo")) {
    setTimeout(() => { if (!form.contains(document.activeElement)) form.remove(); }, MINUTE);
  }
}

let chosen = null;
document.addEventListener("pointerdown", (event) => {
  const radio = event.target.closest(".pick")?.querySelector("input");
  chosen = radio?.checked ? radio : null;
});
document.addEventListener("click", (event) => {
  if (chosen && event.target === chosen) chosen.checked = false;
  chosen = null;
});

function tell(event, what) {
  const article = event.target.closest("article");
  const told = document.querySelector(what)?.content.cloneNode(true);
  if (!article || !told) return false;
  article.querySelector(":scope > .mistake")?.remove();
  article.prepend(told);
  return true;
}

document.body.addEventListener("htmx:sendError", (event) => tell(event, "#no-network"));

// Whoever is signed out while they write stays here with what they wrote, and signs in beside it.
document.body.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status === 401 && tell(event, "#signed-out")) event.preventDefault();
});

// Signing in makes the token of a page that is still open stale; the cookie has the one that holds.
document.body.addEventListener("htmx:configRequest", (event) => {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  if (!token) return;
  event.detail.headers["X-CSRFToken"] = token;
  delete event.detail.parameters.csrfmiddlewaretoken;
});

document.body.addEventListener("htmx:load", (event) => letGo(event.detail.elt));
letGo(document);
