// A list that grows keeps the place of whoever reads it by keyboard.
let lastRead = null;

document.body.addEventListener("htmx:beforeRequest", (event) => {
  lastRead = event.detail.elt.closest(".further")?.previousElementSibling ?? null;
});

document.body.addEventListener("htmx:afterSettle", () => {
  const next = lastRead?.nextElementSibling;
  if (next) {
    next.tabIndex = -1;
    next.focus();
  }
  lastRead = null;
});
