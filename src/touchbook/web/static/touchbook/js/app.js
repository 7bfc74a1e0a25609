// On every page: make it installable, and say so when a request could not be answered.
const worker = document.body.dataset.worker;
if (worker && "serviceWorker" in navigator) {
  const atHand = () => navigator.serviceWorker.ready.then(({ active }) => active?.postMessage("keep"));
  // After the page itself, which must not wait for it.
  addEventListener("load", () => {
    navigator.serviceWorker.register(worker, { scope: "/", updateViaCache: "none" }).then(atHand, () => {});
  });
}

document.body.addEventListener("htmx:responseError", (event) => {
  const told = event.detail.xhr.responseText;
  const place = document.querySelector("#main");
  const note = document.createElement("div");
  note.className = "mistake";
  note.setAttribute("role", "alert");
  note.innerHTML = told.includes("class=\"mistake\"") ? told : "";
  if (note.textContent.trim() && place) place.prepend(note);
});
