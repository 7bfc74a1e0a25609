// Copy a link or a key that is shown once; and show at once which file was chosen.
for (const button of document.querySelectorAll("[data-copies]")) {
  const shown = document.getElementById(button.dataset.copies);
  const said = button.parentElement.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    shown.focus();
    shown.select();
    try {
      await navigator.clipboard.writeText(shown.value);
      said.textContent = said.dataset.copied;
    } catch {
      said.textContent = said.dataset.notCopied;
    }
  });
}

// The whole table of fields is checked anew as soon as one of them was chosen, without leaving the page.
const map = document.querySelector("[data-map]");
if (map) {
  map.addEventListener("change", (event) => {
    const sample = event.target.closest(".mapped")?.querySelector("[data-sample]");
    const option = event.target.selectedOptions?.[0];
    if (sample && option) sample.textContent = option.dataset.sample ?? "";
  });
}
