// The text of the plan: its line numbers and marks, keys for indenting, and a copy in this browser until it is published.
const form = document.querySelector("#plan-form");
const text = document.querySelector("#plan-text");
const gutter = document.querySelector(".gutter");

// Line numbers beside the text, and on them what is wrong with a line.
function number() {
  const count = text.value.split("\n").length;
  while (gutter.childElementCount > count) gutter.lastElementChild.remove();
  while (gutter.childElementCount < count) {
    const line = document.createElement("span");
    line.textContent = String(gutter.childElementCount + 1);
    gutter.append(line);
  }
}

function mark() {
  for (const line of gutter.querySelectorAll("[data-mark]")) line.removeAttribute("data-mark");
  const marks = document.querySelector("#plan-problems")?.dataset.marks ?? "";
  for (const one of marks.split(" ").filter(Boolean)) {
    const [line, kind] = one.split(":");
    const place = gutter.children[Number(line) - 1];
    if (place) place.dataset.mark = kind;
  }
}

function scroll() {
  gutter.scrollTop = text.scrollTop;
}

function startOf(line) {
  let at = 0;
  for (let passed = 1; passed < line; passed += 1) {
    const end = text.value.indexOf("\n", at);
    if (end < 0) return at;
    at = end + 1;
  }
  return at;
}

function goTo(line, column) {
  const start = startOf(line);
  const end = text.value.indexOf("\n", start);
  const at = Math.min(start + Math.max(column - 1, 0), end < 0 ? text.value.length : end);
  text.focus({ preventScroll: true });
  text.setSelectionRange(at, at);
  text.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(text).lineHeight));
  text.scrollIntoView({ block: "nearest" });
  scroll();
}

// Tab indents, unless Escape was pressed just before: nobody is kept in the text.
let leaving = false;

function put(words) {
  if (!document.execCommand("insertText", false, words)) {
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function indent(back) {
  const first = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  if (!back && text.selectionStart === text.selectionEnd) return put("  ");
  const found = text.value.indexOf("\n", Math.max(text.selectionEnd - 1, first));
  const last = found < 0 ? text.value.length : found;
  const lines = text.value.slice(first, last).split("\n");
  const moved = lines.map((line) => (back ? line.replace(/^ {1,2}/, "") : `  ${line}`)).join("\n");
  text.setSelectionRange(first, last);
  put(moved);
  text.setSelectionRange(first, first + moved.length);
}

function pressed(event) {
  if (event.key === "Tab" && !leaving && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    indent(event.shiftKey);
  } else if (event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey) {
    const start = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
    const before = text.value.slice(start, text.selectionStart);
    event.preventDefault();
    put(`\n${before.match(/^ */)[0]}`);
  }
  if (event.key !== "Shift") leaving = event.key === "Escape";
}

// What was typed is kept in this browser, with the version that it was begun from, until it is published or let go.
const key = form?.dataset.draft;
const kept = document.querySelector("#plan-kept");

function read() {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function forget() {
  localStorage.removeItem(key);
}

function keep() {
  const draft = { text: text.value, note: form.elements.note.value, from: form.elements.based_on.value, at: Date.now() };
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // A full or closed storage must not keep anybody from writing.
  }
}

function offer() {
  const draft = read();
  if (new URLSearchParams(location.search).has("published")) {
    forget();
    history.replaceState(null, "", location.pathname);
    return;
  }
  if (form.dataset.typed === "yes") return keep();
  if (!draft || (draft.text === text.value && !draft.note)) return;
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  kept.querySelector("[data-when]").textContent = when.format(draft.at);
  kept.hidden = false;
}

function takeUp() {
  const draft = read();
  kept.hidden = true;
  if (!draft) return;
  text.value = draft.text;
  form.elements.note.value = draft.note ?? "";
  form.elements.based_on.value = draft.from;
  number();
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

if (form && text && gutter) {
  let waiting = 0;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 300);
  };
  text.addEventListener("input", () => { number(); scroll(); later(); });
  form.elements.note.addEventListener("input", later);
  text.addEventListener("scroll", scroll);
  text.addEventListener("keydown", pressed);
  form.addEventListener("submit", keep);
  document.querySelector("#plan-take").addEventListener("click", takeUp);
  document.querySelector("#plan-drop").addEventListener("click", () => { forget(); kept.hidden = true; text.focus(); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-line]");
    if (!link) return;
    event.preventDefault();
    goTo(Number(link.dataset.line), Number(link.dataset.column));
  });
  document.body.addEventListener("htmx:afterSwap", mark);
  number();
  mark();
  offer();
}
