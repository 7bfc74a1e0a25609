// A list that is filtered as its choices change needs no button to be seen; it stays within reach of the keyboard.
function settle() {
  for (const form of document.querySelectorAll("[data-filters]")) form.classList.add("js-filters");
}
settle();
document.body.addEventListener("htmx:afterSwap", settle);
