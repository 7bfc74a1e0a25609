// A list that grows keeps the place of whoever reads it by keyboard; a choice of owner or order needs no second tap.
let lastRead = null;

document.body.addEventListener("htmx:beforeRequest", (event) => {
  lastRead = event.detail.elt.closest(".further")?.previousElementSibling ?? null;
});

document.body.addEventListener("htmx:afterSettle", () => {
  lastRead?.nextElementSibling?.querySelector("a")?.focus();
  lastRead = null;
});

for (const choice of document.querySelectorAll(".search select")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}
