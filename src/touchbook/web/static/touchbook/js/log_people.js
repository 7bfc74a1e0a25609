// Finding somebody while their name or number is typed.
const PAUSE_MS = 150;

export function search({ $, texts, tell, several, ask, root, field, list, said, code = false, staff = false, typed, choose }) {
  const input = $(field);
  const found = $(list);
  let waiting = null;
  let latest = 0;

  function show(people, words) {
    const lines = people.map((one) => line(one.name, one.detail, () => pick(one)));
    // A whole identifier finds those too whom this person may not see, once it is sent.
    if (code && !people.length && words) {
      lines.push(line(tell(texts.useTyped, { text: words }), "", () => pick({ code: words, name: words, detail: "", seen: false })));
    }
    found.replaceChildren(...lines);
    found.hidden = !lines.length;
    if (lines.length && document.activeElement === input) found.scrollIntoView({ block: "nearest" });
  }

  function line(name, detail, act) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    const first = document.createElement("b");
    first.dir = "auto";
    first.textContent = name;
    button.append(first);
    if (detail) {
      const second = document.createElement("span");
      second.className = "small quiet";
      second.dir = "auto";
      second.textContent = detail;
      button.append(second);
    }
    button.addEventListener("click", act);
    item.append(button);
    return item;
  }

  function pick(one) {
    latest += 1;
    found.hidden = true;
    $(said).textContent = "";
    choose(one);
  }

  async function look() {
    const words = input.value.trim();
    const mine = (latest += 1);
    if (!words) {
      found.hidden = true;
      $(said).textContent = "";
      return;
    }
    try {
      const address = `${root.dataset.people}?q=${encodeURIComponent(words)}${staff ? "&staff=1" : ""}`;
      const { ok, said: answer } = await ask(address);
      if (mine !== latest) return;
      const people = ok ? answer.people : [];
      show(people, words);
      $(said).textContent = ok ? (people.length ? several("found", people.length) : texts.foundNone) : (answer.sentence ?? "");
    } catch {
      if (mine !== latest) return;
      show([], words);
      $(said).textContent = code ? texts.searchOffline : "";
    }
  }

  input.addEventListener("input", () => {
    typed(input.value);
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "Enter") {
      const first = found.hidden ? null : found.querySelector("button");
      if (!first) return;
      event.preventDefault();
      first.focus();
    } else if (event.key === "Escape") {
      found.hidden = true;
    }
  });
  found.addEventListener("keydown", (event) => {
    const buttons = [...found.querySelectorAll("button")];
    const here = buttons.indexOf(document.activeElement);
    if (event.key === "ArrowDown") buttons[Math.min(here + 1, buttons.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (here <= 0 ? input : buttons[here - 1]).focus();
    else if (event.key === "Escape") {
      found.hidden = true;
      input.focus();
    } else return;
    event.preventDefault();
  });
  if (input.value.trim()) look();
}
