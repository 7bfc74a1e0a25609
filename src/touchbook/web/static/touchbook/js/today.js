// Undo is offered for a minute; a choice that is tapped again is taken back; without a network, nothing was recorded.
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

document.body.addEventListener("htmx:sendError", (event) => {
  const article = event.target.closest("article");
  const told = document.querySelector("#no-network")?.content.cloneNode(true);
  if (!article || !told) return;
  article.querySelector(":scope > .mistake")?.remove();
  article.prepend(told);
});

document.body.addEventListener("htmx:load", (event) => letGo(event.detail.elt));
letGo(document);
