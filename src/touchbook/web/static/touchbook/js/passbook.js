// A number opens to how it was worked out in a dialog above the page; without this file the same links lead to pages.
const dialog = document.querySelector("#opened");
const body = document.querySelector("#opened-body");
let asked = null;

async function open(link) {
  asked = dialog.open ? asked : link;
  try {
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(String(answer.status));
    body.innerHTML = await answer.text();
    dialog.scrollTop = 0;
    if (!dialog.open) dialog.showModal();
  } catch {
    window.location.assign(link.href);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-opens]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(link);
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-closes]")) dialog.close();
});
dialog.addEventListener("close", () => asked?.focus());

// Further lines were put in place of the button that asked for them: the focus goes on to the first of them.
document.body.addEventListener("htmx:afterSwap", () => {
  const fresh = document.querySelector("tr[data-fresh]");
  fresh?.removeAttribute("data-fresh");
  fresh?.focus();
});
