// The page for logging: what is typed is kept at once, what is saved is kept on the phone first, and then sent.
const $ = (id) => document.getElementById(id);
const root = $("log");
const texts = $("texts").dataset;
const data = JSON.parse($("log-data").textContent);
const person = data.person;
const DRAFT = `touchbook.draft.${person}`;
const UNDO_SECONDS = 60;
const outbox = self.Outbox;

const tell = (text, values = {}) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const several = (name, count) => tell(texts[count === 1 ? `${name}One` : `${name}Many`], { count });
const titled = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
const signs = { deposit: "+", withdrawal: "−" };

// An id whose first 48 bits are the time (RFC 9562, version 7).
function mint() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// An instant as this phone's clock says it, with its offset.
function withOffset(date) {
  const two = (number) => String(Math.abs(number)).padStart(2, "0");
  const ahead = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + ahead * 60_000).toISOString().slice(0, 23);
  return `${local}${ahead < 0 ? "-" : "+"}${two(Math.trunc(ahead / 60))}:${two(ahead % 60)}`;
}

async function ask(address, options = {}) {
  const answer = await fetch(address, {
    credentials: "same-origin",
    redirect: "error",
    ...options,
    headers: { Accept: "application/json", "X-CSRFToken": token(), ...(options.headers ?? {}) },
  });
  if (answer.status === 401 || answer.status === 403) showSignedOut(true);
  const type = answer.headers.get("Content-Type") ?? "";
  const said = type.includes("json") ? await answer.json() : {};
  return { ok: answer.ok, status: answer.status, said };
}

const post = (address, body) =>
  ask(address, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });

// ---- What is typed, kept as it is typed --------------------------------------------------------------------------

const empty = () => ({
  touchpoint: state?.touchpoint ?? data.touchpoints[0].name,
  kind: "",
  chosen: [],
  elseOpen: "",
  other: "",
  who: null,
  seek: "",
  saw: 0,
  count: "",
  witnesses: [],
  note: "",
  at: "",
  earlier: false,
});
let state = null;
state = { ...empty(), ...kept() };
let recent = data.recent;
if (!data.touchpoints.some((one) => one.name === state.touchpoint)) {
  state.touchpoint = data.touchpoints[0].name;
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(DRAFT)) ?? {};
  } catch {
    return {};
  }
}

function keep() {
  try {
    localStorage.setItem(DRAFT, JSON.stringify(state));
  } catch {
    // A full or forbidden storage: the form itself still has it all.
  }
}

function change(parts) {
  state = { ...state, ...parts };
  keep();
}

// ---- Showing it --------------------------------------------------------------------------------------------------

const place = () => data.touchpoints.find((one) => one.name === state.touchpoint);
const keyOf = (kind, name) => `${kind}:${name}`;

function chip(label, pressed, act, { kind = "", small = "" } = {}) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `chip ${kind}`.trim();
  button.setAttribute("aria-pressed", String(pressed));
  if (kind) {
    const sign = document.createElement("span");
    sign.className = "sign";
    sign.textContent = signs[kind];
    button.append(sign, " ");
  }
  const text = document.createElement("span");
  text.dir = "auto";
  text.textContent = label;
  button.append(text);
  if (small) {
    const more = document.createElement("small");
    more.dir = "auto";
    more.textContent = small;
    button.append(" ", more);
  }
  button.addEventListener("click", act);
  return button;
}

// Draws chips anew and gives the focus back to the one at the same place.
function draw(box, chips) {
  const had = [...box.children].indexOf(document.activeElement);
  box.replaceChildren(...chips);
  if (had >= 0) (box.children[had] ?? box.lastElementChild)?.focus();
}

function showPractices() {
  const known = place();
  const shown = [];
  for (const [kind, names] of [["deposit", known.deposits], ["withdrawal", known.withdrawals]]) {
    for (const name of names) {
      const key = keyOf(kind, name);
      const pressed = state.chosen.includes(key);
      if (state.kind === kind || pressed) {
        shown.push(chip(titled(name), pressed, () => toggle(key), { kind }));
      }
    }
  }
  if (state.kind) {
    const open = state.elseOpen === state.kind;
    shown.push(chip(texts.somethingElse, open, () => toggleElse(), { kind: state.kind }));
  }
  draw($("practices"), shown);
  for (const key of root.querySelectorAll(".key")) {
    key.setAttribute("aria-pressed", String(key.dataset.kind === state.kind));
  }
  $("else").hidden = !state.elseOpen;
  $("else-label").textContent = state.elseOpen === "withdrawal" ? texts.elseWithdrawal : texts.elseDeposit;
}

function toggle(key) {
  const chosen = state.chosen.includes(key) ? state.chosen.filter((one) => one !== key) : [...state.chosen, key];
  change({ chosen });
  showPractices();
}

function toggleElse() {
  change({ elseOpen: state.elseOpen === state.kind ? "" : state.kind });
  showPractices();
  if (state.elseOpen) $("other").focus();
}

function showWho() {
  const chips = [chip(texts.guest, !state.who, () => choose(null))];
  const listed = state.who && !recent.some((one) => one.id === state.who.id) ? [state.who, ...recent] : recent;
  for (const one of listed) {
    chips.push(chip(one.name, state.who?.id === one.id, () => choose(one), { small: one.short ?? "" }));
  }
  draw($("who"), chips);
}

function choose(someone) {
  change({ who: someone, seek: "" });
  $("seek").value = "";
  $("found").hidden = true;
  $("found-said").textContent = "";
  showWho();
  showOpen();
}

// Saying which of this customer's withdrawals are still open is of no use where there is no network.
async function showOpen() {
  const box = $("open");
  box.hidden = true;
  const { who } = state;
  if (!who?.id || !who.seen || !navigator.onLine) return;
  try {
    const { ok, said } = await ask(`${root.dataset.recoveries}?customer=${who.id}`);
    if (!ok || !said.open.length || state.who?.id !== who.id) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = texts.openButton;
    button.addEventListener("click", () => showRecoveries(said.open));
    const line = document.createElement("p");
    line.className = "notice";
    line.append(several("open", said.open.length), " ", button);
    box.replaceChildren(line);
    box.hidden = false;
  } catch {
    // Without an answer nothing is shown.
  }
}

async function showRecoveries(open) {
  const { show } = await import(root.dataset.recoverScript);
  show(open, { $, texts, tell, titled, mint, withOffset, post, root, saved: showSaved });
}

function showSaw() {
  for (const button of $("saw").children) {
    button.setAttribute("aria-pressed", String(state.count === "" && Number(button.dataset.count) === state.saw));
  }
  $("count").value = state.count;
}

function showWitnesses() {
  draw(
    $("witnesses"),
    state.witnesses.map((one) => {
      const button = chip(`${one.name} ×`, true, () => {
        change({ witnesses: state.witnesses.filter((other) => other.id !== one.id) });
        showWitnesses();
      });
      button.setAttribute("aria-label", tell(texts.remove, { name: one.name }));
      button.removeAttribute("aria-pressed");
      return button;
    }),
  );
}

function showTime() {
  $("now").setAttribute("aria-pressed", String(!state.earlier));
  $("earlier").setAttribute("aria-pressed", String(state.earlier));
  $("at").hidden = !state.earlier;
  $("at").value = state.at;
  $("at").max = withOffset(new Date()).slice(0, 16);
}

function showAll() {
  $("touchpoint").value = state.touchpoint;
  $("other").value = state.other;
  $("note").value = state.note;
  $("seek").value = state.seek;
  $("seek-witness").value = "";
  for (const id of ["found", "found-witness"]) {
    $(id).hidden = true;
    $(`${id}-said`).textContent = "";
  }
  $("more").open = Boolean(state.note || state.count || state.witnesses.length || state.earlier);
  showPractices();
  showWho();
  showSaw();
  showWitnesses();
  showTime();
  showMistakes([]);
  showOpen();
}

function showMistakes(sentences) {
  const box = $("mistakes");
  box.replaceChildren(
    ...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    }),
  );
  box.hidden = !sentences.length;
  if (sentences.length) box.focus();
}

function showSignedOut(is) {
  $("signed-out").hidden = !is;
}

// ---- Saving ------------------------------------------------------------------------------------------------------

function problems(at) {
  const found = [];
  const other = state.elseOpen ? state.other.trim() : "";
  if (!state.chosen.length && !state.elseOpen) found.push(state.kind ? texts.choosePractice : texts.chooseSign);
  if (state.elseOpen && !other) found.push(texts.writeElse);
  if (state.earlier && (Number.isNaN(at.getTime()) || at > new Date())) found.push(texts.wrongTime);
  const count = Number(state.count);
  if (state.count !== "" && !(Number.isInteger(count) && count >= 0 && count <= 1_000_000)) found.push(texts.wrongCount);
  return found;
}

const somethingTyped = () =>
  [state.chosen.length, state.elseOpen && state.other.trim(), state.note.trim(), state.seek.trim(), state.witnesses.length].some(Boolean);

function note() {
  const other = state.elseOpen && state.other.trim() ? `${signs[state.elseOpen]} ${state.other.trim()}` : "";
  return [other, state.note.trim()].filter(Boolean).join("\n");
}

async function save() {
  const at = state.earlier ? new Date(state.at) : new Date();
  const found = problems(at);
  showMistakes(found);
  if (found.length) return;
  // Words in the search box that nobody was chosen for are an identifier: offline there is no other way.
  const typed = state.seek.trim();
  const who = typed ? { code: typed, name: typed } : state.who;
  const happened = state.chosen.map((key) => {
    const [kind, ...name] = key.split(":");
    return { kind, practice: name.join(":") };
  });
  const id = mint();
  const moment = {
    id,
    at: withOffset(at),
    touchpoint: state.touchpoint,
    happened,
    customer: who?.id ?? null,
    code: who?.id ? "" : (who?.code ?? ""),
    note: note(),
    witnesses: state.witnesses.map((one) => one.id),
    unnamed_witnesses: state.count !== "" ? Number(state.count) : state.saw,
  };
  const what = [
    ...happened.map((one) => `${signs[one.kind]} ${one.practice}`),
    ...(state.elseOpen ? [`${signs[state.elseOpen]} ${state.other.trim()}`] : []),
  ].join(", ");
  expected.set(id, happened.some((one) => one.kind === "withdrawal"));
  const item = { id, person, moment, draft: state, what, who: who?.name ?? texts.guest, state: "waiting" };
  $("save").disabled = true;
  try {
    await outbox.put(item);
  } catch {
    showMistakes([texts.notKept]);
    return;
  } finally {
    $("save").disabled = false;
  }
  if (who?.id && who.name) recent = [who, ...recent.filter((one) => one.id !== who.id)].slice(0, data.recent_max);
  change(empty());
  showAll();
  $("recover").hidden = true;
  showSaved(tell(texts.saved, { what, who: item.who }), id);
  $("saved-how").textContent = navigator.onLine ? texts.sending : texts.kept;
  askForSync();
  await send();
  await arrived(id);
}

// Moments that were saved here and whose arrival has not been told yet, with whether anything went wrong in them.
const expected = new Map();

// What has left the outbox has arrived, whether this page or the service worker sent it.
async function arrived(id) {
  if (!expected.has(id) || undone.has(id) || (await outbox.get(id))) return;
  const wrong = expected.get(id);
  expected.delete(id);
  if (undoing === id) $("saved-how").textContent = texts.sent;
  if (wrong) await offerRecovery(id);
}

async function offerRecovery(id) {
  try {
    const { ok, said } = await ask(`${root.dataset.recoveries}?moment=${id}`);
    if (ok && said.open.length && !undone.has(id)) await showRecoveries(said.open);
  } catch {
    // The moment itself is safe.
  }
}

async function askForSync() {
  try {
    await (await navigator.serviceWorker?.ready)?.sync?.register("moments");
  } catch {
    // This browser sends when the page is open.
  }
}

let sending = null;
let again = false;

// One sending at a time; what was saved meanwhile goes with the next.
async function send() {
  if (sending) {
    again = true;
    return sending;
  }
  sending = (async () => {
    do {
      again = false;
      await sendNow();
    } while (again);
  })().finally(() => {
    sending = null;
  });
  return sending;
}

async function sendNow() {
  if ((await outbox.all()).some((one) => one.person === person && one.state === "waiting")) {
    const outcome = await outbox.send(person, root.dataset.moments, token());
    $("offline").hidden = outcome.how !== "offline" && navigator.onLine;
    if (outcome.how === "offline" && undoing) $("saved-how").textContent = texts.kept;
    showSignedOut(outcome.how === "signed out" || outcome.how === "another");
    if (outcome.how === "broken") $("saved-how").textContent = texts.broken;
  }
  await showWaiting();
}

async function showWaiting() {
  const items = await outbox.all();
  for (const id of expected.keys()) arrived(id);
  const mine = items.filter((one) => one.person === person);
  const waiting = mine.filter((one) => one.state === "waiting").length;
  const others = items.length - mine.length;
  const said = waiting ? several("waiting", waiting) : "";
  if ($("waiting").textContent !== said) $("waiting").textContent = said;
  $("others").hidden = !others;
  $("others").textContent = others ? several("others", others) : "";
  const refused = mine.filter((one) => one.state === "refused");
  if (refused.some((one) => one.id === undoing)) endUndo();
  showRefused(refused);
}

function showRefused(items) {
  $("refused").hidden = !items.length;
  const shown = [...$("refused-list").children].map((line) => line.dataset.id).join();
  if (shown === items.map((one) => one.id).join()) return;
  $("refused-list").replaceChildren(
    ...items.map((item) => {
      const line = document.createElement("li");
      line.dataset.id = item.id;
      const what = document.createElement("b");
      what.textContent = `${item.what}, ${item.who}`;
      const why = document.createElement("p");
      why.className = "mistake";
      why.textContent = item.sentence;
      const row = document.createElement("div");
      row.className = "row tight";
      const button = (text, act) => {
        const one = document.createElement("button");
        one.type = "button";
        one.className = "button plain";
        one.textContent = text;
        one.addEventListener("click", () => act(one));
        return one;
      };
      row.append(
        button(texts.edit, async () => {
          if (somethingTyped()) {
            showMistakes([texts.saveFirst]);
            return;
          }
          // It happened when it happened, whenever it is put right. It leaves the outbox once the form holds it.
          change({ ...empty(), ...item.draft, earlier: true, at: item.moment.at.slice(0, 16), ...backTo(item) });
          await outbox.remove(item.id);
          showAll();
          await showWaiting();
          $("touchpoint").focus();
        }),
        button(texts.letGo, async (one) => {
          if (one.dataset.sure) {
            await outbox.remove(item.id);
            await showWaiting();
            root.querySelector("h1").focus();
          } else {
            one.dataset.sure = "1";
            one.textContent = texts.sure;
          }
        }),
      );
      line.append(what, why, row);
      return line;
    }),
  );
}

// A touchpoint or practice that the plan no longer has cannot be chosen again.
function backTo(item) {
  const known = data.touchpoints.find((one) => one.name === item.draft.touchpoint);
  if (!known) return { touchpoint: data.touchpoints[0].name, chosen: [] };
  const there = [...known.deposits.map((name) => keyOf("deposit", name)), ...known.withdrawals.map((name) => keyOf("withdrawal", name))];
  return { chosen: item.draft.chosen.filter((key) => there.includes(key)) };
}

// ---- Undoing -----------------------------------------------------------------------------------------------------

const undone = new Set();
let undoing = null;
let ticking = null;
let undoRequest = null;

function showSaved(what, id) {
  endUndo();
  undoing = id;
  undoRequest = mint();
  $("saved-what").textContent = what;
  $("saved-how").textContent = "";
  $("undo").hidden = false;
  $("saved").hidden = false;
  $("saved").focus();
  $("saved").scrollIntoView({ block: "nearest" });
  const until = Date.now() + UNDO_SECONDS * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    $("undo-left").textContent = tell(texts.seconds, { count: Math.max(left, 0) });
    if (left === 10) $("undo-said").textContent = texts.tenLeft;
    if (left <= 0) endUndo();
  };
  tick();
  ticking = setInterval(tick, 1000);
}

function endUndo() {
  clearInterval(ticking);
  const focused = $("saved").contains(document.activeElement);
  $("saved").hidden = true;
  $("undo-said").textContent = "";
  undoing = null;
  if (focused) root.querySelector("h1").focus({ preventScroll: true });
}

async function takeBack() {
  const id = undoing;
  if (!id) return;
  $("undo").disabled = true;
  try {
    // Not while it is being sent: either it has not left the phone, or it has arrived.
    const there = await outbox.alone(async () => {
      const item = await outbox.get(id);
      if (item) await outbox.remove(id);
      return item;
    });
    if (!there || there.state === "refused") {
      const { ok, said, status } = await post(root.dataset.undo, { id: undoRequest, moment: id });
      if (!ok && !(there && status === 404)) {
        $("undo-said").textContent = "";
        $("saved-how").textContent = said.sentence ?? texts.notUndone;
        return;
      }
    }
    undone.add(id);
    expected.delete(id);
    $("recover").hidden = true;
    clearInterval(ticking);
    undoing = null;
    $("saved-what").textContent = texts.undone;
    $("saved-how").textContent = "";
    $("undo").hidden = true;
    $("saved").focus();
    await showWaiting();
    showOpen();
  } catch {
    $("saved-how").textContent = texts.notUndone;
  } finally {
    $("undo").disabled = false;
  }
}

// ---- Listening ---------------------------------------------------------------------------------------------------

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
// Enter in a search box searches; it does not save half a moment.
for (const id of ["seek", "seek-witness", "count", "at"]) {
  $(id).addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
$("touchpoint").addEventListener("change", () => {
  change({ touchpoint: $("touchpoint").value, chosen: [] });
  showPractices();
});
for (const key of root.querySelectorAll(".key")) {
  key.addEventListener("click", () => {
    change({ kind: key.dataset.kind, elseOpen: state.elseOpen && state.other.trim() ? state.elseOpen : "" });
    showPractices();
  });
}
for (const button of $("saw").children) {
  button.addEventListener("click", () => {
    change({ saw: Number(button.dataset.count), count: "" });
    showSaw();
  });
}
$("count").addEventListener("input", () => {
  change({ count: $("count").value });
  for (const button of $("saw").children) {
    button.setAttribute("aria-pressed", String(state.count === "" && Number(button.dataset.count) === state.saw));
  }
});
$("other").addEventListener("input", () => change({ other: $("other").value }));
$("note").addEventListener("input", () => change({ note: $("note").value }));
$("at").addEventListener("input", () => change({ at: $("at").value }));
$("now").addEventListener("click", () => {
  change({ earlier: false });
  showTime();
});
$("earlier").addEventListener("click", () => {
  change({ earlier: true, at: state.at || withOffset(new Date()).slice(0, 16) });
  showTime();
  $("at").focus();
});
$("undo").addEventListener("click", takeBack);
$("scan").addEventListener("click", async () => {
  const { scan } = await import(root.dataset.scanScript);
  scan({ $, texts, tell, ask, root, choose });
});

addEventListener("online", () => {
  $("offline").hidden = true;
  send();
});
addEventListener("offline", () => {
  $("offline").hidden = false;
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") send();
});
navigator.serviceWorker?.addEventListener("message", (event) => {
  if (event.data === "sent") showWaiting();
});
setInterval(() => {
  if (!$("waiting").textContent || !navigator.onLine) return;
  send();
}, 20_000);

$("offline").hidden = navigator.onLine;
// Where another page was asked for, which cannot open now: say so, and lead there once more.
const instead = new URL(new URLSearchParams(location.search).get("instead") || location.pathname, location.origin);
if (instead.origin === location.origin && instead.pathname !== location.pathname) {
  $("instead").hidden = false;
  $("instead").querySelector("a").href = instead.pathname + instead.search;
  history.replaceState(null, "", location.pathname);
}
showAll();
import(root.dataset.peopleScript).then(({ search }) => {
  const shared = { $, texts, tell, several, ask, root };
  search({
    ...shared,
    field: "seek",
    list: "found",
    said: "found-said",
    code: true,
    typed: (words) => change({ seek: words }),
    choose: (one) => {
      choose(one);
      $("who").querySelector("[aria-pressed=true]")?.focus();
    },
  });
  search({
    ...shared,
    field: "seek-witness",
    list: "found-witness",
    said: "found-witness-said",
    staff: true,
    typed: () => {},
    choose: (one) => {
      if (!state.witnesses.some((other) => other.id === one.id)) {
        change({ witnesses: [...state.witnesses, { id: one.id, name: one.name }] });
      }
      showWitnesses();
      $("seek-witness").value = "";
      $("seek-witness").focus();
    },
  });
});
send();
root.dataset.ready = "1";
