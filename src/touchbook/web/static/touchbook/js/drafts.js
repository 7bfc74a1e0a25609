// What was typed into a form and not yet sent comes back when one comes back to its page. Pages are kept nowhere, so that
// whoever uses the screen next goes back to nothing; what is typed is kept in this tab, for one person, until it is sent,
// until they sign out, or for half a day.
const { person } = document.body.dataset;
const PREFIX = "typed ";
const SIGNED_OUT = "typed: signed out";
const GOOD_FOR_MS = 12 * 60 * 60 * 1000;
const CHARACTERS_MAX = 500_000;
const NEVER = new Set(["hidden", "password", "file", "submit", "button", "image", "reset"]);
const forms = [...document.querySelectorAll('main form[method="post"]:not([hx-post], [data-own-way])')].filter(
  (form) => !new URL(form.action).pathname.startsWith("/account/") && !location.pathname.startsWith("/account/"),
);

function place(form) {
  const action = new URL(form.action).pathname;
  const alike = forms.filter((one) => new URL(one.action).pathname === action);
  return `${PREFIX}${person} ${location.pathname}${location.search} ${action} ${alike.indexOf(form)}`;
}

function fields(form) {
  return [...form.elements].filter((one) => one.name && !one.readOnly && !NEVER.has(one.type) && one.type !== "fieldset");
}

function isAsItWas(one) {
  if (one.type === "radio" || one.type === "checkbox") return one.checked === one.defaultChecked;
  if (one.options) {
    const said = [...one.options].filter((option) => option.defaultSelected);
    const first = one.multiple || said.length ? said : [one.options[0]];
    return [...one.options].every((option) => option.selected === first.includes(option));
  }
  return one.value === one.defaultValue;
}

function told(one) {
  if (one.type === "radio" || one.type === "checkbox") return one.checked;
  return one.multiple ? [...one.selectedOptions].map((option) => option.value) : one.value;
}

function put(one, value) {
  if (one.type === "radio" || one.type === "checkbox") one.checked = value;
  else if (one.multiple) for (const option of one.options) option.selected = value.includes(option.value);
  else one.value = value;
}

function all() {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function keep(form, more = {}) {
  if (fields(form).every(isAsItWas)) {
    sessionStorage.removeItem(place(form));
    return;
  }
  const said = JSON.stringify({ at: Date.now(), values: fields(form).map((one) => [one.name, told(one)]), ...more });
  try {
    if (said.length < CHARACTERS_MAX) sessionStorage.setItem(place(form), said);
  } catch {
    // A full or closed storage must not keep anybody from writing.
  }
}

function bringBack(form) {
  const draft = read(place(form));
  const there = fields(form);
  if (!draft || draft.values.length !== there.length) return;
  const changed = there.filter((one, at) => {
    const [name, value] = draft.values[at];
    const differs = name === one.name && JSON.stringify(told(one)) !== JSON.stringify(value);
    if (differs) put(one, value);
    return differs;
  });
  if (!changed.length) return;
  for (const one of changed) {
    one.dispatchEvent(new Event("input", { bubbles: true }));
    for (let up = one.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
  }
  const note = document.querySelector("#typed-again").content.firstElementChild.cloneNode(true);
  note.querySelector("button").addEventListener("click", () => {
    form.reset();
    sessionStorage.removeItem(place(form));
    note.remove();
    changed[0].focus();
  });
  form.prepend(note);
  keep(form); // it has not been sent after all
}

function isComeBackTo() {
  const [how] = performance.getEntriesByType("navigation");
  return how?.type === "back_forward" || how?.type === "reload" || sessionStorage.getItem(SIGNED_OUT) !== null;
}

function begin() {
  for (const key of all()) {
    const draft = read(key);
    const isOld = !draft || Date.now() - draft.at > GOOD_FOR_MS;
    if (isOld || !key.startsWith(`${PREFIX}${person} `)) sessionStorage.removeItem(key);
  }
  if (isComeBackTo()) forms.forEach(bringBack);
  // Whatever else was sent has been answered, as this page shows.
  for (const key of all()) if (read(key)?.sent) sessionStorage.removeItem(key);
  sessionStorage.removeItem(SIGNED_OUT);
  for (const form of forms) {
    form.addEventListener("input", () => keep(form));
    form.addEventListener("change", () => keep(form));
    form.addEventListener("submit", () => keep(form, { sent: true }));
  }
}

try {
  if (person) begin();
  else sessionStorage.setItem(SIGNED_OUT, "1");
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => {
    for (const key of all()) sessionStorage.removeItem(key);
  });
} catch {
  // A browser that keeps nothing: forms work all the same.
}
