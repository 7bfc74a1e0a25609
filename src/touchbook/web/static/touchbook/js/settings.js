// Copy a link or a key that is shown once.
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
